import type { Update } from '../channel/update.js';
import type { Topic } from '../identifiers.js';

/** One price level of a book: price and size as exact decimals, with the digits of the venue. */
export type Level = readonly [price: string, size: string];

/** The best levels of both sides, best first. */
export interface BookTop {
  readonly bids: Level[];
  readonly asks: Level[];
}

/**
 * A level as a venue sends it: price, size, and whatever follows. Size 0 removes the level. A price that is a number is
 * kept with the digits that JavaScript prints.
 */
export type VenueLevel = readonly [price: string | number, size: string | number, ...rest: unknown[]];

/** A number by which a venue orders the updates of a book. */
export type BookSequence = number | string | bigint;

/** What one update does to a book. */
export interface BookChange {
  /** Whether the levels are the whole book. Otherwise they are the levels that changed. */
  readonly snapshot: boolean;
  readonly bids: readonly VenueLevel[];
  readonly asks: readonly VenueLevel[];
  /** The number of this update; of an update that combines several, the last number. */
  readonly sequence?: BookSequence | undefined;
  /** The `sequence` that the book must have before this update. */
  readonly previous?: BookSequence | undefined;
  /**
   * The first number of an update that combines several. The update fits if `first` is at most the next number. An update
   * whose `sequence` the book already has is passed over.
   */
  readonly first?: BookSequence | undefined;
  /** The venue's checksum of the book after this update; compared with the `checksum()` of the adapter. */
  readonly checksum?: number | string | undefined;
}

/** What a checksum is computed of. */
export interface BookView {
  /** The best levels of both sides, best first. */
  top(count: number): BookTop;
}

/**
 * Reads the book of one venue.
 *
 * @example
 * ```ts
 * interface DepthUpdate {
 *   readonly type: 'snapshot' | 'delta';
 *   readonly b: readonly [price: string, size: string][];
 *   readonly a: readonly [price: string, size: string][];
 *   readonly u: number;
 * }
 * const adapter: BookAdapter<DepthUpdate> = {
 *   read: ({ data: { type, b, a, u } }) => ({ snapshot: type === 'snapshot', bids: b, asks: a, sequence: u, previous: u - 1 }),
 * };
 * ```
 */
export interface BookAdapter<T = unknown> {
  /**
   * What an update does to the book; nothing for an update that says nothing about it. `'reset'`: the venue has given up its
   * state, and the book needs a new snapshot. An error makes the book stale and is reported.
   */
  read(update: Update<T>): BookChange | 'reset' | undefined;
  /**
   * For a venue that sends no snapshot on its channel: gets the snapshot, for example by REST. The book keeps the updates that
   * come meanwhile, and drops those that are older than the snapshot. If this fails, or if the snapshot is too old, the book
   * asks again. The first snapshot is asked for at once, the next ones with the first update after a delay: 1 second, then
   * twice as long each time, up to 30 seconds; after a minute without one, at once again.
   * @param signal - aborted when the snapshot is not needed any more
   */
  snapshot?(topic: Topic, signal: AbortSignal): Promise<BookChange>;
  /** The checksum of a book; asked for only after a change with a `checksum`. */
  checksum?(book: BookView): number | string;
}
