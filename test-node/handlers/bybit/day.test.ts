import { SubscriptionFailedError, WebSocketClient } from 'hpx-transport-ws';
import {
  BybitHandler,
  bybitBook,
  mergeTicker,
  type NewOrder,
  type OrderBookUpdate,
  type Ticker,
} from 'hpx-transport-ws/handlers/bybit';
import { OrderBook } from 'hpx-transport-ws/order-book';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BybitMarket } from '../../../demo/venues/bybit-market.js';
import { type BybitServer, startBybitServer } from '../../../demo/venues/bybit-server.js';

const KEYS = { apiKey: 'kx7TestKeyBybit01', secret: 'sX9-invented-secret-bybit' };
const QUICK = { reconnectInitialDelay: 10, reconnectMaxDelay: 20 };
const BOOK = 'orderbook.50.BTCUSDT';
const ORDER: NewOrder = {
  category: 'linear',
  symbol: 'BTCUSDT',
  side: 'Buy',
  orderType: 'Limit',
  qty: '0.01',
  price: '91000',
  timeInForce: 'PostOnly',
  orderLinkId: 'mm-001',
};

let venue: BybitServer;
const clients: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  venue = await startBybitServer({ keys: KEYS });
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await venue.close();
});

async function open(address: keyof BybitServer['urls'], handler = new BybitHandler()) {
  const client = await WebSocketClient.connect({ url: venue.urls[address], ...QUICK }, handler);
  clients.push(client);
  return client;
}

const account = () => open('private', new BybitHandler({ ...KEYS, endpoint: 'private' }));
const trader = () => open('trade', new BybitHandler({ ...KEYS, endpoint: 'trade' }));

/** The next value of a channel, or of an iterator. */
async function nextOf<T>(source: AsyncIterable<T> | AsyncIterator<T>): Promise<T> {
  const iterator = 'next' in source ? source : source[Symbol.asyncIterator]();
  return (await iterator.next()).value;
}

/** The levels that the venue has. */
function levels() {
  const [bitcoin] = venue.markets as [BybitMarket];
  const { data } = bitcoin.snapshot(BOOK) as OrderBookUpdate;
  return { bids: data.b, asks: data.a };
}

describe('a day of a watcher', () => {
  it('one bad topic among good ones is refused alone [BY1]', async () => {
    const client = await open('linear');
    const bad = 'orderbook.50.NOPEUSDT';
    const { channels, errors } = await client.subscribeMany(['tickers.BTCUSDT', bad, 'publicTrade.BTCUSDT'], {
      partial: true,
    });
    expect(channels.map(({ topic }) => topic)).toEqual(['tickers.BTCUSDT', 'publicTrade.BTCUSDT']);
    expect([...errors.keys()]).toEqual([bad]);
    const error = errors.get(bad);
    expect(error).toBeInstanceOf(SubscriptionFailedError);
    expect((error as Error).message).toContain(`handler not found,topic:${bad}`);
    // One frame for all, one for the others.
    expect(venue.server.received).toHaveLength(2);
  });

  it('a topic that the venue has already is no error [BY1]', async () => {
    const client = await open('linear');
    venue.server.connections[0]?.subscriptions.add('publicTrade.BTCUSDT');
    const [trades] = await client.subscribeMany(['publicTrade.BTCUSDT', 'tickers.ETHUSDT']);
    const next = nextOf(trades as AsyncIterable<{ topic: string }>);
    venue.tick();
    expect((await next).topic).toBe('publicTrade.BTCUSDT');
  });

  it('spot gets no more than 10 topics in a frame [BY1]', async () => {
    const client = await open('spot');
    const topics = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'BTC-25DEC26-100000-C'].flatMap((symbol) =>
      (['tickers', 'publicTrade', 'orderbook.50'] as const).map((name) => `${name}.${symbol}` as `tickers.${string}`),
    );
    expect(await client.subscribeMany(topics)).toHaveLength(12);
    expect(venue.server.subscriptions.size).toBe(12);
    expect(venue.server.received).toHaveLength(2);
  });

  it('options are confirmed and refused by their lists [BY1]', async () => {
    const client = await open('option');
    const good = 'tickers.BTC-25DEC26-100000-C';
    const { channels, errors } = await client.subscribeMany([good, 'tickers.BTC-NOPE'], { partial: true });
    expect([channels.map(({ topic }) => topic), [...errors.keys()]]).toEqual([[good], ['tickers.BTC-NOPE']]);
    expect((await nextOf(channels[0] as AsyncIterable<object>)) as object).toMatchObject({ type: 'snapshot' });
  });

  it('a ticker is whole after its deltas [BY9]', async () => {
    const client = await open('linear');
    const channel = await client.subscribe('tickers.BTCUSDT');
    const updates = channel[Symbol.asyncIterator]();
    const first = await nextOf(updates);
    let ticker: Ticker | undefined = mergeTicker(undefined, first);
    venue.tick();
    const second = await nextOf(updates);
    expect([first.type, second.type]).toEqual(['snapshot', 'delta']);
    expect(mergeTicker(undefined, second)).toBeUndefined();
    ticker = mergeTicker(ticker, second);
    expect(ticker).toMatchObject({ symbol: 'BTCUSDT', lastPrice: venue.markets[0]?.price });
    expect(mergeTicker({ symbol: 'BTCUSDT', markPrice: '7' }, second)).toMatchObject({
      markPrice: '7',
      ...second.data,
    });
  });

  it('a book follows the venue, through a restart of the service and a drop [BY9]', async () => {
    const client = await open('linear');
    const channel = await client.subscribe(BOOK);
    const book = new OrderBook(channel, bybitBook);
    await book.whenSynced();
    for (let move = 0; move < 20; move++) venue.tick();
    await expect.poll(() => book.top(50)).toEqual(levels());

    venue.restartBooks();
    venue.tick();
    await expect.poll(() => book.top(50)).toEqual(levels());
    expect(book.isSynced).toBe(true);
    expect(client.epoch).toBe(1);

    const stale = new Promise((resolve) => book.once('stale', resolve));
    venue.server.dropAll();
    await stale;
    await book.whenSynced();
    venue.tick();
    await expect.poll(() => book.top(50)).toEqual(levels());
    expect(client.epoch).toBe(2);
  });

  it('a missed change of a book is a gap, a restart of the service is none [BY2]', async () => {
    const client = await open('linear');
    const channel = await client.subscribe(BOOK);
    const updates = channel.updates()[Symbol.asyncIterator]();
    await nextOf(updates);
    venue.restartBooks();
    expect((await nextOf(updates)).gap).toBeUndefined();
    venue.tick();
    expect((await nextOf(updates)).gap).toBeUndefined();
    venue.markets[0]?.step();
    venue.tick();
    expect((await nextOf(updates)).gap).toMatchObject({ cause: 'sequence' });
  });

  it.each(['linear', 'spot', 'option', 'private', 'trade'] as const)(
    'a ping to %s is answered [BY3]',
    async (address) => {
      const endpoint = address === 'private' || address === 'trade' ? address : 'public';
      const handler = new BybitHandler({ ...KEYS, endpoint });
      // Each minute is too seldom for a test.
      Object.assign(handler, { keepAlive: { ...handler.keepAlive, interval: 10 } });
      const client = await open(address, handler);
      await expect.poll(() => client.stats().roundTrip).toBeDefined();
      expect(client.stats().unknown).toBe(0);
    },
  );
});

describe('a day of a bot', () => {
  it('logs in, places an order and is told of it [BY4]', async () => {
    const client = await trader();
    const orders = await (await account()).subscribe('order.linear');
    const { orderId, orderLinkId } = await client.request({ op: 'order.create', args: [ORDER] });
    expect(orderLinkId).toBe('mm-001');
    const { data } = await nextOf(orders);
    expect(data).toMatchObject([{ orderId, orderStatus: 'New', leavesQty: '0.01' }]);
  });

  it('learns why an order is refused, and that of a failed one the outcome is unknown [BY5]', async () => {
    const client = await trader();
    const large = client.request({ op: 'order.create', args: [{ ...ORDER, qty: '5' }] });
    await expect(large).rejects.toMatchObject({ code: 'REQUEST_REJECTED', serverCode: 170_131 });
    await expect(large).rejects.toThrow('Insufficient balance.');
    expect(large.delivery).toBe('answered');

    venue.failNextOrder();
    const failed = client.request({ op: 'order.create', args: [ORDER] });
    await expect(failed).rejects.toMatchObject({ serverCode: 10_016, delivery: 'unknown' });
  });

  it('is refused after too many orders, and then goes on [BY5]', async () => {
    const client = await trader();
    venue.limitOrders(1);
    const order = () => client.request({ op: 'order.create', args: [ORDER] });
    await expect(order()).rejects.toMatchObject({ serverCode: 10_006 });
    expect(await order()).toMatchObject({ orderLinkId: 'mm-001' });
    expect(client.epoch).toBe(1);
  });

  it('comes back after a restart of the service and after a drop, and trades on [BY6]', async () => {
    const client = await trader();
    const order = () => client.request({ op: 'order.create', args: [ORDER] });
    const backAgain = () => new Promise<number>((resolve) => client.once('reconnected', resolve));
    venue.restartTrading();
    let back = backAgain();
    await expect(order()).rejects.toMatchObject({ serverCode: 10_019 });
    expect(await back).toBe(2);
    expect(await order()).toMatchObject({ orderLinkId: 'mm-001' });
    back = backAgain();
    venue.server.dropAll();
    expect(await back).toBe(3);
    expect(await order()).toMatchObject({ orderLinkId: 'mm-001' });
  });

  it('ends with a wrong key, and with a wrong secret [BY4]', async () => {
    for (const wrong of [{ apiKey: 'another' }, { secret: 'another' }]) {
      for (const endpoint of ['private', 'trade'] as const) {
        const handler = new BybitHandler({ ...KEYS, ...wrong, endpoint });
        await expect(open(endpoint, handler)).rejects.toMatchObject({
          code: 'AUTHENTICATION_FAILED',
          retryable: false,
        });
      }
    }
    expect(venue.server.connectionCount).toBe(4);
  });

  it('tries again while its clock is wrong [BY4]', async () => {
    let late = 2;
    const now = () => Date.now() - (late-- > 0 ? 60_000 : 0);
    const client = await open('trade', new BybitHandler({ ...KEYS, endpoint: 'trade', now }));
    expect(client.isConnected()).toBe(true);
    expect(venue.server.received.length).toBeGreaterThanOrEqual(3);
  });
});
