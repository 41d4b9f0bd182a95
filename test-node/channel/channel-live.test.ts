import { CapacityExceededError, type Channel, GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, channelEvent, clientEvent, collect, connectClient, serve } from '../support/live.js';
import { type Numbers, publish, subscribed } from '../support/live-channel.js';
import { closeVirtual, connectVirtual } from '../support/virtual-client.js';
import { answerLikeAnExchange, FakeNetwork } from '../support/virtual-time.js';

describe('until the first listener', () => {
  it('updates are held unparsed, and handed over in order before newer ones [S7, CH14, MS6]', async () => {
    const { server, client, channel } = await subscribed();
    await publish(server, 5);
    await barrier(client);
    const { parsed } = client.stats();
    expect(channel.buffered).toBe(5);
    const got = collect(channel);
    expect(got.items).toEqual([]);
    server.publish('t', 6);
    await got.until(6);
    expect(got.items).toEqual([1, 2, 3, 4, 5, 6]);
    expect(channel).toMatchObject({ buffered: 0, dropped: 0 });
    expect(client.stats().parsed).toBe(parsed + 6);
  });

  it('up to the capacity; every loss is counted [S7, CH16]', async () => {
    const { server, client, channel } = await subscribed({ capacity: 3 });
    await publish(server, 10);
    await barrier(client);
    expect(channel).toMatchObject({ buffered: 3, dropped: 7 });
    expect(client.stats().dropped).toBe(7);
    const got = collect(channel);
    expect(await got.until(3)).toEqual([8, 9, 10]);
  });

  it('what comes between the subscribe frame and the confirmation is kept as well [S7, CH14]', async () => {
    const server = await serve();
    server.respondTo('"op":"subscribe"', (text) => [
      { topic: 't', data: 1 },
      { op: 'subscribe', req_id: JSON.parse(text).req_id, success: true },
      { topic: 't', data: 2 },
    ]);
    const client = await connectClient<Numbers>(server);
    const channel = await client.subscribe('t');
    const got = collect(channel);
    expect(await got.until(2)).toEqual([1, 2]);
  });

  it('a first listener that leaves while it is handed what was held gets nothing more [CH14, S1]', async () => {
    const { server, client, channel } = await subscribed();
    await publish(server, 3);
    await barrier(client);
    const items: number[] = [];
    channel.on('message', (data) => {
      items.push(data);
      if (data === 2) void channel.unsubscribe();
    });
    await barrier(client);
    expect(items).toEqual([1, 2]);
  });

  it('once takes one; the rest waits for the next listener [CH14, CH15]', async () => {
    const { server, client, channel } = await subscribed();
    await publish(server, 3);
    await barrier(client);
    const first = await new Promise((resolve) => channel.once('message', resolve));
    expect(first).toBe(1);
    const got = collect(channel);
    expect(await got.until(2)).toEqual([2, 3]);
  });

  it('frames that nobody reads are not parsed [MS6]', async () => {
    const { server, client, channel } = await subscribed();
    const { parsed } = client.stats();
    const { parsed: each } = await barrier(client).then(() => client.stats());
    await publish(server, 20);
    await barrier(client);
    expect(client.stats().parsed).toBe(each + (each - parsed));
    await channel.unsubscribe();
  });
});

describe('overflow', () => {
  it("a channel that overflows before its confirmation fails its subscribe(), with 'fail' [CH8, R1, CH20]", async () => {
    const server = await serve();
    server.respondTo('"op":"subscribe"', [
      { topic: 't', data: 1 },
      { topic: 't', data: 2 },
    ]);
    const client = await connectClient<Numbers>(server);
    await expect(client.subscribe('t', { capacity: 1, overflow: 'fail' })).rejects.toThrow(CapacityExceededError);
    expect(client.stats().subscriptions).toBe(0);
  });

  it('drop-oldest keeps the newest for an iterator, and counts [CH15, CH16, F16]', async () => {
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

  it('drop-newest keeps the oldest, and counts [CH16]', async () => {
    const { server, client, channel } = await subscribed({ capacity: 2, overflow: 'drop-newest' });
    const loop = channel[Symbol.asyncIterator]();
    await publish(server, 5);
    await barrier(client);
    expect([(await loop.next()).value, (await loop.next()).value]).toEqual([1, 2]);
    expect(channel.dropped).toBe(3);
  });

  it('fail ends the channel with a typed error, which its loop throws after what it had [CH18, CH4, ER2]', async () => {
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

  it('fail also bounds what is held for the first listener [CH18]', async () => {
    const { server, client, channel } = await subscribed({ capacity: 1, overflow: 'fail' });
    const failed = clientEvent(client, 'error');
    await publish(server, 2);
    expect((await failed)[0]).toBeInstanceOf(CapacityExceededError);
    expect(channel.closed).toBe(true);
  });

  it('latest gives an iterator the newest per key, at its own pace [CH17]', async () => {
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

  it('latest calls listeners once per key and conflateInterval, 16 by default [CH17]', async () => {
    const network = new FakeNetwork();
    answerLikeAnExchange(network);
    const client = await connectVirtual(network);
    const subscribing = [
      client.subscribe('t', { overflow: 'latest' }),
      client.subscribe('t', { overflow: 'latest', conflateInterval: 50 }),
    ];
    await network.clock.advance(10);
    const [fast, slow] = (await Promise.all(subscribing)) as [Channel, Channel];
    const heard: [string, unknown, number][] = [];
    const start = network.clock.now();
    fast.on('message', (data) => heard.push(['fast', data, network.clock.now() - start]));
    slow.on('message', (data) => heard.push(['slow', data, network.clock.now() - start]));
    await network.clock.advance(0);
    for (let n = 1; n <= 100; n++) {
      network.last.say({ topic: 't', data: n });
      await network.clock.advance(1);
    }
    const fastTimes = heard.filter(([who]) => who === 'fast').map(([, , at]) => at);
    const slowTimes = heard.filter(([who]) => who === 'slow').map(([, , at]) => at);
    expect(fastTimes.length).toBeGreaterThan(4);
    expect(fastTimes.length).toBeLessThanOrEqual(7);
    expect(slowTimes).toHaveLength(2);
    await closeVirtual(client, network);
    expect(network.clock.pendingTimers).toBe(0);
  });

  it('what is conflated when unsubscribe is called is not delivered [CH17, S1]', async () => {
    const { server, client, channel } = await subscribed({ overflow: 'latest', conflateInterval: 60_000 });
    const got = collect(channel);
    await publish(server, 3);
    await barrier(client);
    expect(channel.buffered).toBe(1);
    await channel.unsubscribe();
    expect(got.items).toEqual([]);
  });

  it('nor when unsubscribe(topic) is called on the client [CH17, S1]', async () => {
    const { server, client, channel } = await subscribed({ overflow: 'latest', conflateInterval: 60_000 });
    const got = collect(channel);
    await publish(server, 3);
    await barrier(client);
    await client.unsubscribe('t');
    expect(got.items).toEqual([]);
    expect(channel.closed).toBe(true);
  });
});

describe('loops', () => {
  it('two loops have buffers of their own [CH3]', async () => {
    const { server, client, channel } = await subscribed();
    const [first, second] = [channel[Symbol.asyncIterator](), channel.updates()[Symbol.asyncIterator]()];
    await publish(server, 3);
    await barrier(client);
    expect(channel.buffered).toBe(6);
    const values = [await first.next(), await first.next(), await first.next()].map(({ value }) => value);
    expect(values).toEqual([1, 2, 3]);
    expect((await second.next()).value).toMatchObject({ data: 1, epoch: 1 });
    expect(channel.buffered).toBe(2);
  });

  it('break ends a loop and leaves the channel [CH4]', async () => {
    const { server, client, channel } = await subscribed();
    await publish(server, 3);
    await barrier(client);
    for await (const value of channel) {
      expect(value).toBe(1);
      break;
    }
    expect(channel.closed).toBe(false);
    expect(channel.buffered).toBe(0);
    const got = collect(channel);
    server.publish('t', 4);
    await got.until(1);
    expect(got.items).toEqual([4]);
  });

  it('a loop ends when the channel is closed, with or without somebody waiting in it [CH4]', async () => {
    const { server, client, channel } = await subscribed();
    const seen: number[] = [];
    const waiting = (async () => {
      for await (const value of channel) seen.push(value);
    })();
    await publish(server, 2);
    await barrier(client);
    await channel.unsubscribe();
    await waiting;
    expect(seen).toEqual([1, 2]);
    for await (const value of channel) seen.push(value);
    expect(seen).toEqual([1, 2]);
  });

  it('a loop throws the error that closed its channel [CH4, CH13]', async () => {
    const { server, channel } = await subscribed();
    const loop = (async () => {
      for await (const _ of channel);
    })();
    server.refuseTopic('t', 'gone');
    server.dropAll();
    await expect(loop).rejects.toMatchObject({ code: 'SUBSCRIPTION_FAILED', topic: 't' });
  });

  it('close() ends loops without an error [CH4, CL24]', async () => {
    const { client, channel } = await subscribed();
    const loop = (async () => {
      for await (const _ of channel);
      return 'ended';
    })();
    await client.close();
    expect(await loop).toBe('ended');
  });

  it('loops survive a reconnect, which is told by a gap and ends no stream [CH3, CH15, F16]', async () => {
    const { server, channel } = await subscribed();
    const updates = channel.updates()[Symbol.asyncIterator]();
    const resumed = channelEvent(channel, 'resumed');
    server.publish('t', 1);
    expect((await updates.next()).value?.gap).toBeUndefined();
    server.dropAll();
    await resumed;
    server.publish('t', 2);
    const { value, done } = await updates.next();
    expect(done).toBe(false);
    expect(value).toMatchObject({ data: 2, epoch: 2, gap: { cause: 'disconnect', epoch: 2 } });
  });
});

describe('listeners', () => {
  it('after unsubscribe inside a listener nothing more is delivered, not even of the same chunk [S1]', async () => {
    const { server, client, channel } = await subscribed();
    const other = await client.subscribe('t');
    const items: number[] = [];
    channel.on('message', (data) => {
      items.push(data);
      void channel.unsubscribe();
    });
    const got = collect(other);
    server.connections[0]?.send({ topic: 't', data: 1 }, { topic: 't', data: 2 }, { topic: 't', data: 3 });
    await got.until(3);
    expect(items).toEqual([1]);
    expect(got.items).toEqual([1, 2, 3]);
  });

  it('not even to the next listener of the same update [S1]', async () => {
    const { server, client, channel } = await subscribed();
    const calls: string[] = [];
    channel.on('message', () => {
      calls.push('first');
      void channel.unsubscribe();
    });
    channel.on('message', () => calls.push('second'));
    server.publish('t', 1);
    await barrier(client);
    expect(calls).toEqual(['first']);
  });

  it('a listener may end another channel of the topic [S1, S6]', async () => {
    const { server, client, channel } = await subscribed();
    const other = await client.subscribe('t');
    const calls: string[] = [];
    channel.on('message', () => {
      calls.push('channel');
      void other.unsubscribe();
    });
    other.on('message', () => calls.push('other'));
    await publish(server, 2);
    await barrier(client);
    expect(calls).toEqual(['channel', 'channel']);
  });

  it('one that throws or rejects is reported, and stops nobody [S6, CL38]', async () => {
    const { server, client, channel } = await subscribed();
    const other = await client.subscribe('t');
    const errors: string[] = [];
    channel.on('error', ({ code, message }) => errors.push(`${code} ${message}`));
    channel.on('message', () => {
      throw new Error('thrown');
    });
    channel.on('message', async () => {
      throw new Error('rejected');
    });
    const [got, others] = [collect(channel), collect(other)];
    await publish(server, 2);
    await barrier(client);
    expect([got.items, others.items]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(errors.filter((text) => text.includes('thrown'))).toHaveLength(2);
    expect(errors.filter((text) => text.includes('rejected'))).toHaveLength(2);
    expect(errors.every((text) => text.startsWith('PROTOCOL_ERROR'))).toBe(true);
  });

  it('without an error listener on the channel the client hears of it [S6, CL38]', async () => {
    const { server, client, channel } = await subscribed();
    channel.on('message', () => {
      throw new Error('thrown');
    });
    const heard = clientEvent(client, 'error');
    server.publish('t', 1);
    expect((await heard)[0].message).toContain('thrown');
  });

  it('a listener that was removed during an emit is not called any more [S6, CL38]', async () => {
    const { server, client, channel } = await subscribed();
    const calls: string[] = [];
    const second = () => void calls.push('second');
    channel.on('message', () => {
      calls.push('first');
      channel.off('message', second);
    });
    channel.on('message', second);
    channel.on('message', () => void calls.push('third'));
    server.publish('t', 1);
    await barrier(client);
    expect(calls).toEqual(['first', 'third']);
  });

  it('a key function that throws harms no other channel of the topic [S6]', async () => {
    const { server, client } = await subscribed();
    const broken = await client.subscribe('t', {
      overflow: 'latest',
      key: () => {
        throw new Error('no key');
      },
    });
    const fine = await client.subscribe('t');
    const errors: string[] = [];
    client.on('error', ({ message }) => errors.push(message));
    broken.on('error', ({ message }) => errors.push(message));
    broken.on('message', () => {});
    const got = collect(fine);
    server.publish('t', 1);
    await barrier(client);
    expect(got.items).toEqual([1]);
    expect(errors.length).toBeGreaterThan(0);
  });

  it('the update tells where it comes from [CH2, MS1]', async () => {
    const { server, channel } = await subscribed();
    const got = channelEvent(channel, 'message');
    server.publish('t', 7);
    const [, update] = await got;
    const message: Message = update.message;
    expect(message.raw).toBe('{"topic":"t","data":7}');
    expect(update.sequence).toBeUndefined();
  });
});

describe('sequences', () => {
  it('a skipped number is a gap without a disconnect, a snapshot is none [HN27, CH2, CH19, CH20]', async () => {
    class SequencedHandler extends GenericJsonHandler<{ book: { u: number; pu?: number; snap?: boolean } }> {
      override extractSequence(message: Message) {
        const { u, pu, snap } = this.extractData(message) as { u: number; pu?: number; snap?: boolean };
        return { current: u, ...(pu !== undefined && { previous: pu }), ...(snap !== undefined && { snapshot: snap }) };
      }
    }
    const server = await serve();
    const client = await connectClient<{ book: { u: number } }>(server, { handler: new SequencedHandler() as never });
    const book = await client.subscribe('book');
    const events: unknown[] = [];
    book.on('gap', ({ cause, since, until }) => events.push([cause, since <= until]));
    book.on('message', (_data, { sequence, snapshot, gap }) => events.push([sequence, snapshot, gap?.cause]));
    for (const data of [
      { u: 1, pu: 0 },
      { u: 2, pu: 1 },
      { u: 5, pu: 4 },
      { u: 6, pu: 5 },
      { u: 10, pu: 9, snap: true },
      { u: 11, pu: 10 },
    ]) {
      server.publish('book', data);
    }
    await barrier(client);
    expect(events).toEqual([
      [1, undefined, undefined],
      [2, undefined, undefined],
      ['sequence', true],
      [5, undefined, 'sequence'],
      [6, undefined, undefined],
      [10, true, undefined],
      [11, undefined, undefined],
    ]);
  });
});
