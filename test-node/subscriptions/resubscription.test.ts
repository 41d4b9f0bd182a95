import { type Channel, GenericJsonHandler } from 'hpx-transport-ws';
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

  it('emits error, then close, on a refused topic and keeps the others [S6, CH13]', async () => {
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

  it('retries a retryable refusal and keeps the channel [CH13, S4]', async () => {
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
