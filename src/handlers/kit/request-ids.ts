import { customAlphabet } from 'nanoid';
import { type OptionRule, readOptions } from '../../util/options.js';
import * as texts from './texts.js';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** So far from 2^53 that no process counts up to it. */
const MAX_START = 2 ** 52;

export interface NumericIdOptions {
  /**
   * The first id: an integer from 0 to 2^52.
   * @default 1, because some servers take 0 for a missing id
   */
  readonly start?: number;
}

export interface AlphanumericIdOptions {
  /**
   * The number of letters and digits in an id, from 12 to 64.
   * @default 22, so that an id has 131 random bits and needs no count
   */
  readonly length?: number;
}

/**
 * Ids that count up, for `generateRequestId` of a handler whose protocol wants numbers. The function never returns a
 * number twice, also where several clients share the handler, and every number is exact.
 *
 * @throws ConfigError for a wrong option
 *
 * @example
 * ```ts
 * class NumberedHandler extends GenericJsonHandler {
 *   readonly #nextId = numericIds({ start: 100 });
 *   override generateRequestId() {
 *     return this.#nextId();
 *   }
 * }
 * const numbered = new NumberedHandler();
 * numbered.generateRequestId(); // 100
 * numbered.generateRequestId(); // 101
 * ```
 */
export function numericIds(options: NumericIdOptions = {}): () => number {
  const { start } = readOptions('numericIds', options, { start: integer(0, MAX_START, 1) });
  let next = start as number;
  return () => next++;
}

/**
 * Random ids of letters and digits only, for `generateRequestId` of a handler whose protocol refuses other characters or
 * long ids. They come from `crypto.getRandomValues`, which is asked for at the first id.
 *
 * @throws ConfigError for a wrong option
 *
 * @example
 * ```ts
 * const newId = alphanumericIds({ length: 32 });
 * /^[0-9A-Za-z]{32}$/.test(newId()); // true
 * ```
 */
export function alphanumericIds(options: AlphanumericIdOptions = {}): () => string {
  const { length } = readOptions('alphanumericIds', options, { length: integer(12, 64, 22) });
  const newId = customAlphabet(ALPHANUMERIC, length as number);
  return () => newId();
}

function integer(min: number, max: number, fallback: number): OptionRule {
  const valid = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
  return [valid, texts.integer(min, max), fallback];
}
