import { GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, connectClient, serve } from '../support/live.js';
import { operations, outcome, virtualWorld } from '../support/virtual-world.js';

describe('the subscriptions of the server', () => {
  it('are all confirmed by one acknowledgement with topics of several frames [HN3, CH8]', async () => {
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

  it('resolve unsubscribe() when the topic is subscribed again in the same tick [CH5, S2]', async () => {
    const world = virtualWorld();
    await world.connect();
    const subscribing = world.client.subscribe('a');
    await world.clock.advance(10);
    const left = (await subscribing).unsubscribe();
    const again = world.client.subscribe('a');
    await world.clock.advance(10);
    expect(await outcome(left)).toBeUndefined();
    expect((await again).closed).toBe(false);
    expect(operations(world.peer.received)).toEqual([{ op: 'subscribe', args: ['a'] }]);
  });

  it('get new params when a topic is given up and subscribed in the same tick [S3]', async () => {
    const world = virtualWorld();
    await world.connect();
    const subscribing = world.client.subscribe('book', { params: { depth: 1 } });
    await world.clock.advance(10);
    void (await subscribing).unsubscribe();
    const again = world.client.subscribe('book', { params: { depth: 50 } });
    await world.clock.advance(10);
    await again;
    expect(operations(world.peer.received).at(-1)).toEqual({ op: 'subscribe', args: [{ depth: 50, topic: 'book' }] });
  });

  it('stay within topicsPerConnection when a topic takes its own place again [HN25]', async () => {
    class Handler extends GenericJsonHandler {
      override limits = { topicsPerConnection: 1 };
    }
    const world = virtualWorld({ handler: new Handler() });
    await world.connect();
    const subscribing = world.client.subscribe('a');
    await world.clock.advance(10);
    void (await subscribing).unsubscribe();
    const again = world.client.subscribe('a');
    await world.clock.advance(10);
    expect(await outcome(again)).toMatchObject({ topic: 'a' });
  });

  it('have no open frame after a topic is revoked before its confirmation [HN4]', async () => {
    class Handler extends GenericJsonHandler {
      override extractSignal(message: Message) {
        return message.field('op') === 'revoke' ? ({ type: 'revoked', topics: ['a'] } as const) : undefined;
      }
    }
    const world = virtualWorld({ handler: new Handler() });
    await world.connect();
    world.server.mute = true;
    const subscribing = world.client.subscribe('a');
    await world.clock.advance(5);
    world.peer.sendJson({ op: 'revoke' });
    await world.clock.advance(5);
    expect(await outcome(subscribing)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
    world.server.mute = false;
    await world.clock.advance(120_000);
    expect(world.server.subscriptions).toEqual(new Set());
    const again = world.client.subscribe('a');
    await world.clock.advance(10);
    expect(await outcome(again)).toMatchObject({ topic: 'a' });
    const sent = operations(world.peer.received).length;
    await world.clock.advance(120_000);
    expect(operations(world.peer.received).length).toBe(sent);
  });

  it.each(['batch', 'topic', 'topic-only', 'list', 'none'] as const)(
    'match the wanted topics with acknowledgements by %s, over drops during resubscription [HN2, HN3, S3, S4]',
    async (acknowledge) => {
      class Handler extends GenericJsonHandler {
        override confirmsSubscriptions = acknowledge !== 'none';
        override limits = { topicsPerFrame: 3 };
      }
      const world = virtualWorld({ server: { acknowledge }, handler: new Handler(), network: { latency: 20 } });
      await world.connect();
      const topics = Array.from({ length: 10 }, (_, n) => `t${n}`);
      const subscribing = world.client.subscribeMany(topics);
      await world.clock.advance(500);
      const channels = await subscribing;
      for (let round = 0; round < 5; round++) {
        world.server.drop();
        for (let count = 0; world.client.state !== 'ready' && count < 1_000; count++) await world.clock.advance(10);
        await world.clock.advance(25);
      }
      await channels[0]?.unsubscribe();
      await world.clock.advance(60_000);
      expect([...world.server.subscriptions].sort()).toEqual(topics.slice(1));
      expect(world.server.duplicates).toBe(0);
      expect(world.errors).toEqual([]);
    },
  );

  it.each(['buildSubscribe', 'prepareFrame'] as const)(
    'are asked for on the next connection when %s ended the last one [S4]',
    async (hook) => {
      let world: ReturnType<typeof virtualWorld> | undefined;
      let ends = 1;
      const end = () => void (ends-- > 0 && world?.client.reconnect('a hook asks'));
      class EndingHandler extends GenericJsonHandler {
        override buildSubscribe(...built: Parameters<GenericJsonHandler['buildSubscribe']>) {
          if (hook === 'buildSubscribe') end();
          return super.buildSubscribe(...built);
        }
        override prepareFrame(frame: string) {
          if (hook === 'prepareFrame') end();
          return frame;
        }
      }
      world = virtualWorld({ handler: new EndingHandler(), config: { leaveTimeout: 0 } });
      await world.connect();
      const subscribing = world.client.subscribe('a');
      await world.clock.advance(2_000);
      expect(await outcome(subscribing)).toMatchObject({ topic: 'a', live: true });
      expect(world.client.epoch).toBe(2);
    },
  );
});
