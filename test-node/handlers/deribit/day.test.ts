import {
  AuthenticationFailedError,
  RequestRejectedError,
  SubscriptionFailedError,
  WebSocketClient,
} from 'hpx-transport-ws';
import {
  DeribitHandler,
  type DeribitHandlerOptions,
  type DeribitMethods,
  type DeribitTopics,
  type NewOrder,
} from 'hpx-transport-ws/handlers/deribit';
import { describe, expect, it } from 'vitest';
import {
  type DeribitServer,
  type DeribitServerOptions,
  startDeribitServer,
} from '../../../demo/venues/deribit-server.js';
import { atEnd, channelEvent, clientEvent, collect, outcomeOf, QUICK } from '../../support/live.js';
import { KEYS } from './frames.js';

const book = 'book.BTC-PERPETUAL.100ms';
const ticker = 'ticker.BTC-PERPETUAL.100ms';
const ORDER: NewOrder = {
  instrument_name: 'BTC-PERPETUAL',
  amount: 10,
  type: 'limit',
  price: 91_000,
  label: 'mm-1',
  post_only: true,
};

async function venue(options?: DeribitServerOptions): Promise<DeribitServer> {
  const server = await startDeribitServer({ keys: KEYS, ...options });
  atEnd(() => server.close());
  return server;
}

async function bot(server: DeribitServer, options: DeribitHandlerOptions = KEYS) {
  const client: WebSocketClient<DeribitTopics, DeribitMethods> = new WebSocketClient(
    { url: server.url, ...QUICK },
    new DeribitHandler(options),
  );
  atEnd(() => client.close({ deadline: 0 }));
  await client.connect();
  return client;
}

const methodsOf = ({ server }: DeribitServer) =>
  server.received.map(({ data }) => JSON.parse(String(data)) as { method: string; params: Record<string, unknown> });
const loginsOf = (server: DeribitServer) =>
  methodsOf(server)
    .filter(({ method }) => method === 'public/auth')
    .map(({ params }) => params.grant_type);

describe('a day at the venue', () => {
  it('one bad channel among good ones is refused alone; data, a hole and a drop [DE1, DE2]', async () => {
    const server = await venue();
    const client = await bot(server, {});
    const nope = 'book.NOPE-PERPETUAL.100ms' as const;
    const { channels, errors } = await client.subscribeMany([book, ticker, nope], { partial: true });
    expect(channels.map(({ topic }) => topic)).toEqual([book, ticker]);
    expect([...errors]).toEqual([[nope, expect.any(SubscriptionFailedError)]]);
    expect(errors.get(nope)?.message).toContain("did not accept 'book.NOPE-PERPETUAL.100ms'");

    const depth = await client.subscribe(book);
    const levels = collect(depth);
    const prices = collect(await client.subscribe(ticker));
    server.tick();
    expect(await prices.until(1)).toMatchObject([{ instrument_name: 'BTC-PERPETUAL', state: 'open' }]);
    const [first, second] = await levels.until(2);
    expect(first).toMatchObject({ type: 'snapshot' });
    expect(second).toMatchObject({ type: 'change', prev_change_id: first?.change_id });

    // The venue loses a change: the book is told, and asked for anew it is whole again.
    const hole = channelEvent(depth, 'gap');
    server.markets[0]?.skip();
    server.tick();
    expect((await hole)[0]).toMatchObject({ cause: 'sequence' });
    await client.resync(book);
    const whole = (await levels.until(4)).at(-1);
    expect(whole).toMatchObject({
      type: 'snapshot',
      bids: expect.arrayContaining([['new', expect.any(Number), expect.any(Number)]]),
    });

    const drop = channelEvent(depth, 'gap', ({ cause }) => cause === 'disconnect');
    const seen = levels.items.length;
    server.server.dropAll();
    expect((await drop)[0]).toMatchObject({ epoch: 2 });
    expect((await levels.until(seen + 1)).at(-1)).toMatchObject({ type: 'snapshot' });
  });

  it('orders are placed, told, refused and cancelled; a time-out leaves the outcome open [DE4, DE6]', async () => {
    const server = await venue();
    const client = await bot(server);
    const orders = collect(await client.subscribe('user.orders.BTC-PERPETUAL.raw'));
    const { order } = await client.request({ method: 'private/buy', params: ORDER });
    expect(order).toMatchObject({ order_state: 'open', direction: 'buy', label: 'mm-1' });
    expect(await orders.until(1)).toMatchObject([{ order_id: order.order_id }]);

    const poor = client.request({ method: 'private/sell', params: { ...ORDER, amount: 5_000_000 } });
    await expect(poor).rejects.toBeInstanceOf(RequestRejectedError);
    await expect(poor).rejects.toMatchObject({ serverCode: 10_009, message: 'not_enough_funds', delivery: undefined });

    server.timeOutNextOrder();
    const late = client.request({ method: 'private/buy', params: { ...ORDER, label: 'mm-2' } });
    await expect(late).rejects.toMatchObject({ serverCode: 13_888, delivery: 'unknown' });
    expect((await orders.until(2))[1]).toMatchObject({ label: 'mm-2', order_state: 'open' });

    server.limit(1);
    const hasty = client.request({ method: 'public/get_time' });
    await expect(hasty).rejects.toMatchObject({ serverCode: 10_028, data: { wait: 1 } });
    const cancelled = client.request({ method: 'private/cancel', params: { order_id: order.order_id } });
    expect(await cancelled).toMatchObject({ order_id: order.order_id, order_state: 'cancelled' });
  });

  it('heartbeats are asked for and answered, and the application sees none [DE3]', async () => {
    const server = await venue();
    const client = await bot(server);
    const seen: string[] = [];
    client.on('message', ({ text }) => seen.push(text));
    server.heartbeat();
    server.testRequest();
    await server.server.waitFor('the answer', () => methodsOf(server).some(({ method }) => method === 'public/test'));
    expect(await client.request({ method: 'public/get_time' })).toEqual(expect.any(Number));
    expect(methodsOf(server).map(({ method }) => method)).toEqual([
      'public/set_heartbeat',
      'public/auth',
      'public/test',
      'public/get_time',
    ]);
    expect(seen).toEqual([]);
  });

  it('maintenance is announced, the venue goes and comes back [DE1, DE4]', async () => {
    const server = await venue();
    const client = await bot(server);
    const states = collect(await client.subscribe('platform_state'));
    const orders = await client.subscribe('user.orders.any.any.raw');
    server.announceMaintenance();
    expect(await states.until(1)).toEqual([{ maintenance: true }]);
    const gap = channelEvent(orders, 'gap');
    server.server.refuseUpgrades({ status: 503, times: 2 });
    server.server.closeAll(4000, 'heartbeat close');
    expect((await gap)[0]).toMatchObject({ cause: 'disconnect', epoch: 2 });
    expect(loginsOf(server)).toEqual(['client_signature', 'client_signature']);
    expect(await client.request({ method: 'private/buy', params: ORDER })).toMatchObject({ trades: [] });
  });
});

describe('a session at the venue', () => {
  it('a token is refreshed before it ends, on the same connection [DE5]', async () => {
    const server = await venue();
    let skew = 0;
    const client = await bot(server, { ...KEYS, now: () => Date.now() + skew });
    const refreshed = clientEvent(client, 'authenticated');
    skew = 451_000;
    server.heartbeat();
    await refreshed;
    expect(loginsOf(server)).toEqual(['client_signature', 'refresh_token']);
    expect(client.epoch).toBe(1);
  });

  it('a session that the venue ended is opened again, and a private topic comes back [DE2, DE5]', async () => {
    const server = await venue();
    const client = await bot(server);
    server.endSessions();
    const again = clientEvent(client, 'authenticated');
    const subscribing = client.subscribe('user.orders.any.any.raw');
    await again;
    expect((await subscribing).live).toBe(true);
    server.endSessions();
    const back = clientEvent(client, 'authenticated');
    const order = outcomeOf(client.request({ method: 'private/buy', params: ORDER }));
    expect(await order).toMatchObject({ error: { serverCode: 13_009 } });
    await back;
    expect(await client.request({ method: 'private/buy', params: ORDER })).toMatchObject({ trades: [] });
    expect(client.epoch).toBe(1);
  });

  it('a wrong secret ends the client; a wrong clock does not [DE4]', async () => {
    const server = await venue();
    const wrong = bot(server, { ...KEYS, secret: 'another' });
    await expect(wrong).rejects.toBeInstanceOf(AuthenticationFailedError);
    await expect(wrong).rejects.toMatchObject({ retryable: false, serverCode: 13_004 });

    const times = [Date.now() - 3_600_000, Date.now()];
    const client = await bot(server, { ...KEYS, now: () => times.shift() ?? Date.now() });
    expect(client.isConnected()).toBe(true);
    expect(loginsOf(server)).toHaveLength(3);
  });
});
