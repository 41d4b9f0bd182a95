import {
  GenericJsonHandler,
  type Message,
  type SubscribeOptions,
  type SubscriptionContext,
  SubscriptionFailedError,
  type SubscriptionOutcome,
  type Topic,
} from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  channelEvent,
  collect,
  connectClient,
  createClient,
  outcomeOf,
  serve,
  topicsOf,
} from '../support/live.js';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

describe('subscribe() that fails', () => {
  it('rejects on a refusal with the message of the server and harms no other topic [CH9, S6, ER2, GJ3]', async () => {
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

  it('gives each refused topic its own message of the server [CH9, HN3]', async () => {
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

  it('is asked for again in halves when a batch is refused as a whole [CH11, S6]', async () => {
    const server = await serve();
    server.refuseTopic('bad');
    const client = await connectClient(server);
    const outcomes = await Promise.all(['a', 'bad', 'b'].map((topic) => outcomeOf(client.subscribe(topic))));
    expect(outcomes.map((outcome) => 'value' in outcome)).toEqual([true, false, true]);
    expect(topicsOf(server)).toEqual([['a', 'bad', 'b'], ['a', 'bad'], ['b'], ['a'], ['bad']]);
    expect(server.subscriptions).toEqual(new Set(['a', 'b']));
  });

  it('of a refused batch has a gap after what came of an earlier subscription [CH11, S5]', async () => {
    const { client, clock, server, subscribe, publish } = await connectedWorld();
    const earlier = await subscribe('a');
    const ended = earlier.unsubscribe();
    server.publish('a', 'of the earlier one');
    await clock.advance(0);
    server.refused.set('bad', 'no such topic');
    const subscribing = client.subscribeMany(['a', 'bad'], { partial: true });
    await clock.advance(1.5);
    server.publish('a', 'nobody is subscribed');
    await clock.advance(20);
    await ended;
    const [channel] = (await subscribing).channels;
    const got: unknown[] = [];
    channel?.on('message', (data, { gap }) => got.push([data, gap?.cause]));
    await clock.advance(1);
    await publish('a', 'of this one');
    expect(got).toEqual([
      ['of the earlier one', undefined],
      ['of this one', 'resync'],
    ]);
  });

  it('is asked for again in halves when a topic of the refused batch was given up [CH11, S6]', async () => {
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

  it('rejects without a confirmation in time, and unsubscribes the topic [CH10]', async () => {
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

  it('rejects on abort with the reason, and unsubscribes the topic [CH12, ER4]', async () => {
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

  it('has a signal that ends the channel after the confirmation [CH12]', async () => {
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

  it('rejects with a ConfigError that names a wrong option [CH21]', async () => {
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

  it('rejects on a closed client, and when the client closes before the confirmation [CL24]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.respondTo('"op":"subscribe"', []);
    const open = client.subscribe('a');
    await client.close();
    await expect(open).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await expect(client.subscribe('b')).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', delivery: 'unsent' });
  });

  it('rejects only refused topics under partial, whole and benign refusals [HN4, S6]', async () => {
    class Handler extends GenericJsonHandler {
      override isSubscriptionSuccess(
        message: Message,
        topics: readonly Topic[],
      ): SubscriptionOutcome | boolean | undefined {
        const { args = [], refused, error } = message.json as { args?: string[]; refused?: string[]; error?: string };
        if (error === 'already subscribed') return { benign: args };
        return refused ? { accepted: args, refused } : super.isSubscriptionSuccess(message, topics);
      }
      override buildSubscribe(topics: readonly Topic[], id: string | number, context: SubscriptionContext): string {
        return super.buildSubscribe(topics, id, context);
      }
    }
    for (const refuse of ['partial', 'whole'] as const) {
      const world = virtualWorld({ server: { refuse, benign: true }, handler: new Handler() });
      world.server.refused.set('bad', 'no such topic');
      await world.connect();
      const subscribing = world.client.subscribeMany(['a', 'bad', 'b'], { partial: true });
      await world.clock.advance(100);
      const { channels, errors } = await subscribing;
      expect(channels.map(({ topic }) => topic)).toEqual(['a', 'b']);
      expect([...errors.keys()]).toEqual(['bad']);
      expect(world.server.subscriptions).toEqual(new Set(['a', 'b']));
    }
  });
});
