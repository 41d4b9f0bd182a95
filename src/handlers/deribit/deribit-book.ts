import type { BookAdapter, VenueLevel } from '../../order-book/book-adapter.js';
import type { BookLevel, OrderBookUpdate } from './deribit-topics.js';

/**
 * The book of `book.{instrument}.{interval}`, for `OrderBook`: a snapshot, then changes that name the one before.
 *
 * @example
 * ```ts
 * const bids = [['delete', 91234.5, 0]];
 * const data = { type: 'change', change_id: 8, prev_change_id: 5, bids, asks: [] };
 * const change = deribitBook.read({ data } as never);
 * change; // { snapshot: false, bids: [[91234.5, 0]], asks: [], sequence: 8, previous: 5 }
 * ```
 */
export const deribitBook: BookAdapter<OrderBookUpdate> = {
  read: ({ data: { type, change_id, prev_change_id, bids, asks } }) => ({
    snapshot: type === 'snapshot',
    bids: bids.map(levelOf),
    asks: asks.map(levelOf),
    sequence: change_id,
    ...(prev_change_id !== undefined && { previous: prev_change_id }),
  }),
};

function levelOf([action, price, amount]: BookLevel): VenueLevel {
  return [price, action === 'delete' ? 0 : amount];
}
