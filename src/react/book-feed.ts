import type { WebSocketClient } from '../client.js';
import type { AnyTransportError } from '../errors.js';
import type { BookAdapter, BookTop, Level } from '../order-book/book-adapter.js';
import { OrderBook } from '../order-book/order-book.js';
import type { StaleReason } from '../order-book/shared-book.js';
import { flushInFrame, type Paced } from './frame-pacer.js';
import { Feed, type FeedRequest } from './shared-feeds.js';

/**
 * `idle`: there is no client or no topic. `pending`: there was no snapshot yet. `synced`: the book is complete. `stale`: it
 * misses something, see `stale`. `failed`: see `error`. `closed`: the client was closed, or somebody unsubscribed the topic.
 */
export type BookStatus = 'idle' | 'pending' | 'synced' | 'stale' | 'failed' | 'closed';

/** An order book as `useOrderBook()` shows it. */
export interface OrderBookState {
  readonly status: BookStatus;
  /** The best bids, best first: at most `depth`. */
  readonly bids: readonly Level[];
  /** The best asks, best first: at most `depth`. */
  readonly asks: readonly Level[];
  /** Whether the book is complete: it has a snapshot and each update since. */
  readonly isSynced: boolean;
  /** Why the book misses something. Its levels are those of before; do not trade on them. */
  readonly stale: StaleReason | undefined;
  /** Why the book failed, or the latest error of a book that goes on, for example of its adapter. */
  readonly error: AnyTransportError | undefined;
}

type BookHead = Omit<OrderBookState, 'bids' | 'asks'>;

const PENDING: BookHead = { status: 'pending', isSynced: false, stale: undefined, error: undefined };
const EMPTY: BookTop = { bids: [], asks: [] };

export const idleBook: OrderBookState = { ...PENDING, ...EMPTY, status: 'idle' };
export const pendingBook: OrderBookState = { ...PENDING, ...EMPTY };

/** The order book of one topic, for all components that show it. */
export class BookFeed extends Feed implements Paced {
  readonly #adapter: BookAdapter;
  #head: BookHead = PENDING;
  #book: OrderBook | undefined;
  /** Closes the book, or ends the call that waits for one. */
  #abort: AbortController | undefined;
  /** What the components see, by depth; filled when it is asked for. */
  #shown = new Map<number, OrderBookState>();
  #before: ReadonlyMap<number, OrderBookState> = this.#shown;

  constructor(request: FeedRequest, adapter: BookAdapter, onEnd: (feed: Feed) => void) {
    super(request, onEnd);
    this.#adapter = adapter;
  }

  /** The book to this depth, as it was painted last; the same object while nothing has changed. */
  read(depth: number): OrderBookState {
    const shown = this.#shown.get(depth);
    if (shown) return shown;
    const before = this.#before.get(depth);
    const now = { ...this.#head, ...(this.#book?.top(depth) ?? EMPTY) };
    const state = before && isSame(before, now) ? before : now;
    this.#shown.set(depth, state);
    return state;
  }

  flush(): void {
    this.#before = this.#shown;
    this.#shown = new Map();
    this.publish();
  }

  protected override get isOver(): boolean {
    return this.#head.status === 'failed' || this.#head.status === 'closed';
  }

  protected start(): void {
    const { client, topic, options } = this.request;
    const abort = new AbortController();
    const { signal } = abort;
    this.#abort = abort;
    OrderBook.subscribe(client as unknown as WebSocketClient, topic, this.#adapter, { ...options, signal }).then(
      (book) => {
        if (!signal.aborted) this.#opened(book, signal);
      },
      (error: AnyTransportError) => {
        if (!signal.aborted) this.#become({ ...PENDING, status: 'failed', error });
      },
    );
  }

  protected stop(): void {
    this.#abort?.abort();
    this.#book = undefined;
    this.#head = PENDING;
    this.#before = this.#shown = new Map();
  }

  #opened(book: OrderBook, signal: AbortSignal): void {
    this.#book = book;
    book.on('change', () => flushInFrame(this));
    book.on('synced', () => this.#become({ ...PENDING, status: 'synced', isSynced: true }));
    book.on('stale', (stale) => this.#become({ ...this.#head, status: 'stale', isSynced: false, stale }));
    book.on('error', (error) => {
      this.#head = { ...this.#head, error };
      flushInFrame(this);
    });
    book.on('close', ({ error }) => {
      if (signal.aborted) return;
      this.#become({ ...this.#head, status: error ? 'failed' : 'closed', isSynced: false, error });
    });
    if (book.isSynced) this.#become({ ...PENDING, status: 'synced', isSynced: true });
    else this.flush();
  }

  #become(head: BookHead): void {
    this.#head = head;
    this.flush();
  }
}

function isSame(one: OrderBookState, other: OrderBookState): boolean {
  return (
    one.status === other.status &&
    one.stale === other.stale &&
    one.error === other.error &&
    isSameSide(one.bids, other.bids) &&
    isSameSide(one.asks, other.asks)
  );
}

function isSameSide(one: readonly Level[], other: readonly Level[]): boolean {
  return (
    one.length === other.length &&
    one.every(([price, size], index) => price === other[index]?.[0] && size === other[index]?.[1])
  );
}
