import { RequestRejectedError, SubscriptionFailedError, WebSocketClient } from 'hpx-transport-ws';
import {
  BinanceApiHandler,
  BinanceHandler,
  BinanceStreamHandler,
  type ExecutionReport,
  type NewOrder,
} from 'hpx-transport-ws/handlers/binance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BinanceServer, startBinanceServer } from '../../../demo/venues/binance-server.js';
import { API_KEY, ED25519_KEY, ED25519_PUBLIC_KEY, HMAC_SECRET } from './keys.js';

const QUICK = { reconnectInitialDelay: 10, reconnectMaxDelay: 20 };
const ORDER: NewOrder = {
  symbol: 'BTCUSDT',
  side: 'SELL',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.01000000',
  price: '92000.00',
};

let venue: BinanceServer;
const clients: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  venue = await startBinanceServer({ keys: { apiKey: API_KEY, publicKey: ED25519_PUBLIC_KEY } });
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await venue.close();
});

async function watch(url = venue.urls.public, handler = new BinanceStreamHandler()) {
  const client = await WebSocketClient.connect({ url, ...QUICK }, handler);
  clients.push(client);
  return client;
}

async function trade(handler = new BinanceApiHandler({ apiKey: API_KEY, secret: ED25519_KEY })) {
  const client = await WebSocketClient.connect({ url: venue.urls.private, ...QUICK }, handler);
  clients.push(client);
  return client;
}

/** Resolves with the epoch of the next connection that is ready. */
function backAgain(client: { once(event: 'reconnected', listener: (epoch: number) => void): unknown }) {
  return new Promise<number>((resolve) => client.once('reconnected', resolve));
}

/** The next value of a channel, or of an iterator. */
async function nextOf<T>(source: AsyncIterable<T> | AsyncIterator<T>): Promise<T> {
  const iterator = 'next' in source ? source : source[Symbol.asyncIterator]();
  return (await iterator.next()).value;
}

describe('a day of a watcher', () => {
  it('one bad stream among good ones is refused alone [BI1]', async () => {
    const client = await watch();
    const unknown = 'btcusdt@nothing' as 'btcusdt@trade';
    const topics = ['BTCUSDT@trade', unknown, 'ethusdt@bookTicker'] as const;
    const { channels, errors } = await client.subscribeMany(topics, { partial: true });
    expect(channels.map(({ topic }) => topic)).toEqual(['btcusdt@trade', 'ethusdt@bookTicker']);
    expect([...errors.values()]).toEqual([expect.any(SubscriptionFailedError)]);
    const [error] = errors.values();
    expect((error as SubscriptionFailedError).serverCode).toBe(2);

    const trades = await client.subscribe('BTCUSDT@trade');
    const next = nextOf(trades);
    venue.tick();
    expect(await next).toMatchObject({ e: 'trade', s: 'BTCUSDT', p: venue.markets[0]?.price });
  });

  it('a book has no gap while the connection lives, and one after each that is lost [BI10]', async () => {
    const client = await watch();
    const book = await client.subscribe('btcusdt@depth@100ms');
    const updates = book.updates()[Symbol.asyncIterator]();
    venue.tick();
    venue.tick();
    const [first, second] = [await nextOf(updates), await nextOf(updates)];
    expect([first.gap, second.gap]).toEqual([undefined, undefined]);
    expect(second.data.U).toBe(first.data.u + 1);

    for (const [index, end] of [() => venue.server.dropAll(), () => venue.announceShutdown()].entries()) {
      const back = backAgain(client);
      const resumed = new Promise((resolve) => book.once('resumed', resolve));
      end();
      expect(await back).toBe(2 + index);
      await resumed;
      venue.tick();
      expect((await nextOf(updates)).gap).toMatchObject({ cause: 'disconnect' });
    }
  });

  it('a missed update of the book is a gap [BI1]', async () => {
    const client = await watch();
    const book = await client.subscribe('btcusdt@depth');
    const updates = book.updates()[Symbol.asyncIterator]();
    venue.tick();
    await nextOf(updates);
    venue.markets[0]?.step();
    venue.tick();
    expect((await nextOf(updates)).gap).toMatchObject({ cause: 'sequence' });
  });

  it('an update that comes before its confirmation is not lost [BI1]', async () => {
    const client = await watch();
    venue.server.onMessage((connection) => connection.send({ stream: 'btcusdt@trade', data: { e: 'trade', t: 1 } }));
    const trades = await client.subscribe('btcusdt@trade');
    expect(await nextOf(trades)).toEqual({ e: 'trade', t: 1 });
  });

  it('many subscriptions keep to 5 frames in a second, so that nobody is disconnected [BI9]', async () => {
    const client = await watch();
    await Promise.all(
      (['btcusdt@trade', 'ethusdt@trade', 'solusdt@trade'] as const).map((topic) => client.subscribe(topic)),
    );
    const lists = await Promise.all(Array.from({ length: 6 }, () => client.request({ method: 'LIST_SUBSCRIPTIONS' })));
    expect(lists.at(-1)).toEqual(['btcusdt@trade', 'ethusdt@trade', 'solusdt@trade']);
    expect(client.epoch).toBe(1);
  });

  it('the raw endpoint works like the other, after it was asked for names [BI13]', async () => {
    const client = await watch(venue.urls.raw, new BinanceStreamHandler({ endpoint: 'raw' }));
    const part = await client.subscribe('btcusdt@depth5');
    const next = nextOf(part);
    venue.tick();
    expect((await next).bids).toHaveLength(5);
    expect(client.stats().unknown).toBe(0);
  });
});

describe('a day of a bot', () => {
  it('logs on, places an order, cancels it, and is told of both, with every digit of the id [BI8]', async () => {
    const client = await trade();
    const account = await client.subscribe('userData');
    const events = account[Symbol.asyncIterator]();
    const { orderId, status } = await client.request({ method: 'order.place', params: ORDER });
    expect([orderId, status]).toEqual(['9007199254740993', 'NEW']);
    expect(await nextOf(events)).toMatchObject({ e: 'executionReport', i: orderId, X: 'NEW' });
    expect(await nextOf(events)).toMatchObject({
      e: 'outboundAccountPosition',
      B: [{ a: 'BTC', f: '0.99000000' }],
    });

    const cancelled = await client.request({ method: 'order.cancel', params: { symbol: 'BTCUSDT', orderId } });
    expect(cancelled.status).toBe('CANCELED');
    expect(((await nextOf(events)) as ExecutionReport).X).toBe('CANCELED');
  });

  it('learns why an order is refused, and that of a late one the outcome is unknown [BI6]', async () => {
    const client = await trade();
    const poor = client.request({ method: 'order.place', params: { ...ORDER, quantity: '5.00000000' } });
    const refused = await poor.catch((error: RequestRejectedError) => error);
    expect(refused).toBeInstanceOf(RequestRejectedError);
    expect(refused).toMatchObject({ serverCode: -2010 });
    expect((refused as RequestRejectedError).message).toContain('insufficient balance');
    expect(poor.delivery).toBe('answered');

    venue.timeOutNextOrder();
    const late = client.request({ method: 'order.place', params: { ...ORDER, newClientOrderId: 'mm-7' } });
    await expect(late).rejects.toMatchObject({ serverCode: -1007, delivery: 'unknown' });
    // So it asks.
    const params = { symbol: 'BTCUSDT', origClientOrderId: 'mm-7' };
    expect(await client.request({ method: 'order.status', params })).toMatchObject({ status: 'NEW' });
  });

  it('is told until when it has to wait after too many requests, and then goes on [BI6]', async () => {
    let now = 1_790_000_000_000;
    await venue.close();
    const keys = { apiKey: API_KEY, secret: HMAC_SECRET };
    venue = await startBinanceServer({ keys, now: () => now });
    const client = await trade(new BinanceApiHandler({ ...keys, now: () => now }));
    venue.limitRequests(60_000);
    const order = client.request({ method: 'order.place', params: ORDER });
    const data = { serverTime: now, retryAfter: now + 60_000 };
    await expect(order).rejects.toMatchObject({ serverCode: -1003, data });
    now += 60_000;
    expect(await client.request({ method: 'order.place', params: ORDER })).toMatchObject({ status: 'NEW' });
  });

  it('gets its events again after a drop, a shutdown, the end of the stream and of the session [BI10]', async () => {
    const client = await trade();
    const account = await client.subscribe('userData');
    const endings: [end: () => void, epoch: number][] = [
      [() => venue.server.dropAll(), 2],
      [() => venue.announceShutdown(), 3],
      [() => venue.endUserData(), 3],
    ];
    for (const [end, epoch] of endings) {
      const resumed = new Promise((resolve) => account.once('resumed', resolve));
      end();
      await resumed;
      expect(client.epoch).toBe(epoch);
    }
    const authenticated = new Promise<void>((resolve) => client.once('authenticated', resolve));
    venue.revokeSessions();
    await authenticated;
    const event = new Promise((resolve) => account.once('message', resolve));
    expect(await client.request({ method: 'order.place', params: ORDER })).toMatchObject({ status: 'NEW' });
    expect(await event).toMatchObject({ e: 'executionReport' });
  });

  it('gets its events without a session too, signed for each connection [BI4]', async () => {
    await venue.close();
    const keys = { apiKey: API_KEY, secret: HMAC_SECRET };
    venue = await startBinanceServer({ keys });
    const client = await trade(new BinanceApiHandler(keys));
    const account = await client.subscribe('userData');
    const resumed = new Promise((resolve) => account.once('resumed', resolve));
    venue.server.dropAll();
    await resumed;
    const next = nextOf(account);
    expect(await client.request({ method: 'order.place', params: ORDER })).toMatchObject({ status: 'NEW' });
    expect(await next).toMatchObject({ e: 'executionReport', X: 'NEW' });
    await account.unsubscribe();
  });

  it('ends for good with a wrong key [BI5]', async () => {
    const handler = new BinanceApiHandler({ apiKey: 'anotherKey', secret: ED25519_KEY });
    const error = await trade(handler).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED', retryable: false, serverCode: -2015 });
  });

  it('asks for market data without a key [BI4]', async () => {
    const client = await trade(new BinanceApiHandler());
    expect(await client.request({ method: 'depth', params: { symbol: 'BTCUSDT', limit: 5 } })).toMatchObject({
      bids: expect.objectContaining({ length: 5 }),
    });
    const order = client.request({ method: 'order.place', params: ORDER });
    await expect(order).rejects.toMatchObject({ serverCode: -1102 });
  });

  it('does all this with BinanceHandler too [BI12]', async () => {
    const handler = new BinanceHandler({ endpoint: 'api', apiKey: API_KEY, secret: ED25519_KEY });
    const client = await WebSocketClient.connect({ url: venue.urls.private }, handler);
    clients.push(client);
    const account = await client.subscribe('userData');
    const event = new Promise((resolve) => account.once('message', resolve));
    expect(await client.request({ method: 'order.place', params: ORDER })).toMatchObject({ status: 'NEW' });
    expect(await event).toMatchObject({ e: 'executionReport' });
    const market = await WebSocketClient.connect({ url: venue.urls.public }, new BinanceHandler());
    clients.push(market);
    const trades = await market.subscribe('BTCUSDT@trade');
    const next = nextOf(trades);
    venue.tick();
    expect((await next).s).toBe('BTCUSDT');
  });
});
