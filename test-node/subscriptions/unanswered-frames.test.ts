import { getEventListeners } from 'node:events';
import type { Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { asking, ScriptedHandler, scriptedWorld } from '../support/scripted-world.js';
import { connectedWorld, outcome } from '../support/virtual-world.js';

const confirmed = (topic: string) => expect.objectContaining({ topic, live: true });

class SignalHandler extends ScriptedHandler {
  override extractSignal(message: Message) {
    const { revoked, completed } = message.json as { revoked?: string[]; completed?: string[] };
    if (revoked) return { type: 'revoked', topics: revoked, retryable: true } as const;
    return completed && ({ type: 'completed', topics: completed } as const);
  }
}

describe('a planned replacement', () => {
  /** Whether the client has left the connection to the old server. */
  const hasLeft = ({ states }: Awaited<ReturnType<typeof asking>>) => states.includes('reconnecting');

  it('waits for the answer to a subscribe frame [CL50]', async () => {
    const world = await asking('a');
    world.client.reconnect('maintenance', { leaveTimeout: 10_000 });
    await world.clock.advance(5_000);
    expect(hasLeft(world)).toBe(false);
    await world.say(true, 0);
    expect(hasLeft(world)).toBe(true);
  });

  it('waits for no answer to a topic that was given up [CL50]', async () => {
    const world = await asking('a', 'b');
    await world.say({ accepted: ['a'] }, 0);
    world.asked[1]?.controller.abort();
    await world.clock.advance(5);
    world.client.reconnect('maintenance', { leaveTimeout: 10_000 });
    await world.clock.advance(5);
    expect(hasLeft(world)).toBe(true);
  });

  it('waits for no answer where none is due [CL50]', async () => {
    class Unconfirmed extends ScriptedHandler {
      override readonly confirmsSubscriptions = false;
    }
    class Frameless extends ScriptedHandler {
      override buildSubscribe(): never {
        return [] as never;
      }
    }
    for (const handler of [new Unconfirmed(), new Frameless()]) {
      const world = await scriptedWorld(handler);
      const { call } = world.ask('a');
      await world.clock.advance(5);
      expect(await outcome(call)).toEqual(confirmed('a'));
      world.client.reconnect('maintenance', { leaveTimeout: 10_000 });
      await world.clock.advance(5);
      expect(world.states).toContain('reconnecting');
    }
  });

  it('waits for no answer to a frame that has not left [CL50]', async () => {
    class Signing extends ScriptedHandler {
      override prepareFrame(): Promise<never> {
        return new Promise(() => {});
      }
    }
    const world = await scriptedWorld(new Signing());
    world.ask('a');
    await world.clock.advance(5);
    world.client.reconnect('maintenance', { leaveTimeout: 10_000 });
    await world.clock.advance(5);
    expect(world.states).toContain('reconnecting');
  });
});

describe('a topic of several frames', () => {
  it('waits for its own answer, after it was given up in a frame that is answered topic by topic [HN4]', async () => {
    const { ask, asked, clock, say } = await asking('a', 'b');
    asked[0]?.controller.abort();
    await clock.advance(5);
    const { call } = ask('a');
    await clock.advance(5);
    await say({ accepted: ['a'] }, 0);
    expect(await outcome(call)).toBe('open');
    await say(true, 2);
    expect(await outcome(call)).toEqual(confirmed('a'));
  });

  it('waits for its own answer, after it was given up in a frame whose time is over [HN4]', async () => {
    const { ask, asked, clock, say } = await asking('a', 'b');
    asked[0]?.controller.abort();
    await clock.advance(5_000);
    const { call } = ask('a');
    // The time of the first frame is over, and that of the second is not.
    await clock.advance(26_000);
    await say(true, 2);
    expect(await outcome(call)).toEqual(confirmed('a'));
  });

  it('takes the answers that name it, oldest frame first [HN3]', async () => {
    const { ask, asked, clock, say } = await asking('x');
    await say(true, undefined, { names: ['x'] });
    expect(await outcome(asked[0]?.call as Promise<unknown>)).toEqual(confirmed('x'));
    const first = ask('a');
    await clock.advance(5);
    first.controller.abort();
    await clock.advance(5);
    const { call } = ask('a');
    await clock.advance(5);
    await say(true, undefined, { names: ['a'] });
    expect(await outcome(call)).toBe('open');
    await say(true, undefined, { names: ['a'] });
    expect(await outcome(call)).toEqual(confirmed('a'));
  });

  it('is not confirmed by an answer that names it and a topic of an older frame [HN3]', async () => {
    const { ask, asked, clock, results, say } = await asking('b');
    const { call } = ask('a');
    await clock.advance(5);
    await say(true, undefined, { names: ['a', 'b'] });
    expect([await results(), await outcome(call), asked.length]).toEqual([[confirmed('b')], 'open', 1]);
  });
});

describe('a subscribe frame', () => {
  it('has its time once more where the client was paused when it was over [CL23]', async () => {
    const { client, clock, subscribeFrames } = await asking('a');
    client.pause();
    await clock.advance(40_000);
    client.resume();
    await clock.advance(25_000);
    expect(subscribeFrames()).toEqual(['a', 'a']);
  });

  it('that needs no answer may get one, which is not passed on [HN3]', async () => {
    class Unconfirmed extends ScriptedHandler {
      override readonly confirmsSubscriptions = false;
    }
    const { ask, clock, notTaken, say } = await scriptedWorld(new Unconfirmed());
    const { call } = ask('a');
    await clock.advance(5);
    expect(await outcome(call)).toEqual(confirmed('a'));
    await say(true, 0);
    expect(notTaken).toEqual([]);
  });

  it('that gets no answer leaves the next answer to the frame after it, once a later end went unanswered [HN3]', async () => {
    const { ask, asked, clock, say } = await asking('x');
    await say(true);
    for (const topic of ['a', 'b']) {
      const { controller } = ask(topic);
      await clock.advance(5);
      controller.abort();
      await clock.advance(5);
    }
    const { call } = ask('c');
    await clock.advance(5);
    expect(await outcome(asked[0]?.call as Promise<unknown>)).toEqual(confirmed('x'));
    // The first is that of `a`, which came before any end. Then no end was answered, so that there is none for `b`.
    await say(true);
    expect(await outcome(call)).toBe('open');
    await say(true);
    expect(await outcome(call)).toEqual(confirmed('c'));
  });
});

describe('what the server says of a topic while an earlier end of it is unanswered', () => {
  /** Asks for the topic, ends it and asks for it again. The frames are the next three. */
  async function askTwice(world: Awaited<ReturnType<typeof scriptedWorld>>) {
    const first = world.ask('a');
    await world.clock.advance(5);
    first.controller.abort();
    await world.clock.advance(5);
    const second = world.ask('a');
    await world.clock.advance(5);
    return second;
  }

  it('means the earlier subscription until the last of its ends is answered [HN32, S3]', async () => {
    const world = await scriptedWorld(new SignalHandler());
    const { clock, peer, say } = world;
    const second = await askTwice(world);
    second.controller.abort();
    await clock.advance(5);
    const third = world.ask('a');
    await clock.advance(5);
    // The first of the two ends.
    await say(true, 1);
    peer.sendJson({ completed: ['a'] });
    await clock.advance(5);
    await say(true, 4);
    const channel = await outcome(third.call);
    expect(channel).toEqual(confirmed('a'));
    expect(channel).toMatchObject({ closed: false });
  });

  it.each(['completed', 'revoked'])(
    'means the earlier one, too, after the time of the new one was over: %s [HN32, S3]',
    async (word) => {
      class Paced extends SignalHandler {
        override readonly limits = { subscriptionFrames: { count: 3, window: 60_000 } };
      }
      const world = await scriptedWorld(new Paced());
      const { clock, peer, say, subscribeFrames } = world;
      const second = await askTwice(world);
      // Not confirmed in time: its end waits for the rate limit.
      await clock.advance(30_005);
      peer.sendJson({ [word]: ['a'] });
      await clock.advance(5);
      await say(true, 1);
      await clock.advance(34_000);
      expect(subscribeFrames()).toHaveLength(3);
      await say(true, 3);
      await say(true, 4);
      expect(await outcome(second.call)).toEqual(confirmed('a'));
      expect(await second.call).toMatchObject({ closed: false, live: true });
    },
  );

  it('means the topic again once it was confirmed [CH25, S3]', async () => {
    const world = await scriptedWorld(new SignalHandler());
    const { clock, peer, say, subscribeFrames } = world;
    const second = await askTwice(world);
    await say(true, 2);
    expect(await outcome(second.call)).toEqual(confirmed('a'));
    for (const count of [3, 4]) {
      peer.sendJson({ revoked: ['a'] });
      await clock.advance(5_000);
      expect(subscribeFrames()).toHaveLength(count);
    }
  });
});

describe('an update of a name that is not known', () => {
  class NamingHandler extends ScriptedHandler {
    override readonly serverChoosesTopics = true;
  }

  it('is kept only while an answer may bring that name [HN6]', async () => {
    const { ask, clock, notTaken, peer, say } = await scriptedWorld(new NamingHandler());
    const update = (topic: number) => {
      peer.sendJson({ topic, data: topic });
      return clock.advance(5);
    };
    await update(7);
    expect(notTaken).toHaveLength(1);
    const { call } = ask('a');
    await clock.advance(5);
    await update(7);
    await update(8);
    expect(notTaken).toHaveLength(1);
    await say({ accepted: ['a'], aliases: { a: 8 } }, 0);
    expect(await outcome(call)).toEqual(confirmed('a'));
    expect(notTaken.slice(1)).toEqual(['{"topic":7,"data":7}']);
    const heard: unknown[] = [];
    (await call).on('message', (data) => heard.push(data));
    await clock.advance(5);
    expect(heard).toEqual([8]);
  });
});

describe('a topic that was given up before the server named it', () => {
  it('is not asked for again, and not warned of, when its time is over [CH10]', async () => {
    class NamingHandler extends ScriptedHandler {
      override readonly serverChoosesTopics = true;
    }
    const { ask, client, clock, sent } = await scriptedWorld(new NamingHandler());
    const warnings: string[] = [];
    client.on('warning', ({ code }) => warnings.push(code));
    const { controller } = ask('a');
    await clock.advance(5);
    controller.abort();
    await clock.advance(60_000);
    expect([sent.map(({ op }) => op), warnings]).toEqual([['subscribe'], []]);
  });
});

describe('the error of a refused topic', () => {
  it('is temporary if a channel of the topic stays [CH13, ER2]', async () => {
    const { ask, asked, client, clock, peer, say } = await asking('a');
    const warnings: { code: string; error?: { retryable?: boolean } }[] = [];
    client.on('warning', (warning) => warnings.push(warning as never));
    await say(true, 0);
    expect(await outcome(asked[0]?.call as Promise<unknown>)).toEqual(confirmed('a'));
    await peer.close(1012);
    await clock.advance(2_000);
    // One channel was confirmed before, and one was not.
    const { call } = ask('a');
    await clock.advance(5);
    await say(false, 0);
    expect(await outcome(call)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', retryable: true } });
    expect(warnings).toMatchObject([{ code: 'subscription-retried', error: { retryable: true } }]);
  });

  it('is final if the topic has no channel [CH13, ER2]', async () => {
    const { results, say } = await asking('a');
    await say(false, 0);
    expect(await results()).toMatchObject([{ error: { code: 'SUBSCRIPTION_FAILED', retryable: false } }]);
  });
});

describe('the signal of a subscription', () => {
  it('is not listened to any more once the channel has ended [CH7]', async () => {
    const { asked, clock, say } = await asking('a', 'b');
    await say(true, 0);
    const [a, b] = asked;
    if (!a || !b) throw new Error('two calls');
    const listeners = () => [a, b].map(({ controller }) => getEventListeners(controller.signal, 'abort').length);
    expect(listeners()).toEqual([1, 1]);
    void (await a.call).unsubscribe();
    await clock.advance(5);
    expect(listeners()).toEqual([0, 1]);
  });

  it('ends a confirmed channel as aborted [CH7]', async () => {
    const { asked, clock, say } = await asking('a');
    await say(true, 0);
    const ends: unknown[] = [];
    (await asked[0]?.call)?.on('close', (end) => ends.push(end));
    asked[0]?.controller.abort();
    await clock.advance(5);
    expect(ends).toEqual([{ code: 1000, reason: 'aborted' }]);
  });
});

it('reconnect() in the warning of an unconfirmed frame is no defect [C2]', async () => {
  const { client, clock, drop, errors, server } = await connectedWorld({ config: { requestTimeout: 5_000 } });
  for (const topic of ['a', 'b']) void client.subscribe(topic);
  await clock.advance(10);
  server.mute = true;
  await drop();
  client.on('warning', ({ code }) => {
    if (code === 'subscription-unconfirmed') client.reconnect('now', { leaveTimeout: 0 });
  });
  await clock.advance(10_000);
  expect(errors).toEqual([]);
});
