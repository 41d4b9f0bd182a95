import type { Message } from '../protocol/message.js';

/** A stretch of time in which updates of a topic may have been missed. `since` and `until` are Unix milliseconds. */
export interface Gap {
  /** The epoch in which it ended. */
  readonly epoch: number;
  readonly since: number;
  readonly until: number;
  /** The connection was lost, a sequence number was skipped, or the server asked to start over. */
  readonly cause: 'disconnect' | 'sequence' | 'resync';
}

/** One update of one topic. */
export interface Update<T = unknown> {
  /** What the handler takes from the frame; parsed when it is first read. */
  readonly data: T;
  readonly message: Message;
  /** Which connection brought it: 1 for the first that became ready. */
  readonly epoch: number;
  /** Unix milliseconds; the same for all that one read of the socket brought. */
  readonly receivedAt: number;
  readonly sequence?: number | string | bigint;
  /** Whether it is a full state that stands by itself; missing where the protocol does not tell. */
  readonly snapshot?: boolean;
  /** Set on the first update after a gap. */
  readonly gap?: Gap;
}

const UNREAD = Symbol('unread');

/** A handler, as far as updates need it. */
interface DataReader {
  extractData(message: Message): unknown;
}

/** An update whose data is taken from its frame when somebody asks for it. */
export class LazyUpdate implements Update {
  readonly message: Message;
  readonly epoch: number;
  readonly receivedAt: number;
  declare sequence?: number | string | bigint;
  declare snapshot?: boolean;
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

  /** The same update for a channel that missed something before it. */
  after(gap: Gap): LazyUpdate {
    const copy = new LazyUpdate(this.message, this.epoch, this.receivedAt, { extractData: () => this.data });
    if (this.sequence !== undefined) copy.sequence = this.sequence;
    if (this.snapshot !== undefined) copy.snapshot = this.snapshot;
    copy.gap = gap;
    return copy;
  }
}

/** The update, telling of another one's gap, too: that one came before it and was dropped. */
export function tellingOf(update: Update, gap: Gap | undefined): Update {
  if (!gap) return update;
  const both = update.gap ? { ...update.gap, since: Math.min(gap.since, update.gap.since) } : gap;
  return (update as LazyUpdate).after(both);
}
