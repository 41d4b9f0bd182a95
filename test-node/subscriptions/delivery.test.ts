import { type Channel, GenericJsonHandler, type Message, type Topic } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { connectedWorld } from '../support/virtual-world.js';

class DeskHandler extends GenericJsonHandler {
  override extractTopic(message: Message) {
    const { topics } = message.json as { topics?: readonly Topic[] };
    // The built-in handler's messages have one topic, those of other handlers may have several.
    return (topics as never) ?? super.extractTopic(message);
  }

  override extractSequence(message: Message) {
    const { n } = message.json as { n?: number };
    return n === undefined ? undefined : { current: n };
  }

  override extractSignal(message: Message) {
    const { resync } = message.json as { resync?: readonly Topic[] };
    return resync && ({ type: 'resync', topics: resync } as const);
  }
}

async function desk(handler = new DeskHandler()) {
  const world = await connectedWorld({ handler });
  const notTaken: string[] = [];
  world.client.on('message', ({ text }) => notTaken.push(text));
  return {
    ...world,
    /** Messages that no channel took. */
    notTaken,
    say: async (said: object) => {
      world.peer.sendJson(said);
      await world.clock.advance(5);
    },
  };
}

function heardOf(channel: Channel): unknown[] {
  const heard: unknown[] = [];
  channel.on('message', (data) => heard.push(data));
  return heard;
}

describe('an update', () => {
  it('of several topics reaches each of them, and is passed on only if nobody holds one [HN5]', async () => {
    const { notTaken, say, subscribe } = await desk();
    const heard = [heardOf(await subscribe('a')), heardOf(await subscribe('b'))];
    await say({ topic: '*', topics: ['a', 'b', 'c'], data: 1 });
    expect([heard, notTaken]).toEqual([[[1], [1]], []]);
    await say({ topic: '*', topics: ['c', 'd'], data: 2 });
    expect([heard, notTaken.length]).toEqual([[[1], [1]], 1]);
  });

  it('that comes after its topic was given up is passed on [HN5]', async () => {
    const { notTaken, say, subscribe } = await desk();
    const channel = await subscribe('a');
    void channel.unsubscribe();
    await say({ topic: 'a', data: 1 });
    expect(notTaken).toEqual(['{"topic":"a","data":1}']);
  });

  it('that comes while the end of its topic waits for a rate limit is passed on [HN5]', async () => {
    class PacedHandler extends DeskHandler {
      override readonly limits = { subscriptionFrames: { count: 1, window: 1_000 } };
    }
    const { notTaken, say, sent, subscribe } = await desk(new PacedHandler());
    const channel = await subscribe('a');
    void channel.unsubscribe();
    await say({ topic: 'a', data: 1 });
    expect([sent.map(({ op }) => op), notTaken]).toEqual([['subscribe'], ['{"topic":"a","data":1}']]);
  });

  it('of a name that is not known is kept with 1 023 others, and no more [HN6]', async () => {
    class NamingHandler extends DeskHandler {
      override readonly serverChoosesTopics = true;
    }
    const { client, clock, notTaken, peer, server } = await desk(new NamingHandler());
    server.onSend = () => {};
    void client.subscribe('a', { timeout: 60_000 });
    await clock.advance(5);
    for (let n = 0; n < 1_025; n++) peer.sendJson({ topic: '7', data: n });
    await clock.advance(5);
    expect(notTaken).toEqual(['{"topic":"7","data":1024}']);
  });

  it('that nobody listens to any more is counted, and neither kept nor passed on [CH15]', async () => {
    const { clock, notTaken, say, subscribe } = await desk();
    const channel = await subscribe('a');
    const heard: unknown[] = [];
    const listener = (data: unknown) => heard.push(data);
    channel.on('message', listener);
    await say({ topic: 'a', data: 1 });
    channel.off('message', listener);
    await say({ topic: 'a', data: 2 });
    channel.on('message', listener);
    await clock.advance(5);
    expect([heard, notTaken, channel.dropped]).toEqual([[1], [], 1]);
  });

  it('without the number of the one before it tells no gap [HN27]', async () => {
    const { say, subscribe } = await desk();
    const channel = await subscribe('a');
    const heard = heardOf(channel);
    const gaps: unknown[] = [];
    channel.on('gap', (gap) => gaps.push(gap));
    await say({ topic: 'a', n: 1, data: 1 });
    await say({ topic: 'a', n: 5, data: 5 });
    expect([heard, gaps]).toEqual([[1, 5], []]);
  });
});

describe('the signal resync', () => {
  it('asks anew for the topics that are held, whatever else it names [HN22]', async () => {
    const { errors, say, sent, subscribe } = await desk();
    await subscribe('a');
    sent.length = 0;
    await say({ resync: ['never-asked-for', 'a'] });
    expect([sent.map(({ op, args }) => [op, args]), errors]).toEqual([
      [
        ['unsubscribe', ['a']],
        ['subscribe', ['a']],
      ],
      [],
    ]);
  });
});
