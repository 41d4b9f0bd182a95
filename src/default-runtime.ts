import { adapterRuntime } from '#adapter';
import type { Clock, Runtime } from './runtime.js';
import { checkRuntime } from './util/check-runtime.js';

/**
 * Fills what the application leaves out with the parts of the platform's adapter. Methods keep their `this`.
 * @throws ConfigError for a part that cannot be used
 */
export function completeRuntime(own: Partial<Runtime>): Runtime {
  checkRuntime(own);
  const lifecycle = own.lifecycle ?? adapterRuntime.lifecycle;
  // With a clock of its own, the application owns time: then the frames of the screen must not count.
  const frames = own.frames ?? (own.clock ? undefined : adapterRuntime.frames);
  return {
    openSocket: (request, events) =>
      own.openSocket ? own.openSocket(request, events) : adapterRuntime.openSocket(request, events),
    clock: own.clock ?? adapterRuntime.clock,
    random: () => (own.random ? own.random() : adapterRuntime.random()),
    ...(own.generateId ? { generateId: () => own.generateId?.() ?? '' } : {}),
    ...(lifecycle ? { lifecycle } : {}),
    ...(frames ? { frames } : {}),
  };
}

/** The frames of the screen as a clock. */
export function frameClock({ clock, frames }: Runtime): Clock {
  if (!frames) return clock;
  return {
    now: () => clock.now(),
    setTimer: (callback, delay) => frames.setTimer(callback, delay),
    clearTimer: (timer) => frames.clearTimer(timer),
  };
}
