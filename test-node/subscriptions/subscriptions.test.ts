import {
  type Channel,
  GenericJsonHandler,
  type Message,
  type RequestId,
  type SubscribeOptions,
  type SubscriptionContext,
  SubscriptionFailedError,
  type SubscriptionOutcome,
} from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  channelEvent,
  clientEvent,
  collect,
  connectClient,
  createClient,
  deferred,
  dropping,
  framesOf,
  outcomeOf,
  serve,
  topicsOf,
} from '../support/live.js';
import { connectVirtual } from '../support/virtual-client.js';
import { FakeNetwork } from '../support/virtual-time.js';

describe('from subscribe to unsubscribe', () => {
  it('one acknowledgement that lists topics of several frames confirms them all [HN3, CH8]', async () => {
    const server = await serve();
    let frames = 0;
    server.respondTo('"op":"subscribe"', () =>
      ++frames < 2 ? [] : { op: 'subscribe', args: ['a', 'b'], success: true },
    );
    const client = await connectClient(server);
    const first = client.subscribe('a');
    await barrier(client);
    const [a, b] = await Promise.all([first, client.subscribe('b')]);
    expect([a.topic, b.topic]).toEqual(['a', 'b']);
  });

  it('a channel gets the updates of its topic [S3, CH1, CH2, CH8, GJ2, GJ3, GJ4]', async () => {
    const server = await serve();
    const client = await connectClient<{ 'trades.BTC': { price: number } }>(server);
    const trades = await client.subscribe('trades.BTC');
    expect(trades).toMatchObject({ topic: 'trades.BTC', closed: false, dropped: 0, buffered: 0 });
    const before = Date.now();
    const got = channelEvent(trades, 'message');
    server.publish('trades.BTC', { price: 1 });
    const [data, update] = await got;
    expect(data).toEqual({ price: 1 });
    expect(update.data).toBe(data);
    expect(update.epoch).toBe(1);
    expect(update.receivedAt).toBeGreaterThanOrEqual(before - 1);
    expect(update.message.text).toBe('{"topic":"trades.BTC","data":{"price":1}}');
    expect(update).not.toHaveProperty('gap');
    expect(framesOf(server)).toEqual([{ op: 'subscribe', req_id: expect.any(String), args: ['trades.BTC'] }]);
    await trades.unsubscribe();
    await barrier(client);
    expect(server.subscriptions.size).toBe(0);
    expect(trades.closed).toBe(true);
  });

  it('channels of one topic share one subscription: sent at 0→1, ended at 1→0 [S2, CH6, CL14]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const [first, second] = await Promise.all([client.subscribe('a'), client.subscribe('a')]);
    const third = await client.subscribe('a');
    expect(new Set([first, second, third]).size).toBe(3);
    const got = [first, second, third].map((channel) => collect(channel as Channel));
    server.publish('a', 1);
    await Promise.all(got.map((one) => one.until(1)));
    await first?.unsubscribe();
    await second?.unsubscribe();
    server.publish('a', 2);
    await got[2]?.until(2);
    expect(got.map(({ items }) => items)).toEqual([[1], [1], [1, 2]]);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['subscribe']);
    await third.unsubscribe();
    await third.unsubscribe();
    await barrier(client);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['subscribe', 'unsubscribe', 'barrier']);
    expect(client.stats().subscriptions).toBe(0);
  });

  it('subscribe and unsubscribe inside one tick send nothing [S2]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const gone = client.subscribe('a');
    void client.unsubscribe('a');
    await expect(gone).rejects.toBeInstanceOf(SubscriptionFailedError);
    const stays = await client.subscribe('b');
    const from = server.received.length;
    const left = stays.unsubscribe();
    const back = client.subscribe('b');
    await back;
    await barrier(client);
    expect(
      framesOf(server)
        .slice(from)
        .map(({ op }) => op),
    ).toEqual(['barrier']);
    expect(topicsOf(server)).toEqual([['b']]);
    await left;
  });

  it('leaving and coming back while frames are under way ends as the application wants [S2, S3]', async () => {
    const server = await serve({ delay: 1 });
    const client = await connectClient(server);
    for (let round = 0; round < 5; round++) {
      const channel = await client.subscribe('a');
      await channel.unsubscribe();
      const again = client.subscribe('a');
      await barrier(client);
      expect([...server.subscriptions]).toEqual(['a']);
      await (await again).unsubscribe();
    }
    await barrier(client);
    expect(server.subscriptions.size).toBe(0);
  });

  it('topics of one tick share frames, 100 to a frame [S2, S3]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const topics = Array.from({ length: 250 }, (_, n) => `t${n}`);
    const channels = await Promise.all(topics.map((topic) => client.subscribe(topic)));
    expect(topicsOf(server).map((list) => (list as string[]).length)).toEqual([100, 100, 50]);
    await Promise.all(channels.map((channel) => channel.unsubscribe()));
    await barrier(client);
    expect(topicsOf(server, 'unsubscribe').map((list) => (list as string[]).length)).toEqual([100, 100, 50]);
    expect(server.subscriptions.size).toBe(0);
  });

  it('unsubscribe(topic) ends every channel of it [CL17, S1]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channels = await Promise.all([client.subscribe('a'), client.subscribe('a'), client.subscribe('b')]);
    const closes = channels.slice(0, 2).map((channel) => channelEvent(channel, 'close'));
    await client.unsubscribe('a');
    expect((await Promise.all(closes)).map(([cause]) => cause.code)).toEqual([1000, 1000]);
    expect(channels.map(({ closed }) => closed)).toEqual([true, true, false]);
    await client.unsubscribe('never subscribed');
    await barrier(client);
    expect([...server.subscriptions]).toEqual(['b']);
  });

  it('offline, unsubscribe resolves at once and nothing is subscribed again [CH5, S4]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const [gone, stays] = await Promise.all([client.subscribe('gone'), client.subscribe('stays')]);
    const from = server.received.length;
    await server.stop();
    await clientEvent(client, 'reconnecting');
    await gone.unsubscribe();
    await gone.unsubscribe();
    await client.unsubscribe('gone');
    await server.restart();
    await clientEvent(client, 'reconnected');
    await barrier(client);
    expect([...server.subscriptions]).toEqual(['stays']);
    expect(
      framesOf(server)
        .slice(from)
        .map(({ op, args }) => [op, args]),
    ).toEqual([
      ['subscribe', ['stays']],
      ['barrier', undefined],
    ]);
    expect(stays.closed).toBe(false);
  });

  it('a channel and a client can be disposed [CH5, CL31]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channel = await client.subscribe('a');
    await channel[Symbol.asyncDispose]();
    expect(channel.closed).toBe(true);
    await client[Symbol.asyncDispose]();
    expect(client.state).toBe('closed');
  });

  it('without confirmations subscribe resolves when the frame was written [CH8]', async () => {
    class PlainStream extends GenericJsonHandler {
      override readonly confirmsSubscriptions = false;
    }
    const server = await serve({ exchange: false });
    const client = await connectClient(server, { handler: new PlainStream() });
    const channel = await client.subscribe('a');
    const got = collect(channel);
    await server.waitForMessage('subscribe');
    server.broadcast({ topic: 'a', data: 1 });
    expect(await got.until(1)).toEqual([1]);
  });
});

describe('params', () => {
  it('reach the handler [CH7, HN5]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    await client.subscribe('book', { params: { depth: 50 } });
    expect(topicsOf(server)).toEqual([[{ depth: 50, topic: 'book' }]]);
  });

  it('other params for the same subscription are a typed error, the same ones are not [CH7, ER2]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const first = await client.subscribe('book', { params: { depth: 50 } });
    await expect(client.subscribe('book', { params: { depth: 10 } })).rejects.toMatchObject({
      code: 'SUBSCRIPTION_FAILED',
      topic: 'book',
    });
    await expect(client.subscribe('book')).rejects.toBeInstanceOf(SubscriptionFailedError);
    const second = await client.subscribe('book', { params: { depth: 50 } });
    expect([first.closed, second.closed]).toEqual([false, false]);
    expect(topicsOf(server)).toHaveLength(1);
  });

  it('where the handler says that params make another subscription, both live [CH7, HN5]', async () => {
    class DepthHandler extends GenericJsonHandler {
      override canonicalTopic(topic: string, params: unknown): string {
        return params ? `${topic}@${(params as { depth: number }).depth}` : topic;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new DepthHandler() });
    const [ten, fifty] = await Promise.all([
      client.subscribe('book', { params: { depth: 10 } }),
      client.subscribe('book', { params: { depth: 50 } }),
    ]);
    expect([ten.topic, fifty.topic]).toEqual(['book@10', 'book@50']);
    const got = collect(fifty);
    server.broadcast({ topic: 'book@50', data: 'deep' });
    expect(await got.until(1)).toEqual(['deep']);
  });

  it('a topic that comes back with other params in the same tick is subscribed with those [CH7, S3]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const first = await client.subscribe('book', { params: { depth: 50 } });
    void first.unsubscribe();
    await client.subscribe('book', { params: { depth: 10 } });
    await barrier(client);
    expect(framesOf(server).map(({ op, args }) => [op, (args?.[0] as { depth?: number } | undefined)?.depth])).toEqual([
      ['subscribe', 50],
      ['unsubscribe', 50],
      ['subscribe', 10],
      ['barrier', undefined],
    ]);
  });
});

describe('failure', () => {
  it('a refusal rejects with the server’s words and harms no other topic [CH9, S6, ER2, GJ3]', async () => {
    const server = await serve();
    server.refuseTopic('bad', 'no such topic');
    const client = await connectClient(server);
    const [good, bad] = await Promise.all([client.subscribe('good'), outcomeOf(client.subscribe('bad'))]);
    expect(bad).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', topic: 'bad' } });
    expect((bad as { error: Error }).error).toBeInstanceOf(SubscriptionFailedError);
    expect((bad as { error: Error }).error.message).toContain('no such topic');
    const got = collect(good);
    server.publish('good', 1);
    await got.until(1);
    expect(client.stats().subscriptions).toBe(1);
    server.acceptTopic('bad');
    await client.subscribe('bad');
    expect(server.subscriptions).toEqual(new Set(['good', 'bad']));
  });

  it('each of several refused topics has the words that the server has for it [CH9, HN3]', async () => {
    class MapHandler extends GenericJsonHandler {
      override isSubscriptionSuccess(message: Message) {
        const { results } = message.json as { results: Record<string, string> };
        const refused = Object.keys(results).filter((topic) => results[topic] !== 'ok');
        const errors = Object.fromEntries(refused.map((topic) => [topic, { message: `${results[topic]}` }]));
        return { refused, errors };
      }
    }
    const server = await serve();
    server.respondTo('"op":"subscribe"', (text) => ({
      req_id: JSON.parse(text).req_id,
      results: { old: 'delisted', odd: 'no such market' },
    }));
    const client = await connectClient(server, { handler: new MapHandler() });
    const outcomes = await Promise.all(['old', 'odd'].map((topic) => outcomeOf(client.subscribe(topic))));
    expect(outcomes).toMatchObject([
      { error: { message: expect.stringContaining('delisted') } },
      { error: { message: expect.stringContaining('no such market') } },
    ]);
  });

  it('a batch that is refused as a whole is tried again topic by topic [CH11, S6]', async () => {
    const server = await serve();
    server.refuseTopic('bad');
    const client = await connectClient(server);
    const outcomes = await Promise.all(['a', 'bad', 'b'].map((topic) => outcomeOf(client.subscribe(topic))));
    expect(outcomes.map((outcome) => 'value' in outcome)).toEqual([true, false, true]);
    expect(topicsOf(server)).toEqual([['a', 'bad', 'b'], ['a'], ['bad'], ['b']]);
    expect(server.subscriptions).toEqual(new Set(['a', 'b']));
  });

  it('also when one of its topics was given up meanwhile [CH11, S6]', async () => {
    const server = await serve();
    server.refuseTopic('bad');
    server.delay = (text) => (text.includes('"op":"subscribe"') ? 15 : 0);
    const client = await connectClient(server);
    const [gone, bad, good] = ['gone', 'bad', 'good'].map((topic) => outcomeOf(client.subscribe(topic)));
    await server.waitForMessage('subscribe');
    await client.unsubscribe('gone');
    expect(await gone).toHaveProperty('error');
    expect(await bad).toHaveProperty('error');
    expect(await good).toHaveProperty('value');
    await barrier(client);
    expect(server.subscriptions).toEqual(new Set(['good']));
  });

  it('without a confirmation in time it rejects, and the topic is given up on the wire [CH10]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const restore = server.respondTo('"op":"subscribe"', (_text, connection) => {
      connection.subscriptions.add('a');
      return [];
    });
    await expect(client.subscribe('a', { timeout: 15 })).rejects.toMatchObject({
      code: 'SUBSCRIPTION_FAILED',
      topic: 'a',
      retryable: true,
    });
    await barrier(client);
    expect(topicsOf(server, 'unsubscribe')).toEqual([['a']]);
    expect(server.subscriptions.size).toBe(0);
    restore();
    await client.subscribe('a');
    expect([...server.subscriptions]).toEqual(['a']);
  });

  it('requestTimeout is the default, also while there is no connection [CH10]', async () => {
    const server = await serve();
    const client = createClient(server, { config: { requestTimeout: 15 } });
    await expect(client.subscribe('a')).rejects.toBeInstanceOf(SubscriptionFailedError);
    await client.connect();
    await barrier(client);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['barrier']);
  });

  it('abort before the confirmation rejects with the reason, and gives the topic up [CH12, ER4]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.respondTo('"op":"subscribe"', [], { once: true });
    const controller = new AbortController();
    const subscribing = client.subscribe('a', { signal: controller.signal });
    await server.waitForMessage('subscribe');
    const reason = new Error('navigated away');
    controller.abort(reason);
    await expect(subscribing).rejects.toBe(reason);
    await barrier(client);
    expect(topicsOf(server, 'unsubscribe')).toEqual([['a']]);
    await expect(client.subscribe('b', { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    await barrier(client);
    expect(topicsOf(server)).toEqual([['a']]);
  });

  it('abort after the confirmation ends the channel [CH12]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const controller = new AbortController();
    const channel = await client.subscribe('a', { signal: controller.signal });
    const closed = channelEvent(channel, 'close');
    controller.abort();
    expect((await closed)[0]).toMatchObject({ code: 1000 });
    expect(channel.closed).toBe(true);
    await barrier(client);
    expect(server.subscriptions.size).toBe(0);
  });

  it('a wrong option is a ConfigError that names it [CH21]', async () => {
    const server = await serve();
    const client = createClient(server);
    const wrong: [string, SubscribeOptions][] = [
      ['capacity', { capacity: 0 }],
      ['overflow', { overflow: 'block' as never }],
      ['key', { key: 'symbol' as never }],
      ['conflateInterval', { conflateInterval: -1 }],
      ['timeout', { timeout: 0 }],
    ];
    for (const [field, options] of wrong) {
      await expect(client.subscribe('a', options)).rejects.toMatchObject({ code: 'CONFIG_INVALID', field });
    }
    await expect(client.subscribe('')).rejects.toMatchObject({ code: 'CONFIG_INVALID', field: 'topic' });
    expect(client.stats().subscriptions).toBe(0);
  });

  it('subscribe on a closed client, and close with a subscribe under way, reject [CL24]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.respondTo('"op":"subscribe"', []);
    const open = client.subscribe('a');
    await client.close();
    await expect(open).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await expect(client.subscribe('b')).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
  });
});

describe('subscribeMany', () => {
  it('gives channels in the order of the topics, in one frame [CL15]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channels = await client.subscribeMany(['c', 'a', 'b']);
    expect(channels.map(({ topic }) => topic)).toEqual(['c', 'a', 'b']);
    expect(topicsOf(server)).toEqual([['c', 'a', 'b']]);
    expect(await client.subscribeMany([])).toEqual([]);
  });

  it('rejects with every failure, and releases the others [CL15, ER2]', async () => {
    const server = await serve();
    server.refuseTopic('x', 'no x');
    server.refuseTopic('y', 'no y');
    const client = await connectClient(server);
    const outcome = await outcomeOf(client.subscribeMany(['a', 'x', 'b', 'y']));
    const { error } = outcome as { error: SubscriptionFailedError };
    expect(error).toBeInstanceOf(SubscriptionFailedError);
    expect([...error.failures.keys()]).toEqual(['x', 'y']);
    expect(error.failures.get('y')?.message).toContain('no y');
    await barrier(client);
    expect(server.subscriptions.size).toBe(0);
    expect(client.stats().subscriptions).toBe(0);
  });

  it('with partial keeps what succeeded [CL16]', async () => {
    const server = await serve();
    server.refuseTopic('x', 'no x');
    const client = await connectClient(server);
    const { channels, errors } = await client.subscribeMany(['a', 'x', 'b'], { partial: true });
    expect(channels.map(({ topic }) => topic)).toEqual(['a', 'b']);
    expect([...errors].map(([topic, { code }]) => [topic, code])).toEqual([['x', 'SUBSCRIPTION_FAILED']]);
    expect(server.subscriptions).toEqual(new Set(['a', 'b']));
  });
});

describe('after a drop', () => {
  it('what was lost before the confirmation is told with the first update after it [CH19, S5, S7]', async () => {
    const server = await serve();
    const stop = server.respondTo('"op":"subscribe"', [
      { topic: 'a', data: 1 },
      { topic: 'a', data: 2 },
    ]);
    const client = await connectClient(server);
    const subscribing = client.subscribe('a');
    await barrier(client); // the updates are here, the confirmation will never come
    stop();
    server.dropAll();
    const channel = await subscribing;
    const told: unknown[] = [];
    channel.on('message', (data, { epoch, gap }) => told.push([data, epoch, gap?.cause]));
    channel.on('gap', ({ cause }) => told.push(cause));
    await barrier(client);
    server.publish('a', 4);
    await barrier(client);
    expect(told).toEqual([[1, 1, undefined], [2, 1, undefined], 'disconnect', [4, 2, 'disconnect']]);
  });

  it('reconnect() inside a listener: the other channels of the topic have their gap after that update [CH19, S5]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const [first, second] = await Promise.all([client.subscribe('a'), client.subscribe('a')]);
    const told: unknown[] = [];
    first.once('message', () => client.reconnect());
    second.on('message', (data, { gap }) => told.push([data, gap?.cause]));
    second.on('gap', ({ epoch }) => told.push(`gap ${epoch}`));
    const resumed = channelEvent(second, 'resumed');
    server.publish('a', 1);
    await resumed;
    server.publish('a', 2);
    await barrier(client);
    expect(told).toEqual([[1, undefined], 'gap 2', [2, 'disconnect']]);
  });

  it('and still have the gap that they were owed with that very update [CH19, S5]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const [first, second] = await Promise.all([client.subscribe('a'), client.subscribe('a')]);
    const told: unknown[] = [];
    second.on('message', (data, { gap }) => told.push([data, gap?.cause]));
    // The update comes instead of the confirmation, and the listener in front ends this connection, too.
    const stop = server.respondTo('"op":"subscribe"', { topic: 'a', data: 1 });
    first.once('message', () => {
      stop();
      client.reconnect();
    });
    const resumed = channelEvent(second, 'resumed');
    server.dropAll();
    await resumed;
    server.publish('a', 2);
    await barrier(client);
    expect(told).toEqual([
      [1, 'disconnect'],
      [2, 'disconnect'],
    ]);
  });

  it('a resubscription that is asked for again because nobody confirmed it announces a gap [CH19, S5]', async () => {
    const clock = new VirtualClock();
    const server = await serve();
    const client = await connectClient(server, { config: { requestTimeout: 1_000 }, runtime: { clock } });
    const channel = await client.subscribe('a');
    const told: unknown[] = [];
    channel.on('message', (data, { gap }) => told.push([data, gap?.cause]));
    const stop = server.respondTo('"op":"subscribe"', { topic: 'a', data: 1 });
    server.dropAll();
    await clientEvent(client, 'reconnecting');
    const first = channelEvent(channel, 'message');
    const back = clientEvent(client, 'ready');
    await clock.advance(4);
    await Promise.all([back, first]);
    stop();
    const resumed = channelEvent(channel, 'resumed');
    await clock.advance(1_000);
    await resumed;
    server.publish('a', 2);
    await barrier(client);
    expect(told).toEqual([
      [1, 'disconnect'],
      [2, 'resync'],
    ]);
  });

  it('every topic comes back in batches, with one gap and one resumed per channel [S3, S4, S5, CH19, CH20]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const topics = Array.from({ length: 150 }, (_, n) => `t${n}`);
    const channels = await client.subscribeMany(topics);
    const events: string[] = [];
    const [channel] = channels as [Channel, ...Channel[]];
    channel.on('gap', ({ cause, epoch }) => events.push(`gap ${cause} ${epoch}`));
    channel.on('resumed', (epoch) => events.push(`resumed ${epoch}`));
    channel.on('message', (data, { epoch, gap }) => events.push(`${data} ${epoch} ${gap ? 'gap' : ''}`));
    const from = server.received.length;
    const earliest = Date.now();
    const gap = channelEvent(channel, 'gap');
    const resumed = Promise.all(channels.map((one) => channelEvent(one, 'resumed')));
    server.dropAll();
    const [{ since, until }] = await gap;
    await resumed;
    expect(since).toBeGreaterThanOrEqual(earliest - 1);
    expect(until).toBeGreaterThanOrEqual(since);
    server.publish('t0', 'first');
    server.publish('t0', 'second');
    await barrier(client);
    expect(events).toEqual(['gap disconnect 2', 'resumed 2', 'first 2 gap', 'second 2 ']);
    expect(server.subscriptions.size).toBe(150);
    expect(
      framesOf(server)
        .slice(from)
        .map(({ args }) => args?.length),
    ).toEqual([100, 50, undefined]);
    expect(client.stats()).toMatchObject({ reconnects: 1, subscriptions: 150, epoch: 2 });
  });

  it('the gap comes before an update that is faster than the confirmation [S5, CH19]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channel = await client.subscribe('a');
    const events: string[] = [];
    channel.on('gap', () => events.push('gap'));
    channel.on('resumed', () => events.push('resumed'));
    channel.on('message', (data, { gap }) => events.push(`${data}${gap ? ' after gap' : ''}`));
    server.respondTo('"op":"subscribe"', (text) => [
      { topic: 'a', data: 1 },
      { topic: 'a', data: 2 },
      { op: 'subscribe', req_id: JSON.parse(text).req_id, success: true },
      { topic: 'a', data: 3 },
    ]);
    server.dropAll();
    await channelEvent(channel, 'resumed');
    await barrier(client);
    expect(events).toEqual(['gap', '1 after gap', '2', 'resumed', '3']);
  });

  it('two drops before the confirmation are one gap, since the first [S4, S5, CH19]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channel = await client.subscribe('a');
    const gaps: { since: number; epoch: number }[] = [];
    channel.on('gap', (gap) => gaps.push(gap));
    server.respondTo('"op":"subscribe"', dropping, { once: true });
    const lost = clientEvent(client, 'disconnected').then(() => Date.now());
    server.dropAll();
    const lostAt = await lost;
    await channelEvent(channel, 'resumed');
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.epoch).toBe(3);
    expect(gaps[0]?.since).toBeLessThanOrEqual(lostAt);
  });

  it('a topic that is refused now tells its channels error, then close; the others live [S6, CH13]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const [good, bad, other] = await client.subscribeMany(['good', 'bad', 'other']);
    const events: string[] = [];
    bad?.on('error', ({ code }) => events.push(`error ${code}`));
    bad?.on('close', ({ error }) => events.push(`close ${error?.code}`));
    const resumed = [good, other].map((channel) => channelEvent(channel as Channel, 'resumed'));
    const closed = channelEvent(bad as Channel, 'close');
    server.refuseTopic('bad');
    server.dropAll();
    await Promise.all([...resumed, closed]);
    expect(events).toEqual(['error SUBSCRIPTION_FAILED', 'close SUBSCRIPTION_FAILED']);
    expect(server.subscriptions).toEqual(new Set(['good', 'other']));
    expect([good?.closed, bad?.closed]).toEqual([false, true]);
    server.dropAll();
    await Promise.all([good, other].map((channel) => channelEvent(channel as Channel, 'resumed')));
    expect(topicsOf(server).at(-1)).toEqual(['good', 'other']);
  });

  it('a refusal that the handler calls retryable keeps the channel and is tried again [CH13, S4]', async () => {
    class PatientHandler extends GenericJsonHandler {
      override isSubscriptionSuccess(...args: Parameters<GenericJsonHandler['isSubscriptionSuccess']>) {
        const outcome = super.isSubscriptionSuccess(...args);
        return outcome === false ? { refused: args[1], retryable: true } : outcome;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new PatientHandler() });
    const channel = await client.subscribe('a');
    const warned = clientEvent(client, 'warning', ({ code }) => code === 'subscription-retried');
    server.refuseTopic('a', 'too busy');
    const resumed = channelEvent(channel, 'resumed');
    server.dropAll();
    await warned;
    server.acceptTopic('a');
    await resumed;
    expect(channel.closed).toBe(false);
    expect([...server.subscriptions]).toEqual(['a']);
  });

  it('a channel that is opened while offline is subscribed with the others [S4]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    await client.subscribe('a');
    await server.stop();
    await clientEvent(client, 'reconnecting');
    const late = client.subscribe('b');
    await server.restart();
    await late;
    expect(topicsOf(server).at(-1)).toEqual(['a', 'b']);
  });

  it('frames of the replaced connection are not delivered any more [S1, S4, C1]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channel = await client.subscribe('a');
    const got = collect(channel);
    const [first] = server.connections;
    const resumed = channelEvent(channel, 'resumed');
    client.reconnect('test');
    first?.send({ topic: 'a', data: 'stale' });
    await resumed;
    server.publish('a', 'fresh');
    await got.until(1);
    await barrier(client);
    expect(got.items).toEqual(['fresh']);
  });
});

describe('a topic that the server names itself', () => {
  /** One topic in a frame, its depth as params. */
  class Naming extends GenericJsonHandler {
    override readonly serverChoosesTopics = true;
    override readonly limits = { topicsPerFrame: 1 };
    override buildSubscribe([topic]: readonly string[], req_id: RequestId, { params }: SubscriptionContext): string {
      return JSON.stringify({ op: 'subscribe', req_id, topic, depth: params(topic as string) });
    }
    override buildUnsubscribe([topic]: readonly string[], req_id: RequestId, { alias }: SubscriptionContext): string {
      return JSON.stringify({ op: 'unsubscribe', req_id, name: alias(topic as string) });
    }
    override isSubscriptionSuccess(message: Message, [topic]: readonly string[]): SubscriptionOutcome {
      const { name } = message.json as { name?: string };
      return name
        ? { accepted: [topic as string], aliases: { [topic as string]: name } }
        : { refused: [topic as string] };
    }
  }

  async function givenUp() {
    const network = new FakeNetwork();
    const client = await connectVirtual(network, { handler: new Naming() });
    const controller = new AbortController();
    const first = outcomeOf(client.subscribe('book', { params: 5, signal: controller.signal }));
    await network.clock.advance(1);
    controller.abort('changed my mind');
    expect(await first).toEqual({ error: 'changed my mind' });
    const second = client.subscribe('book', { params: 50 });
    await network.clock.advance(1);
    const frames = () => network.last.sent.map((frame) => JSON.parse(String(frame)));
    expect(frames()).toMatchObject([{ op: 'subscribe', depth: 5 }]);
    return { network, second, frames };
  }

  it('is asked for with other params once the name of the one that was given up is known [CH7, S2]', async () => {
    const { network, second, frames } = await givenUp();
    network.last.say({ op: 'subscribe', req_id: frames()[0].req_id, name: 'n1' });
    await network.clock.advance(1);
    expect(frames().slice(1)).toMatchObject([
      { op: 'unsubscribe', name: 'n1' },
      { op: 'subscribe', depth: 50 },
    ]);
    network.last.say({ op: 'subscribe', req_id: frames()[2].req_id, name: 'n2' });
    const channel = await second;
    const heard: unknown[] = [];
    channel.on('message', (data) => heard.push(data));
    network.last.say({ topic: 'n1', data: 'old' });
    network.last.say({ topic: 'n2', data: 'new' });
    await network.clock.advance(1);
    expect(heard).toEqual(['new']);
  });

  it('or once that one was refused [CH9, S2]', async () => {
    const { network, second, frames } = await givenUp();
    network.last.say({ op: 'subscribe', req_id: frames()[0].req_id, error: 'no such depth' });
    await network.clock.advance(1);
    expect(frames().slice(1)).toMatchObject([{ op: 'subscribe', depth: 50 }]);
    network.last.say({ op: 'subscribe', req_id: frames()[1].req_id, name: 'n2' });
    expect((await second).topic).toBe('book');
  });
});

describe('a topic with several names', () => {
  it('is ended by any of them [CL17, CH6]', async () => {
    class AnyCase extends GenericJsonHandler {
      override canonicalTopic(topic: string): string {
        return topic.toLowerCase();
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new AnyCase() });
    for (const name of ['Btc', 'BTC', 'btc']) {
      const channels = await Promise.all([client.subscribe('BTC'), client.subscribe('Btc')]);
      await client.unsubscribe(name);
      expect(channels.map(({ closed }) => closed)).toEqual([true, true]);
    }
  });
});

describe('signals of the server', () => {
  class SignalHandler extends GenericJsonHandler {
    override extractSignal(message: Parameters<GenericJsonHandler['extractSignal']>[0]) {
      return (message.json as { signal?: never } | undefined)?.signal;
    }
  }

  it('resync subscribes the topic anew, with a gap [HN22, CH19, CH20, S5]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new SignalHandler() });
    const [a] = await client.subscribeMany(['a', 'b']);
    const events: string[] = [];
    a?.on('gap', ({ cause }) => events.push(cause));
    const resumed = channelEvent(a as Channel, 'resumed');
    server.broadcast({ signal: { type: 'resync', topics: ['a'] } });
    await resumed;
    expect(events).toEqual(['resync']);
    expect(framesOf(server).map(({ op, args }) => [op, args])).toEqual([
      ['subscribe', ['a', 'b']],
      ['unsubscribe', ['a']],
      ['subscribe', ['a']],
    ]);
    expect(server.subscriptions).toEqual(new Set(['a', 'b']));
  });

  it('a revoked topic ends its channels with the server’s words, unless it is retryable [HN4, S6]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new SignalHandler() });
    const [a, b] = await client.subscribeMany(['a', 'b']);
    const failed = channelEvent(a as Channel, 'error');
    server.broadcast({ signal: { type: 'revoked', topics: ['a'], error: { message: 'too many', code: 64_003 } } });
    expect((await failed)[0]).toMatchObject({ code: 'SUBSCRIPTION_FAILED', serverCode: 64_003, topic: 'a' });
    expect([a?.closed, b?.closed]).toEqual([true, false]);
    const resumed = channelEvent(b as Channel, 'resumed');
    server.broadcast({ signal: { type: 'revoked', topics: ['b'], retryable: true } });
    await resumed;
    expect(b?.closed).toBe(false);
  });

  it('reconnect and shouldReconnect leave the connection for a new one, with a closing handshake [HN20]', async () => {
    class LeavingHandler extends SignalHandler {
      override shouldReconnect(message: Parameters<GenericJsonHandler['shouldReconnect']>[0]): boolean {
        return message.field('event') === 'serverShutdown';
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new LeavingHandler() });
    const channel = await client.subscribe('a');
    const frames = [
      { event: 'serverShutdown' },
      { signal: { type: 'reconnect', reason: 'upgrade', makeBeforeBreak: true } },
    ];
    for (const [index, frame] of frames.entries()) {
      const resumed = channelEvent(channel, 'resumed');
      server.connections.at(-1)?.send(frame);
      await resumed;
      expect(await server.waitForClose(index + 1)).toMatchObject({ code: 1000 });
    }
    expect(client.epoch).toBe(3);
  });
});

describe('at scale', () => {
  it('10,000 topics subscribe, come back after a drop, and go [S3, S4, CH6]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const topics = Array.from({ length: 10_000 }, (_, n) => `topic.${n}`);
    const channels = await client.subscribeMany(topics);
    expect(server.subscriptions.size).toBe(10_000);
    const { promise: allBack, resolve } = deferred();
    let back = 0;
    for (const channel of channels) channel.on('resumed', () => ++back === channels.length && resolve());
    server.dropAll();
    await allBack;
    expect(server.subscriptions.size).toBe(10_000);
    const got = collect(channels[9_999] as Channel);
    server.publish('topic.9999', 'here');
    await got.until(1);
    await Promise.all(channels.map((channel) => channel.unsubscribe()));
    await barrier(client);
    expect(server.subscriptions.size).toBe(0);
    expect(client.stats().subscriptions).toBe(0);
  }, 30_000); // as long as a busy host may take
});
