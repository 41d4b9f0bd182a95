import { adapterRuntime } from '#adapter';
import type { Clock, Runtime } from './runtime.js';
import * as texts from './texts.js';
import { check, FUNCTION, isObject, type OptionRule, type OptionRules } from './util/options.js';

const methods = (...names: readonly string[]): OptionRule => [
  (value: unknown) => isObject(value) && names.every((name) => typeof value[name] === 'function'),
  texts.objectWith(names),
];
const TIMERS = ['setTimer', 'clearTimer'];
const rules: OptionRules<Runtime> = {
  openSocket: FUNCTION,
  clock: methods('now', ...TIMERS),
  random: FUNCTION,
  generateId: FUNCTION,
  lifecycle: methods('listen'),
  frames: methods(...TIMERS),
};

/**
 * Fills what the application leaves out with the parts of the platform's adapter. Methods keep their `this`. A runtime may
 * have further members: it is an object of the application, perhaps with state of its own.
 * @throws ConfigError for a part that cannot be used
 */
export function completeRuntime(own: Partial<Runtime>): Runtime {
  check('runtime', own, [isObject, texts.AN_OBJECT]);
  for (const name of Object.keys(rules) as (keyof Runtime)[]) {
    if (own[name] !== undefined) check(`runtime.${name}`, own[name], rules[name]);
  }
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
