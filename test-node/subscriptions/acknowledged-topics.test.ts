import { GenericJsonHandler, type Message, type SubscriptionOutcome, type Topic } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { operations, virtualWorld } from '../support/virtual-world.js';

describe('acknowledgements that name topics', () => {
  it('are looked up by these topics, not by all that are open [C21]', async () => {
    let looks = 0;
    class CountingHandler extends GenericJsonHandler {
      override limits = { topicsPerFrame: 10 };
      override isSubscriptionSuccess(message: Message, topics: readonly Topic[]) {
        looks += topics.length;
        return super.isSubscriptionSuccess(message, topics);
      }
      override acknowledgedTopics(message: Message) {
        return super.acknowledgedTopics(message);
      }
    }
    const world = virtualWorld({ server: { acknowledge: 'topic-only' }, handler: new CountingHandler() });
    await world.connect();
    const topics = Array.from({ length: 1_000 }, (_, number) => `t${number}`);
    const subscribing = world.client.subscribeMany(topics);
    await world.clock.advance(1_000);
    expect(await subscribing).toHaveLength(1_000);
    expect(looks).toBe(1_000);
  });

  it('show the whole frame to a subclass that reads them itself [HN3, HN4]', async () => {
    class StrictHandler extends GenericJsonHandler {
      override isSubscriptionSuccess(message: Message, topics: readonly Topic[]) {
        const { args } = message.json as { args: string[] };
        return { accepted: args, refused: topics.filter((topic) => !args.includes(topic)) };
      }
    }
    const world = virtualWorld({ server: { acknowledge: 'list', refuse: 'partial' }, handler: new StrictHandler() });
    world.server.refused.set('b', 'no');
    await world.connect();
    const subscribing = world.client.subscribeMany(['a', 'b'], { partial: true });
    await world.clock.advance(100);
    const { channels, errors } = await subscribing;
    expect([channels.map(({ topic }) => topic), [...errors.keys()]]).toEqual([['a'], ['b']]);
  });
});

describe('topics that the server dropped because of others', () => {
  it('are asked for anew without these others [HN4]', async () => {
    class DroppingHandler extends GenericJsonHandler {
      override isSubscriptionSuccess(message: Message, topics: readonly Topic[]): boolean | SubscriptionOutcome {
        if (message.field('error') === undefined) return true;
        return { refused: topics.filter((topic) => topic === 'bad'), again: topics.filter((topic) => topic !== 'bad') };
      }
    }
    const world = virtualWorld({ handler: new DroppingHandler() });
    world.server.refused.set('bad', 'no such topic');
    await world.connect();
    const subscribing = world.client.subscribeMany(['a', 'bad', 'b'], { partial: true });
    await world.clock.advance(100);
    const { channels } = await subscribing;
    expect(channels.map(({ topic }) => topic)).toEqual(['a', 'b']);
    expect(operations(world.peer.received)).toEqual([
      { op: 'subscribe', args: ['a', 'bad', 'b'] },
      { op: 'subscribe', args: ['a', 'b'] },
    ]);
  });
});
