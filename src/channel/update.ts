import type { Message } from '../protocol/message.js';
import { keepRaw } from '../util/keep-raw.js';

/** A time in which updates of a topic may have been missed. `since` and `until` are Unix milliseconds. */
export interface Gap {
  /** The epoch in which the gap ended. */
  readonly epoch: number;
  /**
   * When the server ended the connection; after any other loss of a connection, when it last heard anything: the link may
   * have been dead long before anybody noticed.
   */
  readonly since: number;
  readonly until: number;
  /**
   * The connection was lost, a sequence number was skipped, the server asked to start over, or the reader was too slow for
   * its channel. Of several causes, the first one in this order.
   */
  readonly cause: 'disconnect' | 'sequence' | 'resync' | 'overflow';
}

/** One update of one topic. */
export interface Update<T = unknown> {
  /** What the handler takes from the message. The message is parsed when this is first read. */
  readonly data: T;
  readonly message: Message;
  /** The connection that brought the update: 1 for the first connection that became ready. */
  readonly epoch: number;
  /** Unix milliseconds. All updates of one read of the socket have the same time. */
  readonly receivedAt: number;
  readonly sequence?: number | string | bigint;
  /** Whether the update is a full state; missing where the protocol does not say so. */
  readonly snapshot?: boolean;
  /** True on the first update of a channel that joined a running subscription: it did not see the beginning. */
  readonly joined?: boolean;
  /** Set on the first update after a gap. */
  readonly gap?: Gap;
}

const UNREAD = Symbol('unread');

/** What an update needs of the handler. */
interface DataReader {
  extractData(message: Message): unknown;
}

/** An update whose data is taken from its message when it is first read. */
export class LazyUpdate implements Update {
  readonly message: Message;
  readonly epoch: number;
  readonly receivedAt: number;
  declare sequence?: number | string | bigint;
  declare snapshot?: boolean;
  declare joined?: boolean;
  declare gap?: Gap;
  readonly #reader: DataReader;
  #data: unknown = UNREAD;

  constructor(message: Message, epoch: number, receivedAt: number, reader: DataReader) {
    this.message = message;
    this.epoch = epoch;
    this.receivedAt = receivedAt;
    this.#reader = reader;
  }

  get data(): unknown {
    if (this.#data === UNREAD) this.#data = this.#reader.extractData(this.message);
    return this.#data;
  }

  /** Returns the same update with a gap, for a channel that missed something before it, or that joined with it. */
  after(gap: Gap | undefined, joined = this.joined): LazyUpdate {
    const copy = new LazyUpdate(this.message, this.epoch, this.receivedAt, { extractData: () => this.data });
    if (this.sequence !== undefined) copy.sequence = this.sequence;
    if (this.snapshot !== undefined) copy.snapshot = this.snapshot;
    if (gap) copy.gap = gap;
    if (joined) copy.joined = true;
    return copy;
  }
}

keepRaw(LazyUpdate.prototype);

/** Returns the update with the gap of an earlier update, which was dropped. Two gaps become one. */
export function withGap(update: Update, gap: Gap | undefined): Update {
  return gap ? (update as LazyUpdate).after(mergeGaps(gap, update.gap)) : update;
}

const CAUSES: readonly Gap['cause'][] = ['disconnect', 'sequence', 'resync', 'overflow'];

/** The gap that covers two gaps. */
export function mergeGaps(one: Gap, other: Gap | undefined): Gap {
  if (!other) return one;
  return {
    epoch: Math.max(one.epoch, other.epoch),
    since: Math.min(one.since, other.since),
    until: Math.max(one.until, other.until),
    cause: CAUSES.find((cause) => cause === one.cause || cause === other.cause) ?? one.cause,
  };
}
