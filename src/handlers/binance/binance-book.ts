import type { BookAdapter } from '../../order-book/book-adapter.js';
import type { OrderBookSnapshot, OrderBookUpdate } from './stream-topics.js';

/**
 * Gets the snapshot of a book, with as many levels as you need: by `GET /api/v3/depth`, or by the method `depth` of the
 * WebSocket API.
 *
 * @param symbol - in upper case, such as `BTCUSDT`
 * @param signal - aborted when the snapshot is not needed any more
 */
export type GetDepth = (symbol: string, signal: AbortSignal) => Promise<OrderBookSnapshot>;

/**
 * The book of a depth stream, such as `btcusdt@depth@100ms`, for `OrderBook`. The stream sends changes only, so that the
 * application gets the snapshot. Changes up to `lastUpdateId` of the snapshot are dropped, and the first one that is left
 * has to begin at most one behind it ("How to manage a local order book correctly" in the venue's documents).
 *
 * @example
 * ```ts
 * const adapter = binanceBook(async (symbol) => {
 *   const answer = await fetch(`https://api.binance.com/api/v3/depth?symbol=${symbol}&limit=1000`);
 *   return await answer.json();
 * });
 * typeof adapter.snapshot; // 'function'
 * ```
 */
export function binanceBook(depth: GetDepth): BookAdapter<OrderBookUpdate> {
  return {
    read: ({ data: { U, u, b, a } }) => ({ snapshot: false, bids: b, asks: a, first: U, sequence: u }),
    snapshot: async (topic, signal) => {
      const { lastUpdateId, bids, asks } = await depth(topic.slice(0, topic.indexOf('@')).toUpperCase(), signal);
      return { snapshot: true, bids, asks, sequence: lastUpdateId };
    },
  };
}

/**
 * The book of a partial depth stream, such as `btcusdt@depth20@100ms`, for `OrderBook`. Each update is the whole of it.
 *
 * @example
 * ```ts
 * const data = { lastUpdateId: 160, bids: [['0.0024', '10']], asks: [['0.0026', '100']] } as const;
 * const change = binancePartialBook.read({ data } as never);
 * change; // { snapshot: true, bids: [['0.0024', '10']], asks: [['0.0026', '100']], sequence: 160 }
 * ```
 */
export const binancePartialBook: BookAdapter<OrderBookSnapshot> = {
  read: ({ data: { lastUpdateId, bids, asks } }) => ({ snapshot: true, bids, asks, sequence: lastUpdateId }),
};
