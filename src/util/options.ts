import { ConfigError } from '../errors.js';

/** Whether a value will do, what is allowed in words, and the default. */
export type OptionRule = readonly [valid: (value: never) => boolean, allowed: string, fallback?: unknown];
export type OptionRules<T> = { readonly [K in keyof Required<T>]: OptionRule };

// setTimeout takes no more in one go; adapters split longer delays, so the bound is on sanity, not on the platform.
const MAX_DURATION = 365 * 24 * 3_600_000;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function range(min: number, max: number, fallback?: number, kind = 'a number'): OptionRule {
  return [
    (value: unknown) => typeof value === 'number' && value >= min && value <= max,
    `${kind} from ${min} to ${max}`,
    fallback,
  ];
}

export function duration(min: number, fallback?: number): OptionRule {
  return range(min, MAX_DURATION, fallback, 'a number of milliseconds');
}

export function count(min: number, fallback?: number): OptionRule {
  return [(value: number) => Number.isSafeInteger(value) && value >= min, `an integer from ${min}`, fallback];
}

/** One more value beside those of a rule. */
export function or([valid, allowed, fallback]: OptionRule, other: unknown): OptionRule {
  return [(value: never) => value === other || valid(value), `${allowed}, or ${other}`, fallback];
}

export function flag(fallback: boolean): OptionRule {
  return [(value: unknown) => typeof value === 'boolean', 'true or false', fallback];
}

export function oneOf(...values: readonly unknown[]): OptionRule {
  return [(value: unknown) => values.includes(value), `one of ${values.join(', ')}`];
}

export const OPTIONS: OptionRule = [isObject, 'an object'];

/** What may abort a call; duck-typed, since each page and worker has an AbortSignal of its own. */
export const SIGNAL: OptionRule = [
  (value: AbortSignal | null | undefined) => value === undefined || typeof value?.addEventListener === 'function',
  'an AbortSignal',
];

/** How long a call may take. */
export const TIMEOUT: OptionRule = [
  (value: unknown) => typeof value === 'number' && value > 0,
  'a positive number of milliseconds, or Infinity',
];

/** @throws ConfigError for a wrong value */
export function check(name: string, value: unknown, rule: OptionRule): void {
  // Taken apart by index: every request comes through here, and an iterator costs more than the check.
  if (!rule[0](value as never)) throw new ConfigError(name, value, rule[1]);
}

/** @throws ConfigError for the first wrong value, or for no object at all; what is missing is not wrong */
export function checkAll<T extends object>(options: T, rules: Readonly<Record<string, OptionRule>>): void {
  check('options', options, OPTIONS);
  // No list of entries: every subscription comes through here.
  for (const name in rules) {
    const value = options[name as keyof T];
    if (value !== undefined) check(name, value, rules[name] as OptionRule);
  }
}

/**
 * Options, checked, with the defaults filled in.
 * @param what - what they are options of
 * @throws ConfigError for an unknown option or a wrong value
 */
export function readOptions<T extends object>(what: string, options: T, rules: OptionRules<T>): T {
  check(what, options, OPTIONS);
  for (const name of Object.keys(options)) {
    check(name, options[name as keyof T], [
      () => Object.hasOwn(rules, name),
      `none of that name, but ${Object.keys(rules).join(', ')}`,
    ]);
  }
  checkAll(options, rules);
  const read: Partial<T> = {};
  for (const name of Object.keys(rules) as (keyof T)[]) read[name] = options[name] ?? (rules[name][2] as T[keyof T]);
  return read as T;
}
