import {
  AuthenticationFailedError,
  CapacityExceededError,
  type Channel,
  ConnectionClosedError,
  JsonRpcHandler,
  SubscriptionFailedError,
  type WebSocketClient,
} from 'hpx-transport-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atEnd, channelEvent, collect, outcomeOf } from '../support/live.js';
import { connect, sentBy } from './connect.js';
import { RpcWebsocketsHandler } from './rpc-websockets-handler.js';
import { freePort, type ServerProcess, startServer } from './server-process.js';

interface Events {
  ticks: readonly [price: number];
  trades: readonly [symbol: string, quantity: number];
  orders: { readonly id: number };
}

interface Methods {
  subtract: { params: [number, number] | { minuend: number; subtrahend: number }; result: number };
  divide: { params: [number, number]; result: number };
  echoAfter: { params: [turns: number, value: number]; result: number };
  buy: { params: undefined; result: never };
  never: { params: undefined; result: never };
  secret: { params: undefined; result: number };
  publish: { params: [event: keyof Events, ...values: unknown[]]; result: boolean };
  subscribers: { params: [event: keyof Events]; result: number };
}

type Client = WebSocketClient<Events, Methods>;

const ADA = { user: 'ada', password: 'lovelace' };
const script = new URL('rpc-websockets-server.mjs', import.meta.url).pathname;
const startRpc = (port: number) => startServer(process.execPath, [script, `${port}`], /listening on (ws:\S+)/);

let server: ServerProcess;
beforeAll(async () => {
  server = await startRpc(await freePort());
});
afterAll(() => server.kill());

const open = (login?: object, url = server.endpoint): Promise<Client> =>
  connect(new RpcWebsocketsHandler<Events, Methods>(login), { url });
/** The server sends the updates before it answers. */
const publish = (client: Client, event: keyof Events, ...values: unknown[]) =>
  client.request({ method: 'publish', params: [event, ...values] });
const subscribers = (client: Client, event: keyof Events) => client.request({ method: 'subscribers', params: [event] });

describe('the server of rpc-websockets: calls', () => {
  it('params are sent by position and by name [JR1]', async () => {
    const client = await open();
    expect(await client.request({ method: 'subtract', params: [42, 23] })).toBe(19);
    expect(await client.request({ method: 'subtract', params: { minuend: 23, subtrahend: 42 } })).toBe(-19);
  });

  it('every kind of error rejects with code, message and data [JR2]', async () => {
    const client = await open();
    await expect(client.request<number>({ method: 'multiply' })).rejects.toMatchObject({
      serverCode: -32_601,
      message: 'Method not found',
    });
    await expect(client.request({ method: 'divide', params: [1, 0] })).rejects.toMatchObject({
      serverCode: -32_000,
      message: 'RangeError',
      data: 'division by zero',
    });
    await expect(client.request({ method: 'buy' })).rejects.toMatchObject({
      serverCode: 4001,
      message: 'Out of stock',
      data: { left: 0 },
    });
  });

  it('a batch resolves call by call [JR3]', async () => {
    const client = await open();
    const batch = [
      { method: 'subtract', params: [3, 1] },
      { method: 'multiply' },
      { method: 'divide', params: [9, 3] },
    ];
    expect(await client.request(batch)).toEqual([
      { result: 2 },
      { error: { code: -32_601, message: 'Method not found' } },
      { result: 3 },
    ]);
  });

  it('a notification is executed and not answered; invalid JSON settles nothing [JR4, JR6]', async () => {
    const client = await open();
    const ticks = await client.subscribe('ticks');
    const messages: string[] = [];
    client.on('message', ({ text }) => messages.push(text));
    const tick = channelEvent(ticks, 'message');
    await client.sendJson(JsonRpcHandler.notification('publish', ['ticks', 7]));
    expect((await tick)[0]).toEqual([7]);
    expect(messages).toEqual([]);

    await client.send('nonsense');
    await subscribers(client, 'ticks');
    expect(messages).toEqual([expect.stringContaining('"code":-32700')]);
  });

  it('1,000 calls in another order get their own answers, and one more is refused [R1, R3]', async () => {
    const client = await open();
    const answered: number[] = [];
    const calls = Array.from({ length: 1_000 }, async (_, at) => {
      const value = await client.request({ method: 'echoAfter', params: [(at * 7) % 50, at] });
      answered.push(value);
      return value;
    });
    const numbers = calls.map((_, at) => at);
    expect(client.stats().pendingRequests).toBe(1_000);
    await expect(subscribers(client, 'ticks')).rejects.toBeInstanceOf(CapacityExceededError);
    expect(await Promise.all(calls)).toEqual(numbers);
    expect(answered).not.toEqual(numbers);
    expect(client.stats().pendingRequests).toBe(0);
  });
});

describe('the server of rpc-websockets: events', () => {
  it('the values of an event are the data, in the order of the server [JR8, CH2]', async () => {
    const client = await open();
    const ticks = collect(await client.subscribe('ticks'));
    await Promise.all(Array.from({ length: 100 }, (_, at) => publish(client, 'ticks', at)));
    expect(ticks.items).toEqual(Array.from({ length: 100 }, (_, at) => [at]));
  });

  it('two channels share one rpc.on, and the last channel sends rpc.off [S2, CH6]', async () => {
    const client = await open();
    const sent = sentBy(client);
    const first = await client.subscribe('trades');
    const second = await client.subscribe('trades');
    expect(await subscribers(client, 'trades')).toBe(1);
    await first.unsubscribe();
    expect(await subscribers(client, 'trades')).toBe(1);
    await second.unsubscribe();
    expect(await subscribers(client, 'trades')).toBe(0);
    expect(sent.filter((text) => /rpc\.(on|off)/.test(text)).map((text) => JSON.parse(text))).toMatchObject([
      { method: 'rpc.on', params: ['trades'] },
      { method: 'rpc.off', params: ['trades'] },
    ]);
  });

  it('an unknown event harms no other subscription [CL16, HN4]', async () => {
    const client: WebSocketClient = await connect(new RpcWebsocketsHandler(), { url: server.endpoint });
    const { channels, errors } = await client.subscribeMany(['ticks', 'nothing', 'trades'], { partial: true });
    expect(channels.map(({ topic }) => topic)).toEqual(['ticks', 'trades']);
    expect([...errors]).toEqual([['nothing', expect.any(SubscriptionFailedError)]]);
  });

  it('a list that is refused after a part was executed is retried one by one [CH11, HN4]', async () => {
    const client = await open();
    const { channels, errors } = await client.subscribeMany(['ticks', 'orders'], { partial: true });
    expect(channels.map(({ topic }) => topic)).toEqual(['ticks']);
    expect([...errors]).toMatchObject([['orders', { message: expect.stringContaining('Event forbidden') }]]);
    const ticks = collect(channels[0] as Channel<Events['ticks']>);
    await publish(client, 'ticks', 1);
    expect(ticks.items).toEqual([[1]]);
  });
});

describe('the server of rpc-websockets: the connection', () => {
  it('rpc.login gives access to protected methods [HN14, CL33]', async () => {
    await expect((await open()).request({ method: 'secret' })).rejects.toMatchObject({ serverCode: -32_605 });
    const client = await open(ADA);
    expect(await client.request({ method: 'secret' })).toBe(42);
    const orders = collect(await client.subscribe('orders'));
    await publish(client, 'orders', { id: 1 });
    expect(orders.items).toEqual([{ id: 1 }]);
  });

  it('a wrong password ends the client [C7, CL7]', async () => {
    await expect(open({ user: 'ada', password: 'byron' })).rejects.toBeInstanceOf(AuthenticationFailedError);
  });

  it('every subscription is restored after the server crashed, following a login [S4, CH19, DL1]', async () => {
    const port = await freePort();
    let current = await startRpc(port);
    atEnd(() => current.kill());
    const client = await open(ADA, current.endpoint);
    const [ticks, orders] = [await client.subscribe('ticks'), await client.subscribe('orders')];
    const unwanted = await client.subscribe('trades');
    const prices = collect(ticks);
    const gaps = [channelEvent(ticks, 'gap'), channelEvent(orders, 'gap')];
    await publish(client, 'ticks', 1);

    const call = outcomeOf(client.request({ method: 'never' }));
    const down = new Promise((resolve) => client.once('disconnected', resolve));
    await current.kill();
    await down;
    expect(await call).toEqual({ error: expect.any(ConnectionClosedError) });
    expect(await call).toMatchObject({ error: { delivery: 'unknown' } });
    await unwanted.unsubscribe();
    const waiting = publish(client, 'ticks', 2);
    const sent = sentBy(client);
    current = await startRpc(port);

    expect(await waiting).toBe(true);
    for (const [gap] of await Promise.all(gaps)) expect(gap).toMatchObject({ epoch: 2, cause: 'disconnect' });
    expect(prices.items).toEqual([[1], [2]]);
    const counts = (['ticks', 'orders', 'trades'] as const).map((event) => subscribers(client, event));
    expect(await Promise.all(counts)).toEqual([1, 1, 0]);
    // The trace tells of the login how long it is, and no more.
    expect(sent[0]).toMatch(/^<\d+ characters of a login>$/);
    expect(sent.slice(1, 3).map((text) => JSON.parse(text).method)).toEqual(['rpc.on', 'publish']);
  });
});
