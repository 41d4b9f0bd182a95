import { ConfigError } from '../errors.js';
import * as texts from '../texts.js';

/** The rule of one option: a check of the value, the allowed values in words, and the default. */
export type OptionRule = readonly [valid: (value: never) => boolean, allowed: string, fallback?: unknown];
export type OptionRules<T> = { readonly [K in keyof Required<T>]: OptionRule };

/** The longest duration in milliseconds, one year. It only catches mistakes: adapters can wait longer. */
const MAX_DURATION = 365 * 24 * 3_600_000;

/** Whether a value is an object, but not an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A number from `min` to `max`. */
export function range(min: number, max: number, fallback?: number, kind = texts.A_NUMBER): OptionRule {
  return [
    (value: unknown) => typeof value === 'number' && value >= min && value <= max,
    texts.between(kind, min, max),
    fallback,
  ];
}

/** Milliseconds, from `min` to one year. */
export function duration(min: number, fallback?: number): OptionRule {
  return range(min, MAX_DURATION, fallback, texts.MILLISECONDS);
}

/** An integer from `min`. */
export function count(min: number, fallback?: number): OptionRule {
  return [(value: number) => Number.isSafeInteger(value) && value >= min, texts.integerFrom(min), fallback];
}

/** The values of a rule, and one more value. */
export function or([valid, allowed, fallback]: OptionRule, other: unknown): OptionRule {
  return [(value: never) => value === other || valid(value), texts.orElse(allowed, other), fallback];
}

/** True or false. */
export function flag(fallback: boolean): OptionRule {
  return [(value: unknown) => typeof value === 'boolean', texts.TRUE_OR_FALSE, fallback];
}

/** One of the listed values. */
export function oneOf(...values: readonly unknown[]): OptionRule {
  return [(value: unknown) => values.includes(value), texts.oneOf(values)];
}

/** The options of a call as a whole. */
const OPTIONS: OptionRule = [isObject, texts.AN_OBJECT];

/** Any value: the handler, or the server, says what is allowed. */
export const ANYTHING: OptionRule = [() => true, ''];

/** A function. */
export const FUNCTION: OptionRule = [(value: unknown) => typeof value === 'function', texts.A_FUNCTION];

/** The signal of a call. There is no `instanceof` check: each page and worker has its own AbortSignal class. */
export const SIGNAL: OptionRule = [
  (value: AbortSignal | null | undefined) => value === undefined || typeof value?.addEventListener === 'function',
  texts.ABORT_SIGNAL,
];

/** The time limit of a call, in milliseconds. */
export const TIMEOUT: OptionRule = [
  (value: unknown) => typeof value === 'number' && value > 0,
  texts.POSITIVE_MILLISECONDS,
];

/**
 * Checks one value.
 * @throws ConfigError for a wrong value
 */
export function check(name: string, value: unknown, rule: OptionRule): void {
  // By index: every request comes here, and destructuring with an iterator costs more than the check itself.
  if (!rule[0](value as never)) throw new ConfigError(name, value, rule[1]);
}

/**
 * Checks the options that have a value; `undefined` counts as missing.
 * @param what - the name of the options in an error
 * @throws ConfigError for an unknown option, for the first wrong value, or if `options` is no object
 */
export function checkAll<T extends object>(options: T, rules: OptionRules<T>, what = 'options'): void {
  check(what, options, OPTIONS);
  // Without Object.entries(), which creates arrays: every request and every subscription comes here.
  for (const name in options) {
    const value: unknown = options[name];
    if (value === undefined) continue;
    if (!Object.hasOwn(rules, name)) throw unknownOption(name, value, rules);
    check(name, value, rules[name]);
  }
}

function unknownOption(name: string, value: unknown, rules: object): ConfigError {
  const known = Object.keys(rules).join(', ');
  return new ConfigError(name, value, known, texts.unknownOption(name, known));
}

/**
 * Checks options and fills in the defaults.
 * @param what - the name of the options in an error
 * @throws ConfigError for an unknown option or a wrong value
 */
export function readOptions<T extends object>(what: string, options: T, rules: OptionRules<T>): T {
  checkAll(options, rules, what);
  const read: Partial<T> = {};
  for (const name of Object.keys(rules) as (keyof T)[]) read[name] = options[name] ?? (rules[name][2] as T[keyof T]);
  return read as T;
}
