import { FUNCTION, type OptionRule } from '../../util/options.js';

/**
 * Unix milliseconds, for time stamps that a venue compares with its own clock. `Date` is looked up at each call: tests
 * replace it, and some platforms freeze it during start-up.
 */
// biome-ignore lint/style/noRestrictedGlobals: a venue wants the time of day, and a handler has no Runtime
export const timeOfDay = (): number => Date.now();

/** The rule of the option `now`. */
export const NOW: OptionRule = [FUNCTION[0], FUNCTION[1], timeOfDay];
