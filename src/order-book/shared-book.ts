import type { Channel } from '../channel/channel.js';
import type { Gap, Update } from '../channel/update.js';
import { type AnyTransportError, ProtocolError } from '../errors.js';
import type { CloseCause } from '../events.js';
import { wrapError } from '../util/wrap-error.js';
import type { BookAdapter, BookChange, BookTop, BookView } from './book-adapter.js';
import { BookSide } from './book-side.js';
import { type BookEvent, type BookState, bookStates } from './book-states.js';
import { type ChainVerdict, SequenceChain } from './sequence-chain.js';
import { resyncOnce } from './shared-resync.js';
import { SnapshotSource } from './snapshot-source.js';
import * as texts from './texts.js';

/**
 * Why a book is stale. `interrupted`: the connection is lost. A cause of a gap. `checksum`: the venue's checksum is another.
 * `reset`: the venue has given up its state. `unreadable`: the adapter failed, or a level is no decimal.
 */
export type StaleReason = 'interrupted' | Gap['cause'] | 'checksum' | 'reset' | 'unreadable';

/** One reader of a book. */
export interface BookReader {
  changed(change: BookChange): void;
  stale(reason: StaleReason): void;
  synced(): void;
  /** Returns whether anybody hears of the error. */
  failed(error: AnyTransportError): boolean;
  closed(cause: CloseCause): void;
}

/** The books by their channels, so that all readers of one channel share one book. */
const books = new WeakMap<object, SharedBook>();

/** The book of one channel, shared by its readers. */
export class SharedBook implements BookView {
  readonly bids = new BookSide('bids');
  readonly asks = new BookSide('asks');
  readonly channel: Channel;
  readonly #adapter: BookAdapter;
  readonly #chain = new SequenceChain();
  /** Missing if the snapshots come on the channel. */
  readonly #source: SnapshotSource | undefined;
  #state: BookState = 'waiting';
  /** Replaced, never changed: a listener may add or remove a reader. */
  #readers: readonly BookReader[] = [];
  /** An error that no reader heard of. The channel reports it. */
  #unheard: AnyTransportError | undefined;

  /** The book of a channel. The first call makes it. */
  static of(channel: Channel, adapter: BookAdapter): SharedBook {
    let book = books.get(channel);
    if (!book) {
      book = new SharedBook(channel, adapter);
      books.set(channel, book);
    }
    return book;
  }

  private constructor(channel: Channel, adapter: BookAdapter) {
    this.channel = channel;
    this.#adapter = adapter;
    if (adapter.snapshot) this.#source = new SnapshotSource(adapter, channel.topic, this);
    if (channel.closed) this.#state = 'closed';
    channel.on('close', this.#onClose);
    channel.on('interrupted', this.#onInterrupted);
    channel.on('resumed', this.#onResumed);
    channel.on('gap', this.#onGap);
    channel.on('message', this.#onMessage);
  }

  get isSynced(): boolean {
    return this.#state === 'synced';
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  top(count: number): BookTop {
    return { bids: this.bids.top(count), asks: this.asks.top(count) };
  }

  join(reader: BookReader): void {
    this.#readers = [...this.#readers, reader];
  }

  /** Takes a reader out. The last one ends the channel. */
  async leave(reader: BookReader): Promise<void> {
    this.#readers = this.#readers.filter((other) => other !== reader);
    if (this.#readers.length === 0) await this.channel.unsubscribe();
  }

  /** Reports an error that a reader has no listener for. */
  unheard(error: AnyTransportError): void {
    this.#unheard ??= error;
  }

  // ——— What the snapshot source tells ———

  snapshotCame(snapshot: BookChange, changes: readonly BookChange[]): void {
    let newer: BookChange[];
    let verdicts: ChainVerdict[];
    try {
      checkChange(snapshot);
      const chain = new SequenceChain();
      chain.start(snapshot);
      newer = changes.filter((change) => !chain.has(change));
      verdicts = newer.map((change) => chain.follow(change));
    } catch (cause) {
      return this.snapshotFailed(cause);
    }
    // The snapshot is older than the first change, or a change is missing: the next snapshot is newer.
    if (verdicts.includes('broken')) return;
    this.#replace(snapshot, undefined);
    for (const change of newer) if (this.isSynced) this.#apply(change, undefined);
  }

  snapshotFailed(cause: unknown): void {
    this.#report(wrapError(texts.noSnapshot(this.channel.topic), cause));
  }

  // ——— What the channel tells ———

  readonly #onMessage = (_data: unknown, update: Update): void => {
    this.#take(update);
    const error = this.#unheard;
    if (!error) return;
    this.#unheard = undefined;
    // The channel, or else the client, reports the error of its listener.
    throw error;
  };

  readonly #onGap = ({ cause }: Gap): void => {
    // Of other gaps the next update tells, which may bring a snapshot.
    if (cause === 'disconnect' || cause === 'resync') this.#lost(cause);
  };

  readonly #onInterrupted = (): void => {
    this.#happen('interrupted', 'interrupted');
  };

  readonly #onResumed = (): void => {
    this.#happen('resumed');
  };

  readonly #onClose = (cause: CloseCause): void => {
    this.#happen('closed');
    for (const reader of this.#readers) reader.closed(cause);
  };

  #take(update: Update): void {
    let change: BookChange | 'reset' | undefined;
    try {
      change = this.#adapter.read(update);
      if (change && change !== 'reset') checkChange(change);
    } catch (cause) {
      return this.#unreadable('broken', cause, update);
    }
    if (change === 'reset') return this.#lose('broken', 'reset', update);
    if (change?.snapshot) return this.#replace(change, update);
    if (update.gap) this.#lost(update.gap.cause, update);
    if (change) this.#follow(change, update);
  }

  #follow(change: BookChange, update: Update): void {
    if (this.#state !== 'synced') this.#lose('change', 'sequence', update);
    if (this.#state === 'synced') this.#apply(change, update);
    else if (this.#state === 'asked') this.#source?.keep(change, update.receivedAt);
  }

  /** Updates are missing, also if they are not noticed by their numbers. */
  #lost(cause: Gap['cause'], update?: Update): void {
    if (cause === 'disconnect') this.#happen('restarted', cause);
    else if (cause === 'resync') this.#happen('renewed', cause);
    else this.#lose('broken', cause, update);
  }

  /** Replaces the book. @param update - missing for a snapshot that did not come on the channel */
  #replace(change: BookChange, update: Update | undefined): void {
    let isRight: boolean;
    try {
      this.bids.replace(change.bids);
      this.asks.replace(change.asks);
      isRight = this.#isRight(change);
    } catch (cause) {
      return this.#unreadable('invalid', cause, update);
    }
    if (!isRight) return this.#lose('invalid', 'checksum', update);
    this.#chain.start(change);
    this.#source?.stop();
    this.#happen('snapshot');
    this.#tell(change);
  }

  #apply(change: BookChange, update: Update | undefined): void {
    let result: 'changed' | 'unchanged' | 'sequence' | 'checksum';
    try {
      result = this.#change(change);
    } catch (cause) {
      return this.#unreadable('broken', cause, update);
    }
    if (result === 'changed') this.#tell(change);
    else if (result === 'sequence') this.#lose('broken', result, update, change);
    else if (result === 'checksum') this.#lose('broken', result, update);
  }

  #change(change: BookChange): 'changed' | 'unchanged' | 'sequence' | 'checksum' {
    const verdict = this.#chain.follow(change);
    if (verdict === 'broken') return 'sequence';
    if (verdict === 'old' || (change.bids.length === 0 && change.asks.length === 0)) return 'unchanged';
    this.bids.apply(change.bids);
    this.asks.apply(change.asks);
    return this.#isRight(change) ? 'changed' : 'checksum';
  }

  #isRight({ checksum }: BookChange): boolean {
    if (checksum === undefined || !this.#adapter.checksum) return true;
    return String(this.#adapter.checksum(this)) === String(checksum);
  }

  /** The adapter failed, or what it read is no change: nobody knows what the book should be. */
  #unreadable(event: 'broken' | 'invalid', cause: unknown, update: Update | undefined): void {
    this.#lose(event, 'unreadable', update);
    this.#report(wrapError(texts.unreadable(this.channel.topic), cause));
  }

  /** Carries out an event that may ask for a snapshot. */
  #lose(event: BookEvent, reason: StaleReason, update?: Update, change?: BookChange): void {
    if (!this.#happen(event, reason)) return;
    if (this.#source) {
      if (change && update) this.#source.keep(change, update.receivedAt);
    } else if (update) {
      resyncOnce(this.channel, update.message).catch((cause) => {
        if (!this.isClosed) this.#report(wrapError(texts.notResynced(this.channel.topic), cause));
      });
    }
  }

  /** Returns whether a snapshot is to be asked for. */
  #happen(event: BookEvent, reason?: StaleReason): boolean {
    const transition = bookStates[this.#state][event];
    if (!transition) return false;
    const wasSynced = this.isSynced;
    this.#state = transition.to;
    if (transition.to !== 'asked') this.#source?.stop();
    if (this.isSynced && !wasSynced) for (const reader of this.#readers) reader.synced();
    else if (wasSynced && reason) for (const reader of this.#readers) reader.stale(reason);
    return transition.asks === true && !this.isClosed;
  }

  #tell(change: BookChange): void {
    for (const reader of this.#readers) reader.changed(change);
  }

  #report(error: AnyTransportError): void {
    const readers = this.#readers.filter((reader) => reader.failed(error));
    if (readers.length === 0) this.unheard(error);
  }
}

function checkChange({ bids, asks }: BookChange): void {
  if (!Array.isArray(bids) || !Array.isArray(asks)) throw new ProtocolError(texts.NO_CHANGE);
}
