import { ConfigError } from '../../core/errors.js';
import { isObject } from './values.js';

/** Whether a value will do, what is allowed in words, and the default. */
export type OptionRule = readonly [valid: (value: unknown) => boolean, allowed: string, fallback?: unknown];
export type OptionRules<T> = Readonly<Record<keyof T, OptionRule>>;

/**
 * The options of a handler, checked, with the defaults filled in.
 * @throws ConfigError for an unknown option or a wrong value
 */
export function readOptions<T extends object>(options: T, rules: OptionRules<T>): T {
  if (!isObject(options)) throw new ConfigError('options', options, 'an object');
  const names = Object.keys(rules) as (keyof T & string)[];
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) throw new ConfigError(name, value, `none of that name, but ${names.join(', ')}`);
  }
  const read: Partial<T> = {};
  for (const name of names) {
    const [valid, allowed, fallback] = rules[name];
    const value = options[name] === undefined ? fallback : options[name];
    if (value !== undefined && !valid(value)) throw new ConfigError(name, value, allowed);
    read[name] = value as T[typeof name];
  }
  return read as T;
}
