import {
  type Frame,
  type FrameInfo,
  GenericJsonHandler,
  ProtocolError,
  type RequestId,
  type SubscriptionContext,
  type SubscriptionFrames,
  type Topic,
} from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { connectedWorld, operations, outcome } from '../support/virtual-world.js';

/** The protocol of the reference server, with frames of any kind. */
interface Plain
  extends Omit<GenericJsonHandler, 'buildSubscribe' | 'buildUnsubscribe' | 'generateRequestId' | 'prepareFrame'> {
  buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): SubscriptionFrames;
  buildUnsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): SubscriptionFrames;
  prepareFrame(frame: Frame, info: FrameInfo): Frame | Promise<Frame>;
  generateRequestId(): RequestId;
}
const PlainHandler = GenericJsonHandler as new () => Plain;

/** One frame with an id of its own for each channel of `channel.symbol`. */
class PlanningHandler extends PlainHandler {
  override buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext) {
    return this.#plan('subscribe', topics, requestId, context);
  }
  override buildUnsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext) {
    return this.#plan('unsubscribe', topics, requestId, context);
  }
  #plan(op: string, topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext) {
    const channels = [...new Set(topics.map((topic) => topic.split('.')[0]))];
    return channels.map((channel, index) => {
      const own = topics.filter((topic) => topic.startsWith(`${channel}.`));
      const id = index === 0 ? requestId : context.newRequestId();
      return { frame: JSON.stringify({ op, req_id: id, args: own }), requestId: id, topics: own };
    });
  }
}

/** Leaves the topics of `lost` out of its plan, and puts those of `twice` into two frames. */
class FaultyHandler extends PlainHandler {
  override buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext) {
    return topics.flatMap((topic, index) => {
      const id = index === 0 ? requestId : context.newRequestId();
      const item = {
        frame: JSON.stringify({ op: 'subscribe', req_id: id, args: [topic] }),
        requestId: id,
        topics: [topic],
      };
      if (topic === 'lost') return [];
      return topic === 'twice' ? [item, { ...item, requestId: context.newRequestId() }] : [item];
    });
  }
}

describe('an acknowledgement plan', () => {
  it('gives each frame an id of its own, and an answer that is about the topics of that frame alone [HN39]', async () => {
    const world = await connectedWorld({ handler: new PlanningHandler() });
    world.server.refused.set('books.X', 'unknown');
    const books = world.client.subscribe('books.X');
    const trades = world.client.subscribe('trades.X');
    await world.clock.advance(10);
    expect(operations(world.peer.received)).toEqual([
      { op: 'subscribe', args: ['books.X'] },
      { op: 'subscribe', args: ['trades.X'] },
    ]);
    expect(new Set(world.sent.map(({ req_id }) => req_id)).size).toBe(2);
    expect(await outcome(books)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
    expect(await outcome(trades)).toMatchObject({ topic: 'trades.X' });
  });

  it('serves the end of topics as well [HN39]', async () => {
    const world = await connectedWorld({ handler: new PlanningHandler() });
    const subscribing = world.client.subscribeMany(['books.X', 'trades.X']);
    await world.clock.advance(10);
    const channels = await subscribing;
    const ends = Promise.all(channels.map((channel) => channel.unsubscribe()));
    await world.clock.advance(10);
    await ends;
    expect(operations(world.peer.received).slice(2)).toEqual([
      { op: 'unsubscribe', args: ['books.X'] },
      { op: 'unsubscribe', args: ['trades.X'] },
    ]);
    expect(world.server.subscriptions.size).toBe(0);
  });

  it('that leaves a topic out, or has it twice, fails for that topic alone [HN40]', async () => {
    const world = await connectedWorld({ handler: new FaultyHandler() });
    const calls = ['a', 'lost', 'twice', 'b'].map((topic) => world.client.subscribe(topic));
    await world.clock.advance(10);
    const [a, lost, twice, b] = await Promise.all(calls.map(outcome));
    expect([a, b]).toMatchObject([{ topic: 'a' }, { topic: 'b' }]);
    for (const failed of [lost, twice]) {
      const { error } = failed as { error: ProtocolError };
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error.delivery).toBe('unsent');
    }
    expect(String((lost as { error: Error }).error.message)).toContain("'lost'");
    expect(world.server.subscriptions).toEqual(new Set(['a', 'b']));
  });

  it('may have numbers as ids, and name topics that nobody asked for now [HN39]', async () => {
    class WideHandler extends PlainHandler {
      #lastId = 0;
      override generateRequestId() {
        return ++this.#lastId;
      }
      override buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext) {
        const frame = (args: readonly Topic[]) => JSON.stringify({ op: 'subscribe', req_id: requestId, args });
        return [
          { frame: frame(['wider']), requestId: context.newRequestId(), topics: ['wider'] },
          { frame: frame(topics), requestId, topics: [...topics, 'wider'] },
        ];
      }
    }
    const world = await connectedWorld({ handler: new WideHandler() });
    const channel = world.client.subscribe('a');
    await world.clock.advance(10);
    expect(await outcome(channel)).toMatchObject({ topic: 'a' });
    expect(world.sent).toMatchObject([{ req_id: expect.any(Number), args: ['a'] }]);
  });

  it.each([true, {}, null, undefined])('cannot have %j as an id: nothing is sent [HN40]', async (requestId) => {
    class WrongHandler extends PlainHandler {
      override buildSubscribe(topics: readonly Topic[]) {
        return [{ frame: 'frame', requestId: requestId as never, topics }];
      }
    }
    const world = await connectedWorld({ handler: new WrongHandler() });
    const channel = world.client.subscribe('a');
    await world.clock.advance(10);
    expect(await outcome(channel)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', delivery: 'unsent' } });
    expect(world.peer.received).toEqual([]);
  });

  it('of which one frame cannot be prepared asks with the others [HN39, HN43, S6]', async () => {
    class RefusingHandler extends PlanningHandler {
      override prepareFrame(frame: Frame): Promise<Frame> {
        return String(frame).includes('books.X') ? Promise.reject(new Error('no key')) : Promise.resolve(frame);
      }
    }
    const world = await connectedWorld({ handler: new RefusingHandler() });
    const calls = ['books.X', 'trades.X'].map((topic) => world.client.subscribe(topic));
    await world.clock.advance(10);
    expect(await Promise.all(calls.map(outcome))).toMatchObject([
      { error: { code: 'SUBSCRIPTION_FAILED', delivery: 'unsent' } },
      { topic: 'trades.X' },
    ]);
  });

  it('of which one topic is given up while its frame is signed asks with the others [HN39, HN43, S2]', async () => {
    const prepared: string[] = [];
    class SlowHandler extends PlanningHandler {
      override prepareFrame(frame: Frame): Promise<Frame> {
        prepared.push(String(frame));
        return new Promise((resolve) => world.clock.setTimer(() => resolve(frame), 50));
      }
    }
    const world = await connectedWorld({ handler: new SlowHandler() });
    const leaving = new AbortController();
    const books = world.client.subscribe('books.X', { signal: leaving.signal });
    const trades = world.client.subscribe('trades.X');
    await world.clock.advance(10);
    leaving.abort();
    await world.clock.advance(200);
    expect(await outcome(books)).toMatchObject({ error: { name: 'AbortError' } });
    expect(await outcome(trades)).toMatchObject({ topic: 'trades.X' });
    expect(operations(world.peer.received)).toEqual([{ op: 'subscribe', args: ['trades.X'] }]);
    expect(prepared).toHaveLength(2);
  });

  it('may use an id once: the topics of the second frame with that id fail [HN40]', async () => {
    class OneIdHandler extends PlainHandler {
      override buildSubscribe(topics: readonly Topic[], requestId: RequestId) {
        const frame = (args: Topic) => JSON.stringify({ op: 'subscribe', req_id: requestId, args: [args] });
        return topics.map((topic) => ({ frame: frame(topic), requestId, topics: [topic] }));
      }
    }
    const world = await connectedWorld({ handler: new OneIdHandler() });
    const calls = ['a', 'b'].map((topic) => world.client.subscribe(topic));
    await world.clock.advance(10);
    expect(await outcome(calls[0] as Promise<unknown>)).toMatchObject({ topic: 'a' });
    expect(await outcome(calls[1] as Promise<unknown>)).toMatchObject({
      error: { code: 'PROTOCOL_ERROR', delivery: 'unsent' },
    });
  });
});

describe('a handler that builds a frame', () => {
  it('sees all topics that are wanted [HN41]', async () => {
    const seen: (readonly Topic[])[] = [];
    class ListingHandler extends GenericJsonHandler {
      override buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext) {
        seen.push(context.wanted);
        return super.buildSubscribe(topics, requestId, context);
      }
      override buildUnsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext) {
        seen.push(context.wanted);
        return super.buildUnsubscribe(topics, requestId, context);
      }
    }
    const world = await connectedWorld({ handler: new ListingHandler() });
    const channel = await world.subscribe('a');
    await world.subscribe('b');
    void channel.unsubscribe();
    await world.subscribe('c');
    // The end of 'a', then 'c'.
    expect(seen).toEqual([['a'], ['a', 'b'], ['b', 'c'], ['b', 'c']]);
  });

  it('is told params and names by topic, in any order, and none of topics that nobody holds [HN5, HN6, HN41]', async () => {
    const seen: unknown[] = [];
    class AskingHandler extends GenericJsonHandler {
      override buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext) {
        context.setAlias('none', 'n');
        for (const topic of [...topics].reverse()) context.setAlias(topic, `${topic}!`);
        for (const topic of ['none', ...topics, ...topics, 'none'])
          seen.push(`${topic}: ${JSON.stringify(context.params(topic))} ${context.alias(topic)}`);
        return super.buildSubscribe(topics, requestId, context);
      }
    }
    const { client, clock, errors } = await connectedWorld({ handler: new AskingHandler() });
    const calls = ['a', 'b'].map((topic) => client.subscribe(topic, { params: { for: topic } }));
    await clock.advance(10);
    await Promise.all(calls);
    const asked = ['a: {"for":"a"} a!', 'b: {"for":"b"} b!'];
    expect(seen).toEqual(['none: undefined undefined', ...asked, ...asked, 'none: undefined undefined']);
    expect(errors).toEqual([]);
  });

  it('gets topics with different keys in different frames, as full as can be [HN42]', async () => {
    class GroupingHandler extends GenericJsonHandler {
      override groupKey(topic: Topic) {
        return topic.split('.')[0];
      }
    }
    const world = await connectedWorld({ handler: new GroupingHandler() });
    const topics = ['books.A', 'trades.A', 'books.B', 'trades.B'];
    const subscribing = world.client.subscribeMany(topics);
    await world.clock.advance(10);
    await subscribing;
    expect(operations(world.peer.received)).toEqual([
      { op: 'subscribe', args: ['books.A', 'books.B'] },
      { op: 'subscribe', args: ['trades.A', 'trades.B'] },
    ]);
    await world.drop();
    await world.clock.advance(1_000);
    expect(operations(world.peer.received)).toEqual([
      { op: 'subscribe', args: ['books.A', 'books.B'] },
      { op: 'subscribe', args: ['trades.A', 'trades.B'] },
    ]);
  });

  it('rejects subscribe() of a topic for which groupKey throws [HN42]', async () => {
    class StrictHandler extends GenericJsonHandler {
      override groupKey(topic: Topic): string {
        throw new Error(`no group for ${topic}`);
      }
    }
    const world = await connectedWorld({ handler: new StrictHandler() });
    expect(await outcome(world.client.subscribe('a'))).toMatchObject({
      error: { code: 'SUBSCRIPTION_FAILED', delivery: 'unsent' },
    });
  });
});
