import type { Runtime } from '../runtime.js';
import { systemClock } from './clock.js';

/**
 * Timers that fire with the next frame of the screen; without `requestAnimationFrame`, as in some workers, ordinary
 * timers. The global is looked up at each call, because a test may replace it.
 */
export const browserFrames: NonNullable<Runtime['frames']> = {
  setTimer: (callback, delay) =>
    globalThis.requestAnimationFrame
      ? globalThis.requestAnimationFrame(callback)
      : systemClock.setTimer(callback, delay),
  clearTimer: (timer) => {
    if (typeof timer === 'number') globalThis.cancelAnimationFrame(timer);
    else systemClock.clearTimer(timer);
  },
};
