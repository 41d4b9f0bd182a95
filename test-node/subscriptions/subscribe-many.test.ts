import { GenericJsonHandler, SubscriptionFailedError, type Topic } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, connectClient, outcomeOf, serve, topicsOf } from '../support/live.js';

describe('subscribeMany()', () => {
  it('resolves to channels in the order of the topics, with one frame [CL15]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channels = await client.subscribeMany(['c', 'a', 'b']);
    expect(channels.map(({ topic }) => topic)).toEqual(['c', 'a', 'b']);
    expect(topicsOf(server)).toEqual([['c', 'a', 'b']]);
    expect(await client.subscribeMany([])).toEqual([]);
  });

  it('rejects with every failure and ends the other topics [CL15, ER2]', async () => {
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

  it('keeps the successful topics with partial [CL16]', async () => {
    const server = await serve();
    server.refuseTopic('x', 'no x');
    const client = await connectClient(server);
    const { channels, errors } = await client.subscribeMany(['a', 'x', 'b'], { partial: true });
    expect(channels.map(({ topic }) => topic)).toEqual(['a', 'b']);
    expect([...errors].map(([topic, { code }]) => [topic, code])).toEqual([['x', 'SUBSCRIPTION_FAILED']]);
    expect(server.subscriptions).toEqual(new Set(['a', 'b']));
  });

  it.each([
    ['typo', 'unsent'],
    ['typo typo2', 'unsent'],
    ['x', 'unknown'],
    ['typo x', 'unknown'],
    ['x typo', 'unknown'],
  ])('of %s, which fails, says that delivery is %s [CL15, ER3]', async (topics, delivery) => {
    class StrictHandler extends GenericJsonHandler {
      override canonicalTopic(topic: Topic) {
        if (topic.startsWith('typo')) throw new Error('no such topic');
        return topic;
      }
    }
    const server = await serve();
    server.refuseTopic('x', 'no x');
    const client = await connectClient(server, { handler: new StrictHandler() });
    const outcome = await outcomeOf(client.subscribeMany(topics.split(' ')));
    expect(outcome).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', delivery } });
    expect((outcome as { error: SubscriptionFailedError }).error.failures.size).toBe(topics.split(' ').length);
  });

  it('has the reason of the signal as the cause of each failure [CL15, CH12]', async () => {
    const server = await serve();
    server.respondTo('"op":"subscribe"', []);
    const client = await connectClient(server);
    const controller = new AbortController();
    const subscribing = client.subscribeMany(['a', 'b'], { signal: controller.signal, partial: true });
    controller.abort('enough');
    const { errors } = await subscribing;
    expect([...errors.values()].map(({ cause }) => cause)).toEqual(['enough', 'enough']);
  });
});
