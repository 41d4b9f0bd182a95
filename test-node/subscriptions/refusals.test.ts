import { type Channel, GenericJsonHandler, type Message, type Topic, type Warning } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { outcome, virtualWorld } from '../support/virtual-world.js';

/** The topics of each subscribe frame that the server got on the live connection. */
function asked(world: ReturnType<typeof virtualWorld>): string[] {
  return world.peer.received
    .map((data) => JSON.parse(String(data)) as { op: string; args: string[] })
    .filter(({ op }) => op === 'subscribe')
    .map(({ args }) => args.join(' '));
}

class TemporaryHandler extends GenericJsonHandler {
  override isSubscriptionSuccess(message: Message, topics: readonly Topic[]) {
    const result = super.isSubscriptionSuccess(message, topics);
    return result === false ? { refused: topics, retryable: message.text.includes('busy') } : result;
  }
}

async function subscribed(world: ReturnType<typeof virtualWorld>, topics: readonly string[]) {
  await world.connect();
  const subscribing = world.client.subscribeMany([...topics]);
  await world.clock.advance(100);
  return (await subscribing) as Channel[];
}

describe('a topic that is refused after a reconnect', () => {
  it('keeps its channel, warns, and is asked for again after a growing delay, after all others [CH13, CH25, S6]', async () => {
    const world = virtualWorld();
    const warnings: Warning[] = [];
    world.client.on('warning', (warning) => warnings.push(warning));
    const [channel, good] = await subscribed(world, ['bad', 'good']);
    const errors: string[] = [];
    channel?.on('error', ({ code }) => errors.push(code));
    world.server.refused.set('bad', 'try later');
    world.server.drop();
    await world.clock.advance(1_500);
    // Whole, then in halves, then twice more: after at least 500 and at most 1 000, then 1 000 to 2 000.
    expect(asked(world).slice(0, 3)).toEqual(['bad good', 'bad', 'good']);
    const countAfter = async (duration: number) => {
      await world.clock.advance(duration);
      return asked(world).length;
    };
    expect(await countAfter(60_000)).toBeLessThanOrEqual(11);
    expect(warnings.map(({ code }) => code)).toContain('subscription-retried');
    expect(errors.length).toBe(warnings.length - 2);
    expect([channel?.closed, good?.closed]).toEqual([false, false]);
    // The count is kept over a reconnect, and the topic waits behind the others.
    world.server.drop();
    await world.clock.advance(1_000);
    expect(asked(world)[0]).toBe('good');
    world.server.refused.clear();
    await world.clock.advance(300_000);
    expect(world.server.subscriptions).toEqual(new Set(['bad', 'good']));
  });

  it('lets a new subscribe() wait for the next frame, and its timeout begin with that frame [CH10, CH25]', async () => {
    const world = virtualWorld();
    await subscribed(world, ['a']);
    world.server.refused.set('a', 'try later');
    world.server.drop();
    await world.clock.until(new Promise((resolve) => world.client.once('reconnected', resolve)));
    await world.clock.advance(5);
    expect(asked(world)).toEqual(['a']);
    const subscribing = world.client.subscribe('a', { timeout: 100 });
    await world.clock.advance(250);
    expect(await outcome(subscribing)).toBe('open');
    world.server.refused.clear();
    await world.clock.advance(1_000);
    expect(await outcome(subscribing)).toMatchObject({ topic: 'a', live: true });
  });

  it('ends its channel where the handler says that it is final [CH13, HN4]', async () => {
    const world = virtualWorld({ handler: new TemporaryHandler() });
    const [channel] = await subscribed(world, ['a']);
    const events: string[] = [];
    channel?.on('error', ({ code }) => events.push(code));
    channel?.on('close', () => events.push('close'));
    world.server.refused.set('a', 'delisted');
    world.server.drop();
    await world.clock.advance(2_000);
    expect(events).toEqual(['SUBSCRIPTION_FAILED', 'close']);
  });
});

describe('a first subscribe() that is refused', () => {
  it('is asked for again until its timeout where the handler says that it is temporary [CH25]', async () => {
    const world = virtualWorld({ handler: new TemporaryHandler() });
    await world.connect();
    world.server.refused.set('a', 'busy');
    const [one, two] = [world.client.subscribe('a'), world.client.subscribe('b', { timeout: 5_000 })];
    world.server.refused.set('b', 'busy');
    await world.clock.advance(4_000);
    expect(await outcome(two)).toBe('open');
    // Not split, but asked for again as a whole.
    expect(asked(world).length).toBeGreaterThan(1);
    expect(new Set(asked(world))).toEqual(new Set(['a b']));
    await world.clock.advance(1_100);
    expect(await outcome(two)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', delivery: 'unknown' } });
    world.server.refused.clear();
    await world.clock.advance(10_000);
    expect(await outcome(one)).toMatchObject({ topic: 'a' });
  });
});

describe('the delay of the next try', () => {
  it('lies between the half and the whole of its bound, for each topic by itself [CH25]', async () => {
    let share = 0;
    const world = virtualWorld({ handler: new TemporaryHandler(), random: () => share });
    await world.connect();
    for (const topic of ['a', 'b']) world.server.refused.set(topic, 'busy');
    world.client.subscribe('a').catch(() => {});
    await world.clock.advance(10);
    share = 0.8;
    world.client.subscribe('b').catch(() => {});
    await world.clock.advance(485);
    expect(asked(world)).toEqual(['a', 'b']);
    await world.clock.advance(20);
    expect(asked(world)).toEqual(['a', 'b', 'a']);
    await world.clock.advance(390);
    expect(asked(world)).toHaveLength(3);
    await world.clock.advance(20);
    expect(asked(world)).toEqual(['a', 'b', 'a', 'b']);
  });
});

describe('a topic that spoils its frame', () => {
  it('fails alone when its handler cannot build a frame for it [CH26, S6]', async () => {
    class Handler extends GenericJsonHandler {
      override buildSubscribe(...args: Parameters<GenericJsonHandler['buildSubscribe']>) {
        if (args[0].includes('typo')) throw new Error('no such route');
        return super.buildSubscribe(...args);
      }
    }
    const world = virtualWorld({ handler: new Handler() });
    await world.connect();
    const subscribing = world.client.subscribeMany(['a', 'b', 'typo', 'c'], { partial: true });
    await world.clock.advance(100);
    const { channels, errors } = await subscribing;
    expect(channels.map(({ topic }) => topic)).toEqual(['a', 'b', 'c']);
    expect(errors.get('typo')).toMatchObject({ code: 'SUBSCRIPTION_FAILED', delivery: 'unsent' });
  });

  it('is found in few frames among many, also after it was confirmed before [CH11, S6]', async () => {
    const world = virtualWorld();
    const topics = Array.from({ length: 64 }, (_, number) => `t${number}`);
    const channels = await subscribed(world, topics);
    world.server.refused.set('t21', 'gone');
    world.server.drop();
    await world.clock.advance(1_000);
    expect(world.server.subscriptions.size).toBe(63);
    expect(asked(world).length).toBeLessThan(20);
    expect(channels.every(({ closed }) => !closed)).toBe(true);
  });
});

describe('a topic that makes the server end the connection', () => {
  const killing = (topic: string, world: ReturnType<typeof virtualWorld>) => {
    world.server.onSend = (frame, send, connection) => {
      const { op, args } = frame as { op?: string; args?: string[] };
      if (op === 'subscribe' && args?.includes(topic)) connection.close(1011, 'internal error');
      else send();
    };
  };

  it('is refused alone, and all others are subscribed [CH27, S6]', async () => {
    const world = virtualWorld({ config: { reconnectMinUptime: 1_000, reconnectMaxDelay: 1_000 } });
    await world.connect();
    killing('bad', world);
    const topics = ['a', 'b', 'bad', 'c', 'd'];
    const outcomes = topics.map((topic) => followed(world.client.subscribe(topic)));
    await world.clock.advance(120_000);
    expect(outcomes.map(({ is }) => is)).toEqual(['a', 'b', 'SUBSCRIPTION_FAILED', 'c', 'd']);
    expect(outcomes[2]?.message).toContain('ended the connection');
    expect(world.server.subscriptions).toEqual(new Set(['a', 'b', 'c', 'd']));
    const { epoch } = world.client;
    await world.clock.advance(60_000);
    expect(world.client.epoch).toBe(epoch);
  });

  it('may be another of its frame, even if nobody wants that one any more [CH27, S6]', async () => {
    const world = virtualWorld({ config: { reconnectMinUptime: 1_000, reconnectMaxDelay: 1_000 } });
    await world.connect();
    let killsAlone = 1;
    const leaving = new AbortController();
    world.server.onSend = (frame, send, connection) => {
      const { op, args = [] } = frame as { op?: string; args?: string[] };
      const isAlone = args.join() === 'good' && killsAlone-- > 0;
      if (op !== 'subscribe' || !(isAlone || args.includes('bad'))) return send();
      // The third frame has both, and one of them is withdrawn before the server fails over it.
      if (args.join() === 'good,bad') leaving.abort();
      world.clock.setTimer(() => connection.close(1011, 'internal error'), 10);
    };
    const good = followed(world.client.subscribe('good'));
    const bad = followed(world.client.subscribe('bad', { signal: leaving.signal }));
    const others = ['c', 'd'].map((topic) => followed(world.client.subscribe(topic)));
    await world.clock.advance(120_000);
    expect(killsAlone).toBeLessThan(1);
    expect(leaving.signal.aborted).toBe(true);
    expect([good, bad, ...others].map(({ is }) => is)).toEqual(['good', 'AbortError', 'c', 'd']);
  });

  it('is searched for in halves, each topic twice alone, and none again before the others had their turn [CH27]', async () => {
    const world = virtualWorld({ config: { reconnectMinUptime: 1_000, reconnectMaxDelay: 1_000 } });
    await world.connect();
    const frames: string[] = [];
    world.server.onSend = ({ op, args }: { op?: string; args?: string[] }, send, connection) => {
      if (op !== 'subscribe') return send();
      frames.push(String(args));
      world.clock.setTimer(() => connection.close(1011, 'internal error'), 10);
    };
    const calls = ['a', 'b', 'c', 'd'].map((topic) => followed(world.client.subscribe(topic)));
    await world.clock.advance(120_000);
    expect(frames.join(' | ')).toBe('a,b,c,d | a,b,c,d | a,b | c,d | a | b | c | d | a | b | c | d');
    expect(calls.map(({ is }) => is)).toEqual(Array(4).fill('SUBSCRIPTION_FAILED'));
  });

  it('is asked for only when all others are confirmed [CH27]', async () => {
    const world = virtualWorld({ config: { reconnectMinUptime: 1_000, reconnectMaxDelay: 1_000 } });
    await world.connect();
    let answer = () => {};
    world.server.onSend = ({ op, args = [] }: { op?: string; args?: string[] }, send, connection) => {
      if (op === 'subscribe' && args.includes('slow')) answer = send;
      else if (op === 'subscribe' && world.client.epoch < 3) connection.close(1011, 'internal error');
      else send();
    };
    const suspect = followed(world.client.subscribe('a'));
    await world.clock.until(
      new Promise<void>((resolve) => world.client.on('ready', (epoch) => epoch === 3 && resolve())),
    );
    const slow = followed(world.client.subscribe('slow'));
    await world.clock.advance(5_000);
    expect([suspect.is, slow.is, asked(world)]).toEqual(['open', 'open', ['slow']]);
    answer();
    await world.clock.advance(10);
    expect([suspect.is, slow.is, asked(world)]).toEqual(['a', 'slow', ['slow', 'a']]);
  });

  it.each(['batch', 'topic-only'] as const)(
    'is never refused while the server confirms it, if only late (%s) [CH27, S4]',
    async (acknowledge) => {
      const config = { requestTimeout: 1_000, reconnectMinUptime: 1_000, reconnectMaxDelay: 1_000 };
      const world = virtualWorld({ config, server: { acknowledge } });
      await world.connect();
      let isDead = false;
      world.server.onConnection = () => {
        isDead = false;
      };
      let frames = 0;
      world.server.onSend = ({ op }: { op?: string }, send, connection) => {
        if (op !== 'subscribe' || isDead) return;
        isDead = true;
        const dies = () => connection.close(1011, 'internal error');
        if (++frames < 3) return dies();
        world.clock.setTimer(send, 1_500);
        world.clock.setTimer(dies, 1_600);
      };
      const suspect = followed(world.client.subscribe('a', { timeout: Infinity }));
      await world.clock.advance(60_000);
      expect(frames).toBeGreaterThan(5);
      expect(suspect.is).toBe('open');
    },
  );

  it('is none of which the server has spoken, if only to end it [CH27, S4]', async () => {
    class RevocableHandler extends GenericJsonHandler {
      override extractSignal(message: Message) {
        if (message.field('op') !== 'revoked') return undefined;
        return { type: 'revoked', topics: ['a'], retryable: true } as const;
      }
    }
    const world = virtualWorld({ handler: new RevocableHandler() });
    await world.connect();
    world.server.onSend = () => {};
    const asked = () => world.sent.filter(({ op }) => op === 'subscribe').length;
    void followed(world.client.subscribe('a', { timeout: 60_000 }));
    await world.clock.advance(10);
    await world.drop();
    await world.clock.advance(2_000);
    world.peer.sendJson({ op: 'revoked' });
    await world.clock.advance(5_000);
    expect(asked()).toBe(3);
    // Unanswered for the second time, but not in a row.
    await world.drop();
    world.sent.length = 0;
    await world.clock.advance(2_000);
    expect(asked()).toBe(1);
  });

  it('is none that the server refused too late, together with others [CH27, S4]', async () => {
    const world = virtualWorld({ config: { requestTimeout: 1_000, reconnectMinUptime: 1_000 } });
    await world.connect();
    world.server.onSend = () => {};
    for (const topic of ['a', 'b']) void followed(world.client.subscribe(topic, { timeout: 60_000 }));
    await world.clock.advance(10);
    await world.drop();
    world.sent.length = 0;
    await world.clock.advance(2_500);
    const [first, ...later] = world.sent.filter(({ op }) => op === 'subscribe');
    expect(later.length).toBeGreaterThan(0);
    world.peer.sendJson({ op: 'subscribe', req_id: first?.req_id, success: false, error: 'no' });
    await world.clock.advance(10);
    // Unanswered for the second time in a row, but for that late word.
    await world.drop();
    await world.clock.until(new Promise((resolve) => world.client.once('reconnected', resolve)));
    await world.clock.advance(5);
    expect(asked(world)).toEqual(['a b']);
  });

  it('is not seen in a server that ends every connection at once [CH27, S4]', async () => {
    const world = virtualWorld();
    let isDown = true;
    world.server.mute = true;
    world.server.onConnection = (connection) => {
      if (isDown) world.clock.setTimer(() => connection.close(1012), 50);
    };
    void world.client.connect();
    const outcomes = ['a', 'b', 'c'].map((topic) => followed(world.client.subscribe(topic)));
    await world.clock.advance(600_000);
    expect(outcomes.map(({ is }) => is)).toEqual(['open', 'open', 'open']);
    isDown = world.server.mute = false;
    await world.clock.advance(60_000);
    expect(outcomes.map(({ is }) => is)).toEqual(['a', 'b', 'c']);
  });
});

/** What a call came to, as it stands. */
function followed(subscribing: Promise<Channel>): { is: string; message: string } {
  const result = { is: 'open', message: '' };
  subscribing.then(
    ({ topic }) => {
      result.is = topic;
    },
    ({ code, name, message }: { code?: string | number; name: string; message: string }) =>
      Object.assign(result, { is: typeof code === 'string' ? code : name, message }),
  );
  return result;
}
