import { type Channel, GenericJsonHandler, SubscriptionFailedError } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  channelEvent,
  clientEvent,
  collect,
  connectClient,
  deferred,
  framesOf,
  serve,
  topicsOf,
} from '../support/live.js';

describe('subscribe() and unsubscribe()', () => {
  it('give a channel the updates of its topic [S3, CH1, CH2, CH8, GJ2, GJ3, GJ4]', async () => {
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

  it('share one subscription between channels of a topic: sent at 0→1, ended at 1→0 [S2, CH6, CL14]', async () => {
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

  it('send nothing when both are called inside one tick [S2]', async () => {
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

  it('end as the application wants when called while frames are under way [S2, S3]', async () => {
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

  it('put topics of one tick into shared frames of 100 topics [S2, S3]', async () => {
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

  it('end every channel of a topic by client.unsubscribe(topic) [CL17, S1]', async () => {
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

  it('resolve unsubscribe() at once while offline, and do not resubscribe [CH5, S4]', async () => {
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

  it('support disposal of a channel and of a client [CH5, CL31]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channel = await client.subscribe('a');
    await channel[Symbol.asyncDispose]();
    expect(channel.closed).toBe(true);
    await client[Symbol.asyncDispose]();
    expect(client.state).toBe('closed');
  });

  it('resolve subscribe() on the write without confirmations [CH8]', async () => {
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

describe('10,000 subscriptions', () => {
  it('are subscribed, restored after a drop, and ended [S3, S4, CH6]', async () => {
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
