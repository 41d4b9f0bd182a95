import { EventEmitter } from 'node:events';
import { loadOurs } from '../lib/ours.mjs';

/** Reads what Bybit sends. */
const adapter = {
  read: ({ data: { type, data } }) => ({
    snapshot: type === 'snapshot',
    bids: data.b,
    asks: data.a,
    sequence: data.u,
    previous: data.u - 1,
  }),
};

/** What a book needs of a channel. */
class Source extends EventEmitter {
  topic = 'orderbook.200.BTCUSDT';
  overflow = 'drop-oldest';
  closed = false;
  resync() {
    throw new Error('The book misses an update.');
  }
}

/** The order book of the package, with a listener. */
export async function openBook(snapshot, top) {
  const { OrderBook } = await loadOurs('order-book');
  const source = new Source();
  const book = new OrderBook(source, adapter);
  book.on('change', () => {
    if (top > 0) book.top(top);
  });
  const update = (data) => source.emit('message', data, { data, message: data, epoch: 1, receivedAt: 0 });
  update(snapshot);
  return { update, best: () => [Number(book.bestBid[0]), Number(book.bestAsk[0])] };
}
