import type { Channel, Message, SubscriptionContext, SubscriptionOutcome, Topic } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { GenericJsonHandler } from '../../src/handlers/generic-json.js';
import type { Frames } from '../../src/protocol/handler-types.js';
import { LoginHandler } from '../support/login-handler.js';
import { newWorld, operations, outcome } from '../support/simulated-world.js';

describe('the whole client in virtual time', () => {
  it('connects, asks, subscribes, and leaves nothing behind [C8]', async () => {
    const world = newWorld();
    await world.connect();
    const answer = world.client.request({ op: 'order', qty: 1 });
    const subscribing = world.client.subscribe('trades');
    await world.clock.advance(10);
    expect(await answer).toEqual({ op: 'order', qty: 1 });
    const channel = await subscribing;
    const heard: unknown[] = [];
    channel.on('message', (data) => heard.push(data));
    for (let n = 1; n <= 3; n++) world.server.publish('trades', n);
    await world.clock.advance(10);
    expect(heard).toEqual([1, 2, 3]);
    await world.close();
    expect(world.clock.pendingTimers).toBe(0);
    expect(world.network.sockets).toBe(0);
    expect(world.runtime.lifecycleListeners).toBe(0);
    expect(world.errors).toEqual([]);
  });

  it('the same seed gives the same trace [C10]', async () => {
    const run = async (seed: number): Promise<string> => {
      const world = newWorld({ network: { seed, latency: [1, 50] } });
      const trace: unknown[] = [];
      world.client.trace((entry) => trace.push(entry));
      void world.client.connect();
      void world.client.subscribeMany(['a', 'b']);
      await world.clock.advance(500);
      for (let round = 0; round < 5; round++) {
        void world.client.request({ round });
        world.server.drop();
        await world.clock.advance(3_000);
      }
      await world.close();
      return JSON.stringify(trace);
    };
    expect(await run(1)).toBe(await run(1));
    expect(await run(1)).not.toBe(await run(2));
  });

  it('drops a socket that told an error and never its close [C1]', async () => {
    const world = newWorld();
    world.network.reports.closes = 0;
    await world.connect();
    const first = world.peer;
    first.reset();
    await world.clock.advance(5_000);
    expect(world.client.state).toBe('ready');
    expect(world.network.sockets).toBe(1);
  });

  it('drops a socket that told an error while its connection still stands [C1]', async () => {
    const world = newWorld();
    const { openSocket } = world.runtime;
    let fail: () => void = () => {};
    Object.assign(world.runtime, {
      openSocket: ((request, events) => {
        fail = () => events.onError({ cause: new Error('platform bug') });
        return openSocket(request, events);
      }) satisfies typeof openSocket,
    });
    await world.connect();
    fail();
    await world.clock.advance(5_000);
    expect(world.client.state).toBe('ready');
    expect(world.client.epoch).toBe(2);
    expect(world.network.connections).toHaveLength(1);
    expect(world.network.sockets).toBe(1);
  });

  it('survives closes that come late and twice [C1]', async () => {
    const world = newWorld();
    Object.assign(world.network.reports, { closes: 2, closeDelay: 3_000 });
    await world.connect();
    for (let round = 0; round < 3; round++) {
      world.server.drop();
      await world.clock.advance(20_000);
    }
    expect(world.client.state).toBe('ready');
    expect(world.network.connections).toHaveLength(1);
    expect(world.errors).toEqual([]);
  });

  it('notices a half-open link within pingInterval + pongTimeout [F2, C6]', async () => {
    for (const direction of ['to-client', 'to-server', 'both'] as const) {
      const world = newWorld();
      await world.connect();
      await world.clock.advance(12_345);
      world.peer.blackHole(direction);
      await world.clock.advance(40_000);
      expect(world.states, direction).toContain('reconnecting');
      await world.clock.advance(10_000);
      expect(world.client.state).toBe('ready');
    }
  });

  it('a pause during a reconnect does not keep the client from logging in [CL23]', async () => {
    const world = newWorld({ server: { key: 'secret' }, handler: new LoginHandler() });
    await world.connect();
    world.client.pause();
    world.client.reconnect();
    await world.clock.advance(120_000);
    expect(world.client.state).toBe('ready');
    expect(world.network.attempts).toHaveLength(2);
  });

  it('no cancel of an aborted request leaves before ready [C3, HN12]', async () => {
    class Handler extends LoginHandler {
      override buildCancel(): string {
        return '{"op":"cancel"}';
      }
    }
    const world = newWorld({ server: { key: 'secret' }, handler: new Handler() });
    await world.connect();
    world.server.mute = true;
    const controller = new AbortController();
    const call = world.client.request({ op: 'slow' }, { retry: 'idempotent', signal: controller.signal });
    await world.clock.advance(10);
    world.server.drop();
    for (let count = 0; world.client.state !== 'authenticating' && count < 10_000; count++)
      await world.clock.advance(1);
    expect(world.client.state).toBe('authenticating');
    controller.abort();
    await world.clock.advance(5);
    expect(await outcome(call)).toMatchObject({ error: { name: 'AbortError' } });
    expect(operations(world.peer.received)).toEqual([{ op: 'auth', key: 'secret' }]);
  });

  it('a wake does not make a refused login an attempt that hung, where its close is late [C7]', async () => {
    const world = newWorld({ config: { authMaxAttempts: 1 }, network: { latency: 50 } });
    world.network.reports.closes = 0;
    world.network.admission = { status: 401 };
    const connected = world.client.connect();
    connected.catch(() => {});
    await world.clock.advance(1_050);
    expect(world.client.state).toBe('connecting');
    world.runtime.wake();
    await world.clock.advance(100);
    expect(world.client.state).toBe('closed');
    expect(await outcome(connected)).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED' } });
  });

  it('reconnect() does not hide that a login was refused, where its close is late [C7]', async () => {
    const world = newWorld({ config: { authMaxAttempts: 1 }, network: { latency: 50 } });
    world.network.reports.closes = 0;
    world.network.admission = { status: 401 };
    const connected = world.client.connect();
    connected.catch(() => {});
    await world.clock.advance(500);
    expect(world.client.state).toBe('connecting');
    world.client.reconnect();
    await world.clock.advance(1_000);
    expect(world.client.state).toBe('closed');
    expect(await outcome(connected)).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED' } });
  });

  it('asking twice inside one listener is no defect [C2]', async () => {
    const world = newWorld();
    const controller = new AbortController();
    let isFirst = true;
    world.client.on('stateChange', (state) => {
      if (state === 'disconnected' && isFirst) {
        isFirst = false;
        void world.client.connect();
        void world.client.connect();
      }
      if (state === 'ready') {
        void world.client.close();
        void world.client.close();
        world.client.reconnect();
      }
    });
    void world.client.connect({ signal: controller.signal });
    controller.abort();
    await world.clock.advance(5_000);
    expect(world.errors).toEqual([]);
    expect(world.client.state).toBe('closed');
  });
});

describe('subscriptions on the wire', () => {
  it('unsubscribe() resolves also when the topic is wanted again in the same tick [CH5, S2]', async () => {
    const world = newWorld();
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

  it('a topic that comes back with other params in the same tick is asked for with those [S3]', async () => {
    const world = newWorld();
    await world.connect();
    const subscribing = world.client.subscribe('book', { params: { depth: 1 } });
    await world.clock.advance(10);
    void (await subscribing).unsubscribe();
    const again = world.client.subscribe('book', { params: { depth: 50 } });
    await world.clock.advance(10);
    await again;
    expect(operations(world.peer.received).at(-1)).toEqual({ op: 'subscribe', args: [{ depth: 50, topic: 'book' }] });
  });

  it('a topic that takes its own place again is not one too many [HN25]', async () => {
    class Handler extends GenericJsonHandler {
      override limits = { topicsPerConnection: 1 };
    }
    const world = newWorld({ handler: new Handler() });
    await world.connect();
    const subscribing = world.client.subscribe('a');
    await world.clock.advance(10);
    void (await subscribing).unsubscribe();
    const again = world.client.subscribe('a');
    await world.clock.advance(10);
    expect(await outcome(again)).toMatchObject({ topic: 'a' });
  });

  it('a topic that is revoked before it was confirmed leaves no frame open [HN4]', async () => {
    class Handler extends GenericJsonHandler {
      override extractSignal(message: Message) {
        return message.field('op') === 'revoke'
          ? ({ type: 'revoked', topics: ['a'], retryable: true } as const)
          : undefined;
      }
    }
    const world = newWorld({ handler: new Handler() });
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

  describe('a subscription that takes the place of one that was just given up', () => {
    class RevocableHandler extends GenericJsonHandler {
      override extractSignal(message: Message) {
        if (message.field('op') !== 'revoked') return undefined;
        return { type: 'revoked', topics: (message.json as { args: string[] }).args } as const;
      }
    }

    /** Asks for a topic and gives it up before the server has read of it. */
    const ask = async (world: ReturnType<typeof newWorld>, topic: string) => {
      const controller = new AbortController();
      world.client.subscribe(topic, { signal: controller.signal }).catch(() => {});
      await world.clock.advance(1);
      controller.abort();
      await world.clock.advance(1);
    };

    it('is not confirmed by the acknowledgement of the older one [HN3, S3, S6]', async () => {
      const world = newWorld({ server: { acknowledge: 'topic-only' }, network: { latency: 10 } });
      await world.connect();
      await ask(world, 'a');
      const [again, other] = [world.client.subscribe('a'), world.client.subscribe('b')];
      await world.clock.advance(9);
      world.server.refused.set('a', 'no longer');
      await world.clock.advance(100);
      expect(await outcome(again)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
      expect(await outcome(other)).toMatchObject({ topic: 'b' });
      expect(world.server.subscriptions).toEqual(new Set(['b']));
    });

    it('is confirmed by its own where the server spares itself that of the older one [HN3]', async () => {
      const world = newWorld({ server: { acknowledge: 'topic-only' }, network: { latency: 10 } });
      await world.connect();
      let count = 0;
      world.server.onSend = ({ op }, send) => {
        if (op !== 'subscribe' || ++count > 1) send();
      };
      await ask(world, 'a');
      const again = world.client.subscribe('a');
      await world.clock.advance(30);
      expect(await outcome(again)).toMatchObject({ topic: 'a' });
    });

    it('what was not confirmed is not asked for again while the answer may wait to be read [CL23, S2, S3]', async () => {
      const world = newWorld({ config: { requestTimeout: 1_000 }, server: { acknowledge: 'topic-only' } });
      await world.connect();
      world.client.pause();
      const subscribing = world.client.subscribe('a', { timeout: 60_000 });
      await world.clock.advance(10_000);
      expect(operations(world.peer.received)).toEqual([{ op: 'subscribe', args: ['a'] }]);
      world.client.resume();
      await world.clock.advance(10);
      expect(await outcome(subscribing)).toMatchObject({ topic: 'a' });
      // Where none had come it is asked for again afterwards.
      world.server.mute = true;
      world.client.pause();
      void world.client.subscribe('b', { timeout: 60_000 });
      await world.clock.advance(5_000);
      world.client.resume();
      world.server.mute = false;
      await world.clock.advance(1_100);
      expect(world.server.subscriptions).toEqual(new Set(['a', 'b']));
    });

    it('nor is one of another topic, where acknowledgements go by order [HN3, S3]', async () => {
      const world = newWorld({ server: { acknowledge: 'order' }, network: { latency: 10 } });
      world.server.refused.set('b', 'no such topic');
      await world.connect();
      await ask(world, 'a');
      const other = world.client.subscribe('b');
      await world.clock.advance(100);
      expect(await outcome(other)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
    });

    it('is not ended by a revocation that the server sent before it had seen the newer frame [HN4, S3]', async () => {
      const world = newWorld({ handler: new RevocableHandler(), network: { latency: 10 } });
      await world.connect();
      const subscribing = world.client.subscribe('a');
      await world.clock.advance(30);
      void (await subscribing).unsubscribe();
      await world.clock.advance(1);
      const again = world.client.subscribe('a');
      world.server.revoke('a');
      await world.clock.advance(100);
      expect(await outcome(again)).toMatchObject({ topic: 'a', closed: false });
      expect(world.server.subscriptions).toEqual(new Set(['a']));
      // Nor what takes its place at once, with other params.
      void (await again).unsubscribe();
      const last = world.client.subscribe('a', { params: { depth: 5 } });
      world.peer.sendJson({ op: 'revoked', args: ['a'] });
      await world.clock.advance(100);
      expect(await outcome(last)).toMatchObject({ topic: 'a', closed: false });
    });

    it('nor while the newer frame waits for a rate limit [HN4, S3]', async () => {
      class Handler extends RevocableHandler {
        override limits = { frames: { count: 2, window: 1_000 } };
      }
      const world = newWorld({ handler: new Handler(), network: { latency: 10 } });
      await world.connect();
      const subscribing = world.client.subscribe('a');
      await world.clock.advance(30);
      void (await subscribing).unsubscribe();
      await world.clock.advance(1);
      const again = world.client.subscribe('a');
      world.server.revoke('a');
      await world.clock.advance(2_000);
      expect(await outcome(again)).toMatchObject({ topic: 'a', closed: false });
      expect(world.server.subscriptions).toEqual(new Set(['a']));
    });

    it('is ended by a revocation that comes after the answer to the older one’s end [HN4]', async () => {
      const world = newWorld({ handler: new RevocableHandler(), network: { latency: 10 } });
      await world.connect();
      await ask(world, 'a');
      world.server.onSend = ({ op }, send) => {
        if (op !== 'subscribe') send();
      };
      const again = world.client.subscribe('a');
      await world.clock.advance(30);
      world.server.revoke('a');
      await world.clock.advance(30);
      expect(await outcome(again)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
    });

    it('the server owes answers to a few hundred of those at most [C9, S3]', async () => {
      const world = newWorld({ config: { requestTimeout: Infinity } });
      await world.connect();
      world.server.onSend = ({ op }, send) => {
        if (op !== 'subscribe') send();
      };
      for (let count = 0; count < 300; count++) await ask(world, `t${count}`);
      const ids = world.peer.received
        .map((data) => JSON.parse(String(data)) as { op: string; req_id: string })
        .filter(({ op }) => op === 'subscribe')
        .map(({ req_id }) => req_id);
      const isFree = async (requestId: string) =>
        (await outcome(world.client.requestRaw('{}', { requestId, timeout: 1 }))) === 'open';
      expect(await Promise.all([ids[0], ids[299]].map((id) => isFree(String(id))))).toEqual([true, false]);
    });
  });

  it('a key function that throws harms no other channel of the topic [S6]', async () => {
    const world = newWorld();
    await world.connect();
    const key = (): string => {
      throw new Error('no key');
    };
    const subscribing = [world.client.subscribe('a', { overflow: 'latest', key }), world.client.subscribe('a')];
    await world.clock.advance(10);
    const [bad, good] = (await Promise.all(subscribing)) as [Channel, Channel];
    const heard: unknown[] = [];
    bad.on('message', () => {});
    good.on('message', (data) => heard.push(data));
    world.server.publish('a', 1);
    await world.clock.advance(50);
    expect(heard).toEqual([1]);
  });

  it('the code behind every kind of await runs before the next frame is handed out [DL10]', async () => {
    const waits: Record<string, (world: ReturnType<typeof newWorld>) => Promise<unknown>> = {
      request: ({ client }) => client.request({ op: 'x' }),
      requestRaw: ({ client }) => client.requestRaw('{"req_id":"r1"}'),
      subscribe: ({ client }) => client.subscribe('a'),
      subscribeMany: ({ client }) => client.subscribeMany(['a']),
      'subscribeMany, partial': ({ client }) => client.subscribeMany(['a'], { partial: true }),
      authenticate: ({ client }) => client.authenticate(),
    };
    for (const [name, wait] of Object.entries(waits)) {
      const world = newWorld({ server: { key: 'secret' }, handler: new LoginHandler() });
      await world.connect();
      const order: string[] = [];
      world.client.on('message', (message) => order.push(message.text));
      const { peer } = world;
      const answer = peer.onMessage;
      peer.onMessage = (data) => {
        answer(data);
        peer.send('next frame');
      };
      const waiting = (async () => {
        await wait(world);
        order.push('code');
      })();
      await world.clock.advance(10);
      await waiting;
      expect(order, name).toEqual(['code', 'next frame']);
    }
  });

  it.each(['batch', 'topic', 'topic-only', 'list', 'none'] as const)(
    'acknowledgements by %s, over drops in the middle of resubscribing [HN2, HN3, S3, S4]',
    async (acknowledge) => {
      class Handler extends GenericJsonHandler {
        override confirmsSubscriptions = acknowledge !== 'none';
        override limits = { topicsPerFrame: 3 };
      }
      const world = newWorld({ server: { acknowledge }, handler: new Handler(), network: { latency: 20 } });
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

  it('partial, whole and benign refusals [HN4, S6]', async () => {
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
      const world = newWorld({ server: { refuse, benign: true }, handler: new Handler() });
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

describe('calls', () => {
  it('a hello, the login, the first subscription, then calls [DL7, C3]', async () => {
    class Handler extends LoginHandler {
      override onConnect(): Frames {
        return '{"op":"hello"}';
      }
    }
    const world = newWorld({ server: { key: 'secret' }, handler: new Handler() });
    const call = world.client.request({ op: 'order' });
    const subscribing = world.client.subscribe('a');
    await world.connect();
    await world.clock.advance(10);
    await Promise.all([call, subscribing]);
    expect((operations(world.peer.received) as { op: string }[]).map(({ op }) => op)).toEqual([
      'hello',
      'auth',
      'subscribe',
      'order',
    ]);
  });
});
