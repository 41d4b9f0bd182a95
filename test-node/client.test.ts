import { type Channel, GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { ReferenceServer, SimulatedNetwork } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { barrier, clientEvent, connectClient, createClient, framesOf, serve } from './support/live.js';
import { virtualWorld } from './support/virtual-world.js';

describe('stats()', () => {
  it('is plain data and counts what happened [CL28]', async () => {
    const server = await serve();
    const client = createClient(server);
    const zero = {
      received: 0,
      parsed: 0,
      unknown: 0,
      sent: 0,
      dropped: 0,
      reconnects: 0,
      pendingRequests: 0,
      waitingCalls: 0,
    };
    expect(client.stats()).toEqual({
      ...zero,
      state: 'disconnected',
      epoch: 0,
      subscriptions: 0,
      attempt: 0,
      warnings: {},
    });
    const calls = [client.request({ op: 'x' }), client.send('note')];
    expect(client.stats()).toMatchObject({ ...zero, pendingRequests: 1, waitingCalls: 2 });
    await client.connect();
    await Promise.all(calls);
    expect(client.stats()).toMatchObject({ ...zero, state: 'ready', epoch: 1, sent: 2, received: 1, parsed: 1 });
    const [channel] = await Promise.all([client.subscribe('a', { capacity: 1 }), client.subscribe('a')]);
    expect(client.stats()).toMatchObject({ sent: 3, subscriptions: 1 });
    for (let n = 0; n < 3; n++) server.publish('a', n);
    await barrier(client);
    expect(client.stats()).toMatchObject({ dropped: 2, received: 6, sent: 4 });
    await channel.unsubscribe();
    const back = clientEvent(client, 'reconnected');
    server.dropAll();
    await back;
    expect(client.stats()).toMatchObject({ epoch: 2, reconnects: 1, subscriptions: 1 });
    expect(JSON.parse(JSON.stringify(client.stats()))).toMatchObject({ epoch: 2 });
    await client.close();
    expect(client.stats()).toMatchObject({ state: 'closed', subscriptions: 0, pendingRequests: 0 });
  });
});

describe('new WebSocketClient(config)', () => {
  it.each<[field: string, config: object]>([
    ['url', { url: 'http://venue.test' }],
    ['url', { url: 'ws://venue.test/#fragment' }],
    ['url', { url: 'not a url' }],
    ['url', {}],
    ['pingInterval', { url: 'ws://venue.test', pingInterval: -1 }],
    ['requestTimeout', { url: 'ws://venue.test', requestTimeout: Number.NaN }],
    ['maxPendingRequests', { url: 'ws://venue.test', maxPendingRequests: 1.5 }],
    ['reconnectJitter', { url: 'ws://venue.test', reconnectJitter: 2 }],
    ['reconnectInitialDelay', { url: 'ws://venue.test', reconnectInitialDelay: 10, reconnectMaxDelay: 5 }],
    ['protocols', { url: 'ws://venue.test', protocols: ['a', 'a'] }],
    ['reconectDelay', { url: 'ws://venue.test', reconectDelay: 5 }],
  ])('a wrong %s is a ConfigError that names it: %j [CF4]', (field, config) => {
    const make = () => new WebSocketClient(config as never, new GenericJsonHandler());
    expect(make).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', field }));
    expect(make).toThrow(field);
  });
});

describe('options of a call', () => {
  const topics = ['a'];
  it.each<[field: string, call: (client: WebSocketClient, value: never) => Promise<unknown>, values: unknown[]]>([
    ['options', (client, value) => client.connect(value), [null, 5]],
    ['options', (client, value) => client.request({ op: 'time' }, value), [null, 5]],
    ['options', (client, value) => client.requestRaw('{"req_id":"1"}', value), [null, 5]],
    ['options', (client, value) => client.subscribe('a', value), [null, 5]],
    ['options', (client, value) => client.subscribeMany(topics, value), [null, 5]],
    ['options', (client, value) => client.close(value), [null, 5]],
    ['signal', (client, signal) => client.connect({ signal }), [null, {}]],
    ['signal', (client, signal) => client.request({ op: 'time' }, { signal }), [null, {}]],
    ['signal', (client, signal) => client.subscribe('a', { signal }), [null, {}]],
    ['topics', (client, value) => client.subscribeMany(value), [undefined, null, 5, 'ab']],
  ])('a wrong %s rejects and never throws: %s [CF4, CL10]', async (field, call, values) => {
    const client = new WebSocketClient({ url: 'ws://venue.test' }, new GenericJsonHandler());
    for (const value of values) {
      await expect(call(client, value as never)).rejects.toMatchObject({ code: 'CONFIG_INVALID', field });
    }
    expect(client.state).toBe('disconnected');
    await client.close();
  });
});

describe('WebSocketClient in virtual time', () => {
  it('connects, requests, subscribes, and leaves nothing behind [C8]', async () => {
    const world = virtualWorld();
    await world.connect();
    const answer = world.client.request({ op: 'order', qty: 1 });
    const subscribing = world.client.subscribe('trades');
    await world.clock.advance(10);
    expect(await answer).toEqual({ op: 'order', qty: 1 });
    const channel = await subscribing;
    const heard: unknown[] = [];
    channel.on('message', (data) => heard.push(data));
    for (let n = 1; n <= 3; n++) world.server.publish('trades', n);
    await world.clock.advance(10);
    expect(heard).toEqual([1, 2, 3]);
    await world.close();
    expect(world.clock.pendingTimers).toBe(0);
    expect(world.network.sockets).toBe(0);
    expect(world.runtime.lifecycleListeners).toBe(0);
    expect(world.errors).toEqual([]);
  });

  it('gives the same trace for the same seed [C10]', async () => {
    const run = async (seed: number): Promise<string> => {
      const world = virtualWorld({ network: { seed, latency: [1, 50] } });
      const trace: unknown[] = [];
      world.client.trace((entry) => trace.push(entry));
      void world.client.connect();
      void world.client.subscribeMany(['a', 'b']);
      await world.clock.advance(500);
      for (let round = 0; round < 5; round++) {
        void world.client.request({ round });
        world.server.drop();
        await world.clock.advance(3_000);
      }
      await world.close();
      return JSON.stringify(trace);
    };
    expect(await run(1)).toBe(await run(1));
    expect(await run(1)).not.toBe(await run(2));
  });
});

describe('new WebSocketClient()', () => {
  it('opens no socket and starts in disconnected [CL1, CL8]', async () => {
    const { client, clock, network } = virtualWorld();
    void client.request({ op: 'order' });
    void client.subscribe('a');
    await clock.advance(3_600_000);
    expect([client.state, client.epoch, client.isConnected()]).toEqual(['disconnected', 0, false]);
    expect(network.attempts).toEqual([]);
  });

  it('throws for a wrong config [CL1, CF4]', () => {
    expect(() => new WebSocketClient({ url: 'http://venue.test' }, new GenericJsonHandler())).toThrow('url');
  });

  it('completes a partial runtime from the platform [CL2, RT6]', async () => {
    const server = await serve();
    let count = 0;
    const client = await connectClient(server, { runtime: { generateId: () => `id-${++count}` } });
    expect(await client.request({ op: 'order' })).toEqual({ op: 'order' });
    await client.subscribe('a');
    expect(framesOf(server).map(({ req_id }) => req_id)).toEqual(['id-1', 'id-2']);
  });

  it('uses unique ids from nanoid by default [RT6, R2]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const ids = Array.from({ length: 200 }, () => client.request({ op: 'x' }).requestId);
    for (const id of ids) expect(id).toMatch(/^[\w-]{21}$/);
    expect(new Set(ids).size).toBe(200);
  });
});

describe('a client with nothing to do', () => {
  it('has no timer, so that frameworks that wait for the last timer go on [PK19]', async () => {
    const network = new SimulatedNetwork({ seed: 1 });
    new ReferenceServer(network, 'ws://exchange');
    const config = { url: 'ws://exchange', pingInterval: 0 };
    const client = new WebSocketClient(config, new GenericJsonHandler(), network.runtime());
    const connected = client.connect();
    await network.clock.advance(100);
    await connected;
    const calls = [client.request({ op: 'x' }), client.send('note'), client.subscribe('a'), client.subscribe('b')];
    expect(network.clock.pendingTimers).toBeGreaterThan(0);
    await network.clock.advance(100);
    const [, , channel] = await Promise.all(calls);
    expect(network.clock.pendingTimers).toBe(0);
    void (channel as Channel).unsubscribe();
    await network.clock.advance(100);
    expect(network.clock.pendingTimers).toBe(0);
    expect(client.state).toBe('ready');
  });
});
