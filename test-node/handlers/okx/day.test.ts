import { type Channel, SubscriptionFailedError, WebSocketClient } from 'hpx-transport-ws';
import { type NewOrder, OkxHandler, okxBook } from 'hpx-transport-ws/handlers/okx';
import { OrderBook } from 'hpx-transport-ws/order-book';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OkxServer, startOkxServer } from '../../../demo/venues/okx-server.js';
import { KEYS } from './keys.js';

const QUICK = { reconnectInitialDelay: 10, reconnectMaxDelay: 20 };
const ORDER: NewOrder = {
  instIdCode: 1000000000,
  tdMode: 'cash',
  side: 'buy',
  ordType: 'limit',
  px: '91000',
  sz: '0.001',
};

let venue: OkxServer;
const clients: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  venue = await startOkxServer({ keys: KEYS });
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await venue.close();
});

async function watch() {
  const client = await WebSocketClient.connect({ url: venue.urls.public, ...QUICK }, new OkxHandler());
  clients.push(client);
  return client;
}

async function trade(handler = new OkxHandler(KEYS)) {
  const client = await WebSocketClient.connect({ url: venue.urls.private, ...QUICK }, handler);
  clients.push(client);
  return client;
}

function next<T>(channel: Channel<T>): Promise<T> {
  return new Promise((resolve) => channel.once('message', (data) => resolve(data)));
}

const resumed = (channel: Channel) => new Promise((resolve) => channel.once('resumed', resolve));

/** Resolves when a book has followed the venue once more. */
const followed = <T>(book: OrderBook<T>) => new Promise<void>((resolve) => book.once('change', () => resolve()));

describe('a day of a watcher', () => {
  it('one bad topic among good ones is refused alone, in the words of the venue [OK4]', async () => {
    const client = await watch();
    const topics = ['tickers?instId=BTC-USDT', 'books?instId=NOPE-USDT', 'trades?instId=ETH-USDT'] as const;
    const { channels, errors } = await client.subscribeMany(topics, { partial: true });
    expect(channels.map(({ topic }) => topic)).toEqual(['tickers?instId=BTC-USDT', 'trades?instId=ETH-USDT']);
    const error = errors.get('books?instId=NOPE-USDT');
    expect(error).toBeInstanceOf(SubscriptionFailedError);
    expect((error as SubscriptionFailedError).serverCode).toBe('60018');

    const ticker = next(await client.subscribe('tickers?instId=BTC-USDT'));
    venue.tick();
    expect((await ticker).data).toEqual([expect.objectContaining({ last: venue.markets[0]?.price })]);
  });

  it('a book stays right through keep-alives and a maintenance, and mends itself after a hole [OK11, OK13]', async () => {
    const client = await watch();
    const channel = await client.subscribe('books?instId=BTC-USDT');
    const gaps: string[] = [];
    channel.on('gap', ({ cause }) => gaps.push(cause));
    const book = new OrderBook(channel, okxBook);
    await book.whenSynced();
    const [market] = venue.markets;
    for (const move of [() => venue.tick(), () => venue.tick(), () => venue.tick()]) {
      const change = followed(book);
      move();
      await change;
      expect(book.top(20)).toEqual(levelsOf(market?.snapshot));
    }
    market?.keepAlive();
    venue.publish();
    market?.maintain();
    venue.publish();
    const change = followed(book);
    venue.tick();
    await change;
    expect(book.top(20)).toEqual(levelsOf(market?.snapshot));
    expect(gaps).toEqual([]);

    const synced = new Promise<void>((resolve) => book.once('synced', () => resolve()));
    market?.skip();
    venue.tick();
    await synced;
    expect(book.top(20)).toEqual(levelsOf(market?.snapshot));
    expect(gaps[0]).toBe('sequence');
  });

  it('goes on after a drop, an end for silence and an announced upgrade [OK10]', async () => {
    const client = await watch();
    const trades = await client.subscribe('trades?instId=BTC-USDT');
    let epoch = 1;
    for (const end of [() => venue.server.dropAll(), () => venue.closeIdle(), () => venue.announceUpgrade()]) {
      const back = resumed(trades);
      end();
      await back;
      expect(client.epoch).toBe(++epoch);
      const trade = next(trades);
      venue.tick();
      expect((await trade).data[0]?.instId).toBe('BTC-USDT');
    }
  });

  it('asks again where the venue counted too many frames [OK4]', async () => {
    await venue.close();
    venue = await startOkxServer({ framesPerHour: 2 });
    const client = await watch();
    await client.subscribe('trades?instId=BTC-USDT');
    await client.subscribe('trades?instId=SOL-USDT');
    const warned = new Promise((resolve) => client.once('warning', resolve));
    const third = client.subscribe('trades?instId=ETH-USDT');
    expect(await warned).toMatchObject({ message: expect.stringContaining('Requests too frequent') });
    venue.server.dropAll(); // the venue counts per connection; the first two topics now share a frame
    expect((await third).live).toBe(true);
  });
});

describe('a day of a trader', () => {
  it('an order is placed, seen and cancelled, with ids that no number holds [OK7]', async () => {
    const client = await trade();
    const orders = await client.subscribe('orders?instType=SPOT');
    const seen = next(orders);
    const [answer] = await client.request({ op: 'order', args: [{ ...ORDER, clOrdId: 'b1' }] });
    expect(answer).toMatchObject({ clOrdId: 'b1', ordId: '312269865356374017', sCode: '0' });
    expect((await seen).data[0]).toMatchObject({ ordId: '312269865356374017', state: 'live', px: '91000' });
    const cancelled = next(orders);
    const reference = { instIdCode: 1000000000, ordId: '312269865356374017' };
    expect(await client.request({ op: 'cancel-order', args: [reference] })).toMatchObject([{ sCode: '0' }]);
    expect((await cancelled).data[0]?.state).toBe('canceled');
  });

  it('a refused order rejects with the code of the order, and a batch may be taken in part [OK7]', async () => {
    const client = await trade();
    const large = { ...ORDER, sz: '5', clOrdId: 'b2' };
    await expect(client.request({ op: 'order', args: [large] })).rejects.toMatchObject({
      code: 'REQUEST_REJECTED',
      serverCode: '51008',
      message: expect.stringContaining('Insufficient USDT balance'),
    });
    const answers = await client.request({ op: 'batch-orders', args: [ORDER, large], expTime: '1790000003000' });
    expect(answers.map(({ sCode }) => sCode)).toEqual(['0', '51008']);
    await expect(client.request({ op: 'batch-orders', args: [] })).rejects.toMatchObject({ serverCode: '60013' });
  });

  it('a request that the venue cannot read rejects, though its error has no id [OK8]', async () => {
    const client = await trade();
    const answer = client.request<object>({ op: 'unheard-of', args: [] });
    await expect(answer).rejects.toMatchObject({ code: 'REQUEST_REJECTED', serverCode: '60012' });
  });

  it('the pages of the account come one after the other [OK11]', async () => {
    const client = await trade();
    const account = await client.subscribe('account');
    const currencies: (string | undefined)[] = [];
    for await (const { data, lastPage } of account) {
      currencies.push(data[0]?.details[0]?.ccy);
      if (lastPage) break;
    }
    expect(currencies).toEqual(['USDT', 'BTC']);
  });

  it('logs in and subscribes again after a drop [OK5]', async () => {
    const client = await trade();
    const orders = await client.subscribe('orders?instType=SPOT');
    const back = resumed(orders);
    venue.server.dropAll();
    await back;
    const seen = next(orders);
    expect(await client.request({ op: 'order', args: [ORDER] })).toMatchObject([{ sCode: '0' }]);
    expect((await seen).data[0]?.state).toBe('live');
  });

  it('logs in again when the session has ended [OK6]', async () => {
    const client = await trade();
    venue.endSessions();
    const orders = await client.subscribe('orders?instType=SPOT');
    expect(orders.live).toBe(true);
    expect(client.epoch).toBe(1);
  });

  it('is refused a private topic without credentials [OK6]', async () => {
    const client = await trade(new OkxHandler());
    await expect(client.subscribe('account')).rejects.toMatchObject({ serverCode: '60011', retryable: false });
  });

  it('a topic that the venue takes back is interrupted and comes again [OK10]', async () => {
    const client = await trade();
    const orders = await client.subscribe('orders?instType=SPOT');
    const interrupted = new Promise((resolve) => orders.once('interrupted', resolve));
    const back = resumed(orders);
    venue.revoke('orders');
    expect(await interrupted).toMatchObject({ message: expect.stringContaining('too many connections') });
    await back;
    expect(orders.live).toBe(true);
  });

  it.each([
    ['a wrong key', { apiKey: 'another' }, '60005'],
    ['a wrong secret', { secret: 'another' }, '60007'],
    ['a wrong passphrase', { passphrase: 'another' }, '60024'],
  ])('ends for good with %s [OK5]', async (_, wrong, serverCode) => {
    const error = await trade(new OkxHandler({ ...KEYS, ...wrong })).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED', retryable: false, serverCode });
  });

  it('waits where the clock is wrong, and is logged in when it is right [OK5]', async () => {
    let skew = 60_000;
    const handler = new OkxHandler({ ...KEYS, now: () => Date.now() - skew });
    const client = new WebSocketClient({ url: venue.urls.private, ...QUICK, authMaxAttempts: 1 }, handler);
    clients.push(client);
    client.on('reconnecting', () => {
      skew = 0;
    });
    await client.connect();
    expect(client.isConnected()).toBe(true);
  });
});

function levelsOf(snapshot: object | undefined) {
  const { bids, asks } = snapshot as { bids: string[][]; asks: string[][] };
  const pairs = (side: string[][]) => side.map(([price, size]) => [price, size]);
  return { bids: pairs(bids), asks: pairs(asks) };
}
