import type { Runtime } from '../runtime.js';
import * as texts from '../texts.js';
import { check, FUNCTION, isObject, type OptionRule, type OptionRules } from './options.js';

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
 * Checks the parts of a runtime. A runtime may have further members: it is an object of the application, perhaps with state
 * of its own.
 * @throws ConfigError for a part that cannot be used
 */
export function checkRuntime(runtime: Partial<Runtime>): void {
  check('runtime', runtime, [isObject, texts.AN_OBJECT]);
  for (const name of Object.keys(rules) as (keyof Runtime)[]) {
    if (runtime[name] !== undefined) check(`runtime.${name}`, runtime[name], rules[name]);
  }
}
