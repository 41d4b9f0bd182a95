import { CapacityExceededError, type Channel } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, clientEvent, collect, connectClient, serve } from '../support/live.js';
import { type Numbers, publish, subscribed } from '../support/live-channel.js';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

describe('channel overflow', () => {
  it('`overflow` tells what the channel was subscribed with [CH37]', async () => {
    const { client, channel } = await subscribed();
    const latest = await client.subscribe('t', { overflow: 'latest' });
    expect([channel.overflow, latest.overflow]).toEqual(['drop-oldest', 'latest']);
  });

  it("'fail' rejects subscribe() when the channel overflows before its confirmation [CH8, R1, CH20]", async () => {
    const server = await serve();
    server.respondTo('"op":"subscribe"', [
      { topic: 't', data: 1 },
      { topic: 't', data: 2 },
    ]);
    const client = await connectClient<Numbers>(server);
    await expect(client.subscribe('t', { capacity: 1, overflow: 'fail' })).rejects.toThrow(CapacityExceededError);
    expect(client.stats().subscriptions).toBe(0);
  });

  it("'drop-oldest' keeps the newest updates for a loop and counts the dropped ones [CH15, CH16, F16]", async () => {
    const { server, client, channel } = await subscribed({ capacity: 2 });
    const loop = channel[Symbol.asyncIterator]();
    await publish(server, 5);
    await barrier(client);
    expect([await loop.next(), await loop.next()]).toEqual([
      { done: false, value: 4 },
      { done: false, value: 5 },
    ]);
    expect(channel.dropped).toBe(3);
  });

  it("'drop-newest' keeps the oldest updates and counts the dropped ones [CH16]", async () => {
    const { server, client, channel } = await subscribed({ capacity: 2, overflow: 'drop-newest' });
    const loop = channel[Symbol.asyncIterator]();
    await publish(server, 5);
    await barrier(client);
    expect([(await loop.next()).value, (await loop.next()).value]).toEqual([1, 2]);
    expect(channel.dropped).toBe(3);
  });

  it("'fail' ends the channel with a typed error, which its loop throws after the buffered updates [CH18, CH4, ER2]", async () => {
    const { server, client, channel } = await subscribed({ capacity: 2, overflow: 'fail' });
    const errors: unknown[] = [];
    channel.on('error', (error) => errors.push(error));
    const loop = channel[Symbol.asyncIterator]();
    await publish(server, 3);
    await barrier(client);
    expect(channel.closed).toBe(true);
    expect([(await loop.next()).value, (await loop.next()).value]).toEqual([1, 2]);
    await expect(loop.next()).rejects.toBeInstanceOf(CapacityExceededError);
    expect(await loop.next()).toEqual({ done: true, value: undefined });
    expect(errors).toHaveLength(1);
    await barrier(client);
    expect(server.subscriptions.size).toBe(0);
    expect(channel.dropped).toBe(1);
  });

  it("'fail' also bounds the updates held for the first listener [CH18]", async () => {
    const { server, client, channel } = await subscribed({ capacity: 1, overflow: 'fail' });
    const failed = clientEvent(client, 'error');
    await publish(server, 2);
    expect((await failed)[0]).toBeInstanceOf(CapacityExceededError);
    expect(channel.closed).toBe(true);
  });

  it("'latest' gives a loop the newest update per key, at the pace of the loop [CH17]", async () => {
    const server = await serve();
    const client = await connectClient<{ prices: { symbol: string; price: number } }>(server);
    const channel = await client.subscribe('prices', {
      overflow: 'latest',
      key: ({ data }) => (data as { symbol: string }).symbol,
    });
    const loop = channel[Symbol.asyncIterator]();
    for (let price = 1; price <= 3; price++) {
      server.publish('prices', { symbol: 'BTC', price });
      server.publish('prices', { symbol: 'ETH', price: price * 10 });
    }
    await barrier(client);
    expect([(await loop.next()).value, (await loop.next()).value]).toEqual([
      { symbol: 'BTC', price: 3 },
      { symbol: 'ETH', price: 30 },
    ]);
    expect(channel.dropped).toBe(4);
    server.publish('prices', { symbol: 'BTC', price: 4 });
    expect((await loop.next()).value).toEqual({ symbol: 'BTC', price: 4 });
  });

  it("'latest' calls listeners once per key and conflateInterval, which is 16 by default [CH17]", async () => {
    const { clock, close, publish, subscribe } = await connectedWorld();
    const fast = await subscribe('t', { overflow: 'latest' });
    const slow = await subscribe('t', { overflow: 'latest', conflateInterval: 50 });
    const heard: [string, unknown, number][] = [];
    const start = clock.now();
    fast.on('message', (data) => heard.push(['fast', data, clock.now() - start]));
    slow.on('message', (data) => heard.push(['slow', data, clock.now() - start]));
    await clock.advance(0);
    for (let n = 1; n <= 100; n++) await publish('t', n);
    await clock.advance(1);
    const fastTimes = heard.filter(([who]) => who === 'fast').map(([, , at]) => at);
    const slowTimes = heard.filter(([who]) => who === 'slow').map(([, , at]) => at);
    expect(fastTimes.length).toBeGreaterThan(4);
    expect(fastTimes.length).toBeLessThanOrEqual(7);
    expect(slowTimes).toHaveLength(2);
    await close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('a conflated update is not delivered after unsubscribe() [CH17, S1]', async () => {
    const { server, client, channel } = await subscribed({ overflow: 'latest', conflateInterval: 60_000 });
    const got = collect(channel);
    await publish(server, 3);
    await barrier(client);
    expect(channel.buffered).toBe(1);
    await channel.unsubscribe();
    expect(got.items).toEqual([]);
  });

  it('a conflated update is not delivered after client.unsubscribe(topic) [CH17, S1]', async () => {
    const { server, client, channel } = await subscribed({ overflow: 'latest', conflateInterval: 60_000 });
    const got = collect(channel);
    await publish(server, 3);
    await barrier(client);
    await client.unsubscribe('t');
    expect(got.items).toEqual([]);
    expect(channel.closed).toBe(true);
  });

  it('a key function that throws harms no other channel of the topic [S6]', async () => {
    const world = virtualWorld();
    await world.connect();
    const key = (): string => {
      throw new Error('no key');
    };
    const subscribing = [world.client.subscribe('a', { overflow: 'latest', key }), world.client.subscribe('a')];
    await world.clock.advance(10);
    const [bad, good] = (await Promise.all(subscribing)) as [Channel, Channel];
    const heard: unknown[] = [];
    bad.on('message', () => {});
    good.on('message', (data) => heard.push(data));
    world.server.publish('a', 1);
    await world.clock.advance(50);
    expect(heard).toEqual([1]);
  });
});
