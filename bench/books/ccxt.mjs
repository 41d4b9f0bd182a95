// The class is not among the exports of the package.
const { OrderBook } = await import('../node_modules/ccxt/js/src/base/ws/OrderBook.js');

/**
 * The book of ccxt, fed as its class for Bybit does: each level becomes an array of two numbers.
 */
export async function openBook({ data: { b, a } }, top) {
  const book = new OrderBook({});
  book.reset({ bids: b.map(numbers), asks: a.map(numbers) });
  const update = ({ data }) => {
    for (const level of data.a) book.asks.storeArray(numbers(level));
    for (const level of data.b) book.bids.storeArray(numbers(level));
    if (top > 0) read(book, top);
  };
  return { update, best: () => [book.bids[0][0], book.asks[0][0]] };
}

function numbers([price, size]) {
  return [Number.parseFloat(price), Number.parseFloat(size)];
}

function read({ bids, asks }, count) {
  const top = { bids: [], asks: [] };
  for (let index = 0; index < count; index++) {
    top.bids.push(bids[index]);
    top.asks.push(asks[index]);
  }
  return top;
}
