import type { Sequence } from '../../protocol/handler-types.js';

export interface SequenceOptions {
  /**
   * Whether the update holds the full state, so that no earlier update is needed.
   * @default false, because most updates are changes
   */
  readonly snapshot?: boolean;
}

/**
 * The sequence of an update that carries its own number and the number of the update before it, for `extractSequence`.
 * Undefined if the update has no number of its own. Without a previous number no gap is looked for.
 *
 * @param current - the number, as `message.path()` or `message.field()` returned it
 * @param previous - the number of the update before it
 *
 * @example
 * ```ts
 * const book = new Message('{"data":[{"seqId":15,"prevSeqId":12}]}');
 * linkedSequence(book.path('data.0.seqId'), book.path('data.0.prevSeqId')); // { current: 15, previous: 12 }
 * linkedSequence(15, undefined, { snapshot: true }); // { current: 15, snapshot: true }
 * ```
 */
export function linkedSequence(current: unknown, previous: unknown, options?: SequenceOptions): Sequence | undefined {
  if (!isPosition(current)) return undefined;
  if (options?.snapshot) return { current, snapshot: true };
  return isPosition(previous) ? { current, previous } : { current };
}

/**
 * The sequence of an update whose number is one more than that of the update before it, for `extractSequence`. An update
 * that covers several numbers has a first and a last number. Integers beyond 2^53 that come as digits stay exact.
 * Undefined if the update has no integer as its number.
 *
 * @param current - the number, or the last number that the update covers
 * @param options - `first` is the first number that the update covers; by default `current`, because most updates have
 *   one number
 *
 * @example
 * ```ts
 * countedSequence(8); // { current: 8, previous: 7 }
 * countedSequence(120, { first: 118 }); // { current: 120, previous: 117 }
 * countedSequence('9007199254740994'); // { current: '9007199254740994', previous: '9007199254740993' }
 * ```
 */
export function countedSequence(
  current: unknown,
  options?: SequenceOptions & { readonly first?: unknown },
): Sequence | undefined {
  const previous = numberBefore(options?.first ?? current);
  return isPosition(current) && numberBefore(current) !== undefined
    ? linkedSequence(current, previous, options)
    : undefined;
}

/** The integer before an integer, exact and in the same form; undefined for any other value. */
export function numberBefore(value: unknown): Sequence['current'] | undefined {
  if (typeof value === 'bigint') return value - 1n;
  if (typeof value === 'string') return /^-?\d+$/.test(value) ? String(BigInt(value) - 1n) : undefined;
  return Number.isSafeInteger(value) ? (value as number) - 1 : undefined;
}

function isPosition(value: unknown): value is Sequence['current'] {
  return (typeof value === 'string' && value !== '') || typeof value === 'bigint' || Number.isFinite(value);
}
