import type { BookAdapter } from '../../order-book/book-adapter.js';
import type { OrderBookUpdate } from './market-data.js';

/**
 * The book of `orderbook.{depth}.{symbol}`, for `OrderBook`. `u` is one more with each change. A snapshot replaces the book
 * at any time. After a restart of the service `u` is 1, whatever the type says.
 *
 * @example
 * ```ts
 * const data = { s: 'BTCUSDT', b: [['91234.50', '0']], a: [], u: 8, seq: 90 } as const;
 * const change = bybitBook.read({ data: { topic: 'orderbook.50.BTCUSDT', type: 'delta', ts: 0, data } } as never);
 * change; // { snapshot: false, bids: [['91234.50', '0']], asks: [], sequence: 8, previous: 7 }
 * ```
 */
export const bybitBook: BookAdapter<OrderBookUpdate> = {
  read: ({ data: { type, data } }) => {
    const { a, b, u } = data;
    const change = { bids: b, asks: a, sequence: u };
    return isSnapshot(type, u) ? { snapshot: true, ...change } : { snapshot: false, ...change, previous: u - 1 };
  },
};

/** Whether an update of a book is the whole of it. */
export function isSnapshot(type: unknown, u: unknown): boolean {
  return type === 'snapshot' || u === 1;
}
