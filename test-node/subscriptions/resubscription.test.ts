import { type Channel, GenericJsonHandler, type RequestId, type SubscriptionContext } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  channelEvent,
  clientEvent,
  collect,
  connectClient,
  framesOf,
  serve,
  topicsOf,
} from '../support/live.js';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

describe('resubscription after a drop', () => {
  it('restores every topic in batches, with one gap and one resumed per channel [S3, S4, S5, CH19, CH20]', async () => {
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

  it('that nobody confirms, and whose end has to wait, has its gap before the first new update all the same [S5, CH19]', async () => {
    class Paced extends GenericJsonHandler {
      override readonly limits = { subscriptionFrames: { count: 1, window: 20_000 } };
    }
    const world = await connectedWorld({ handler: new Paced(), config: { requestTimeout: 1_000 } });
    const { clock, server } = world;
    const channel = await world.subscribe('a');
    const events: string[] = [];
    channel.on('gap', ({ cause }) => events.push(`gap ${cause}`));
    channel.on('message', (data, { gap }) => events.push(`${data} ${gap?.cause}`));
    server.onSend = ({ op }, send) => op !== 'subscribe' && send();
    await world.drop();
    await clock.advance(2_000);
    await world.publish('a', 'first');
    await world.publish('a', 'second');
    expect(events).toEqual(['gap disconnect', 'first disconnect', 'second undefined']);
    server.onSend = (_frame, send) => send();
    await clock.advance(60_000);
    await world.publish('a', 'third');
    expect(events.slice(3)).toEqual(['gap resync', 'third resync']);
  });

  it('includes a channel that was opened while offline [S4]', async () => {
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

  it('ignores frames of the replaced connection [S1, S4, C1]', async () => {
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

it('waiting calls leave after the first subscribe frame, also where the first topics need no frame [C3, HN2]', async () => {
  class Handler extends GenericJsonHandler {
    override buildSubscribe(topics: readonly string[], id: RequestId, context: SubscriptionContext) {
      return topics[0]?.startsWith('account') ? ([] as never) : super.buildSubscribe(topics, id, context);
    }
    override readonly limits = { topicsPerFrame: 1 };
  }
  const { client, connect, sent } = virtualWorld({ handler: new Handler() });
  for (const topic of ['account', 'account.2', 'trades']) void client.subscribe(topic);
  const order = client.request({ op: 'order' });
  await connect();
  await order;
  expect(sent.map(({ op }) => op)).toEqual(['subscribe', 'order']);
});
