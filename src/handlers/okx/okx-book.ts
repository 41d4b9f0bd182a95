import type { BookAdapter } from '../../order-book/book-adapter.js';
import type { OrderBookUpdate } from './market-topics.js';

/**
 * Reads the book topics for `OrderBook` of `hpx-transport-ws/order-book`. `prevSeqId` is the `seqId` of the update before,
 * also of a keep-alive without levels and after a maintenance of the venue, when numbers begin anew. The venue's
 * checksum is always 0 and is not looked at.
 *
 * @example
 * ```ts
 * import { OkxHandler, okxBook, urls } from 'hpx-transport-ws/handlers/okx';
 * import { OrderBook } from 'hpx-transport-ws/order-book';
 *
 * const client = new WebSocketClient({ url: urls.public }, new OkxHandler());
 * const follow = async () => new OrderBook(await client.subscribe('books?instId=BTC-USDT'), okxBook);
 * follow.length; // 0
 * ```
 */
export const okxBook: BookAdapter<OrderBookUpdate> = {
  read: ({ data: { action, data } }) => {
    const [book] = data;
    if (!book) return undefined;
    const { asks, bids, seqId, prevSeqId } = book;
    // `books5` and `bbo-tbt` have no action: each update is all there is.
    return { snapshot: action !== 'update', bids, asks, sequence: seqId, previous: prevSeqId };
  },
};
