import { WebSocketClient } from 'hpx-transport-ws';
import {
  BinanceApiHandler,
  BinanceStreamHandler,
  binanceBook,
  binancePartialBook,
} from 'hpx-transport-ws/handlers/binance';
import { OrderBook } from 'hpx-transport-ws/order-book';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BinanceServer, startBinanceServer } from '../../../demo/venues/binance-server.js';

const QUICK = { reconnectInitialDelay: 10, reconnectMaxDelay: 20 };

let venue: BinanceServer;
const clients: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  venue = await startBinanceServer();
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await venue.close();
});

async function watch() {
  const client = await WebSocketClient.connect({ url: venue.urls.public, ...QUICK }, new BinanceStreamHandler());
  clients.push(client);
  return client;
}

/** The levels that the venue has. */
function expected() {
  const { bids, asks } = venue.markets[0]?.snapshot() ?? { bids: [], asks: [] };
  const plain = (levels: readonly (readonly [string, string])[]) => levels.map(([price, size]) => [+price, +size]);
  return { bids: plain(bids), asks: plain(asks) };
}

function shown(book: OrderBook) {
  const { bids, asks } = book.top(20);
  return { bids: bids.map((level) => level.map(Number)), asks: asks.map((level) => level.map(Number)) };
}

it('a book follows the depth stream of the venue, from a snapshot of its API, also after a drop [BI16]', async () => {
  const api = await WebSocketClient.connect({ url: venue.urls.private, ...QUICK }, new BinanceApiHandler());
  clients.push(api);
  const client = await watch();
  const symbols: string[] = [];
  const adapter = binanceBook((symbol) => {
    symbols.push(symbol);
    return api.request({ method: 'depth', params: { symbol, limit: 1_000 } });
  });
  const channel = await client.subscribe('btcusdt@depth@100ms');
  const book = new OrderBook(channel, adapter);
  venue.tick();
  venue.tick();
  await book.whenSynced();
  for (let move = 0; move < 50; move++) venue.tick();
  await expect.poll(() => shown(book)).toEqual(expected());

  const resumed = new Promise((resolve) => channel.once('resumed', resolve));
  for (const connection of venue.server.connections) if (connection.path === '/stream') connection.terminate();
  await resumed;
  expect(book.isSynced).toBe(false);
  // A second snapshot so soon is asked for with the first update after a second.
  const life = setInterval(() => venue.tick(), 50);
  await book.whenSynced();
  clearInterval(life);
  await expect.poll(() => shown(book)).toEqual(expected());
  expect(symbols).toEqual(['BTCUSDT', 'BTCUSDT']);
});

it('a book of a partial depth stream is the last update [BI16]', async () => {
  const client = await watch();
  const book = new OrderBook(await client.subscribe('btcusdt@depth20@100ms'), binancePartialBook);
  venue.tick();
  await book.whenSynced();
  venue.tick();
  await expect.poll(() => shown(book)).toEqual(expected());
});
