import type { Runtime } from '../runtime.js';
import { systemClock } from './clock.js';

/** The frames of the screen; in a worker without one, timers. Looked up at each call, as the page's may come and go. */
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
