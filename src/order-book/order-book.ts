import type { Channel } from '../channel/channel.js';
import type { WebSocketClient } from '../client.js';
import { type AnyTransportError, ConfigError, ConnectionClosedError, type ProtocolError } from '../errors.js';
import type { CloseCause } from '../events.js';
import type { Topic } from '../identifiers.js';
import { forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import { Deferred } from '../util/deferred.js';
import { IsolatedEmitter, type ListenerHooks } from '../util/isolated-emitter.js';
import { keepRaw } from '../util/keep-raw.js';
import { check, SIGNAL } from '../util/options.js';
import { printAsJson } from '../util/printing.js';
import { handled } from '../util/promises.js';
import type { WorkerClient } from '../worker/worker-client.js';
import type { BookAdapter, BookChange, BookTop, Level } from './book-adapter.js';
import { type BookReader, SharedBook, type StaleReason } from './shared-book.js';
import { type BookOptions, sharedChannel } from './shared-channel.js';
import * as texts from './texts.js';

/** The events of an order book, each with the arguments of its listeners. */
export interface OrderBookEvents {
  /** The book has changed: by these levels, or to this snapshot. */
  change: [change: BookChange];
  /** The book misses updates. It has asked for a new snapshot, or waits for one. */
  stale: [reason: StaleReason];
  /** The book is complete again, or for the first time. */
  synced: [];
  /** An update could not be read, a snapshot could not be got, or a listener failed. */
  error: [error: AnyTransportError];
  /** The channel of the book has ended. */
  close: [cause: CloseCause];
}

/** What `JSON.stringify(book)` and a print of a book show. */
export interface OrderBookSummary {
  readonly topic: string;
  readonly synced: boolean;
  readonly closed: boolean;
  readonly bids: number;
  readonly asks: number;
}

/** The reader behind one `OrderBook`. */
class Reader implements BookReader, ListenerHooks {
  readonly shared: SharedBook;
  book!: OrderBook;
  /** Calls of `whenSynced()` that wait. */
  #waits: Deferred<void>[] = [];
  isClosed: boolean;

  constructor(shared: SharedBook) {
    this.shared = shared;
    this.isClosed = shared.isClosed;
  }

  changed(change: BookChange): void {
    this.book.emit('change', change);
  }

  stale(reason: StaleReason): void {
    this.book.emit('stale', reason);
  }

  synced(): void {
    for (const wait of this.#waits.splice(0)) wait.resolve();
    this.book.emit('synced');
  }

  failed(error: AnyTransportError): boolean {
    return this.book.emit('error', error);
  }

  closed(cause: CloseCause): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const wait of this.#waits.splice(0)) wait.reject(this.closedError(cause.error));
    for (const event of ['change', 'stale', 'synced', 'error'] as const) this.book.removeAllListeners(event);
    this.book.emit('close', cause);
  }

  closedError(cause?: AnyTransportError): ConnectionClosedError {
    return new ConnectionClosedError(texts.bookClosed(this.shared.channel.topic), { cause });
  }

  whenSynced(): Promise<void> {
    if (this.isClosed) return handled(Promise.reject(this.closedError()));
    if (this.shared.isSynced) return Promise.resolve();
    const wait = new Deferred<void>();
    this.#waits.push(wait);
    return handled(wait.promise);
  }

  listenerAdded(): void {}

  listenerFailed(error: ProtocolError): void {
    if (!this.failed(error)) this.shared.unheard(error);
  }
}

/**
 * The order book of one topic, from its snapshot and its changes. Prices and sizes keep the digits of the venue. All books of
 * one channel share their levels: a second one is full from the beginning, and reads with the adapter of the first.
 *
 * A book is stale when it misses an update: the connection was lost, a sequence number or a checksum is wrong, the channel
 * dropped updates. It then asks the server anew (`channel.resync()`), once, unless a new snapshot comes anyway. Meanwhile
 * `top()` returns the last state.
 *
 * @throws ConfigError if the channel or the adapter is none, or if the channel conflates updates (`overflow: 'latest'`)
 * @example
 * ```ts
 * const adapter: BookAdapter = { read: () => ({ snapshot: true, bids: [['100.50', '2']], asks: [['100.60', '1']] }) };
 * const book = new OrderBook(await client.subscribe('trades.BTC'), adapter);
 * await book.whenSynced();
 * book.top(1); // { bids: [['100.50', '2']], asks: [['100.60', '1']] }
 * book.bestBid?.[0]; // '100.50'
 * await book.close();
 * ```
 */
export class OrderBook<T = unknown> extends IsolatedEmitter<OrderBookEvents> {
  readonly #reader: Reader;

  /**
   * Subscribes a topic and makes a book of it. All books that come from here for one client and one topic share one channel: a
   * further book is full at once, and the adapter and the options are those of the first.
   *
   * @throws SubscriptionFailedError like `client.subscribe()`
   * @throws ConfigError if the client or the adapter is none, and for a wrong option
   * @example
   * ```ts
   * const adapter: BookAdapter = { read: () => ({ snapshot: true, bids: [['100.50', '2']], asks: [] }) };
   * const first = await OrderBook.subscribe(client, 'trades.BTC', adapter);
   * await first.whenSynced();
   * const second = await OrderBook.subscribe(client, 'trades.BTC', adapter);
   * second.bestBid; // ['100.50', '2']
   * await Promise.all([first.close(), second.close()]);
   * ```
   */
  static async subscribe<Topics extends object, Methods extends object, K extends keyof Topics & string>(
    client: WebSocketClient<Topics, Methods> | WorkerClient<Topics, Methods>,
    topic: K,
    adapter: BookAdapter<Topics[K]>,
    options: BookOptions = {},
  ): Promise<OrderBook<Topics[K]>> {
    if (typeof client?.subscribe !== 'function') throw new ConfigError('client', client, texts.A_CLIENT);
    checkAdapter(adapter);
    const { signal } = options;
    check('signal', signal, SIGNAL);
    for (;;) {
      if (signal?.aborted) throw signal.reason;
      const channel = await sharedChannel(client, topic, options);
      // The last book may have closed meanwhile, and its channel with it.
      if (channel.closed) continue;
      const book = new OrderBook(channel, adapter);
      if (signal) book.#closeWith(signal);
      return book;
    }
  }

  /**
   * @param channel - as `subscribe()` gives it; the book ends it with its last reader
   * @param adapter - reads the updates of the venue
   */
  constructor(channel: Channel<T>, adapter: BookAdapter<T>) {
    if (typeof channel?.resync !== 'function') throw new ConfigError('channel', channel, texts.A_CHANNEL);
    checkAdapter(adapter);
    if (channel.overflow === 'latest') throw new ConfigError('channel.overflow', undefined, texts.NO_CONFLATION);
    const reader = new Reader(SharedBook.of(channel as Channel, adapter as BookAdapter));
    super(reader);
    this.#reader = reader;
    reader.book = this;
    reader.shared.join(reader);
  }

  /** The canonical topic. */
  get topic(): Topic {
    return this.#reader.shared.channel.topic;
  }

  /** Whether the book is complete: it has a snapshot and each update since. */
  get isSynced(): boolean {
    return this.#reader.shared.isSynced && !this.closed;
  }

  /** Whether the book has ended. Its last state can still be read. */
  get closed(): boolean {
    return this.#reader.isClosed;
  }

  /** The highest bid. */
  get bestBid(): Level | undefined {
    return this.#reader.shared.bids.best;
  }

  /** The lowest ask. */
  get bestAsk(): Level | undefined {
    return this.#reader.shared.asks.best;
  }

  /**
   * The best levels of both sides, best first.
   * @param count - how many levels of each side
   */
  top(count: number): BookTop {
    return this.#reader.shared.top(count);
  }

  /** All bids, highest first. */
  bids(): Level[] {
    return this.#reader.shared.bids.top(Infinity);
  }

  /** All asks, lowest first. */
  asks(): Level[] {
    return this.#reader.shared.asks.top(Infinity);
  }

  /**
   * Resolves when the book is complete, at once if it is.
   * @throws ConnectionClosedError when the book ends before
   */
  whenSynced(): Promise<void> {
    return this.#reader.whenSynced();
  }

  /**
   * Ends this book: `close` is emitted at once, and no other listener is called afterwards. The last book of a channel ends the
   * channel. Resolves like `channel.unsubscribe()`; never rejects.
   */
  close(): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.#reader.closed({ code: 1000, reason: 'closed' });
    return this.#reader.shared.leave(this.#reader);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #closeWith(signal: AbortSignal): void {
    const abortable = { handleEvent: () => void this.close() };
    listenToAbort(signal, abortable);
    this.on('close', () => forgetAbort(signal, abortable));
    if (signal.aborted) void this.close();
  }

  /** What `JSON.stringify(book)` and a print of a book show. */
  toJSON(): OrderBookSummary {
    const { shared } = this.#reader;
    const { topic } = shared.channel.toJSON();
    return { topic, synced: this.isSynced, closed: this.closed, bids: shared.bids.size, asks: shared.asks.size };
  }
}

function checkAdapter(adapter: { readonly read?: unknown } | undefined): void {
  if (typeof adapter?.read !== 'function') throw new ConfigError('adapter', adapter, texts.AN_ADAPTER);
}

printAsJson(OrderBook.prototype, 'OrderBook');
keepRaw(OrderBook.prototype);
