import { type Frame, type FrameInfo, GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { operations, outcome, virtualWorld } from '../support/virtual-world.js';

describe('a subscription of a topic that was just given up', () => {
  class RevocableHandler extends GenericJsonHandler {
    override extractSignal(message: Message) {
      if (message.field('op') !== 'revoked') return undefined;
      return { type: 'revoked', topics: (message.json as { args: string[] }).args } as const;
    }
  }

  /** Asks for a topic and gives it up before the server has read of it. */
  const ask = async (world: ReturnType<typeof virtualWorld>, topic: string) => {
    const controller = new AbortController();
    world.client.subscribe(topic, { signal: controller.signal }).catch(() => {});
    await world.clock.advance(1);
    controller.abort();
    await world.clock.advance(1);
  };

  it('is not confirmed by the acknowledgement of the older frame [HN3, S3, S6]', async () => {
    const world = virtualWorld({ server: { acknowledge: 'topic-only' }, network: { latency: 10 } });
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

  it('is confirmed by its own acknowledgement when the older frame gets none [HN3]', async () => {
    const world = virtualWorld({ server: { acknowledge: 'topic-only' }, network: { latency: 10 } });
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

  it('is not sent again while its answer may wait in a paused socket [CL23, S2, S3]', async () => {
    const world = virtualWorld({ config: { requestTimeout: 1_000 }, server: { acknowledge: 'topic-only' } });
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

  it('does not let the late acknowledgement confirm another topic when acknowledgements go by order [HN3, S3]', async () => {
    const world = virtualWorld({ server: { acknowledge: 'order' }, network: { latency: 10 } });
    world.server.refused.set('b', 'no such topic');
    await world.connect();
    await ask(world, 'a');
    const other = world.client.subscribe('b');
    await world.clock.advance(100);
    expect(await outcome(other)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
  });

  it('does not let an acknowledgement that came too late confirm another topic when acknowledgements go by order [HN3, S3]', async () => {
    const config = { requestTimeout: 100 };
    const world = virtualWorld({ config, server: { acknowledge: 'order' }, network: { latency: 10 } });
    world.server.refused.set('b', 'no such topic');
    await world.connect();
    let count = 0;
    world.server.onSend = ({ op }, send) => {
      if (op === 'subscribe' && ++count === 1) world.clock.setArrival(send, 95);
      else send();
    };
    const late = world.client.subscribe('a');
    await world.clock.advance(102);
    expect(await outcome(late)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
    const other = world.client.subscribe('b');
    await world.clock.advance(90);
    expect(await outcome(other)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', retryable: false } });
  });

  it('is confirmed at last where the server lost an acknowledgement and answers no end [HN3, S3]', async () => {
    const config = { requestTimeout: 100 };
    const world = virtualWorld({ config, server: { acknowledge: 'order' }, network: { latency: 10 } });
    await world.connect();
    let count = 0;
    world.server.onSend = ({ op }, send) => {
      if (op === 'subscribe' && ++count > 1) send();
    };
    const subscribing = world.client.subscribe('a', { timeout: 10_000 });
    await world.clock.advance(400);
    expect(await outcome(subscribing)).toMatchObject({ topic: 'a' });
  });

  it('is not confirmed by a late answer while its own frame is being prepared [HN3, S3]', async () => {
    let sign = () => {};
    let count = 0;
    class Handler extends GenericJsonHandler {
      override prepareFrame(frame: Frame, { kind }: FrameInfo): Frame | Promise<Frame> {
        if (kind !== 'subscribe' || ++count === 1) return frame;
        return new Promise((resolve) => {
          sign = () => resolve(frame);
        });
      }
    }
    const options = { config: { requestTimeout: 100 }, handler: new Handler(), network: { latency: 10 } };
    const world = virtualWorld({ ...options, server: { acknowledge: 'order' } });
    await world.connect();
    let late = () => {};
    world.server.onSend = ({ op }, send) => {
      if (op === 'subscribe') late = send;
      else send();
    };
    const subscribing = world.client.subscribe('a', { timeout: 10_000 });
    await world.clock.advance(130);
    expect(world.sent.map(({ op }) => op)).toEqual(['subscribe', 'unsubscribe']);
    world.server.onSend = (_frame, send) => send();
    late();
    await world.clock.advance(30);
    expect(await outcome(subscribing)).toBe('open');
    sign();
    await world.clock.advance(30);
    expect(await outcome(subscribing)).toMatchObject({ topic: 'a' });
    expect(world.server.subscriptions).toEqual(new Set(['a']));
  });

  it('gets its own answer where a link stood still for longer than the timeout [HN3, S3]', async () => {
    const config = { requestTimeout: 100 };
    const world = virtualWorld({ config, server: { acknowledge: 'topic-only' }, network: { latency: 10 } });
    await world.connect();
    const ended = world.client.subscribe('e');
    await world.clock.advance(30);
    const held: (() => void)[] = [];
    world.server.onSend = (_frame, send) => void held.push(send);
    void (await ended).unsubscribe();
    for (let tries = 0; tries < 3; tries++) {
      const early = world.client.subscribe('a');
      await world.clock.advance(150);
      expect(await outcome(early)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
    }
    world.server.refused.set('a', 'no longer');
    const late = world.client.subscribe('a');
    await world.clock.advance(30);
    for (const send of held) send();
    await world.clock.advance(30);
    expect(await outcome(late)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', retryable: false } });
  });

  it('is not ended by a revocation that was sent before the newer frame arrived [HN4, S3]', async () => {
    const world = virtualWorld({ handler: new RevocableHandler(), network: { latency: 10 } });
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

  it('is not ended by such a revocation while the newer frame waits for a rate limit [HN4, S3]', async () => {
    class Handler extends RevocableHandler {
      override limits = { frames: { count: 2, window: 1_000, margin: 0 } };
    }
    const world = virtualWorld({ handler: new Handler(), network: { latency: 10 } });
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

  it('is ended by a revocation after the answer to the unsubscribe frame [HN4]', async () => {
    const world = virtualWorld({ handler: new RevocableHandler(), network: { latency: 10 } });
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

  it('remembers at most a few hundred unanswered frames [C9, S3]', async () => {
    const world = virtualWorld({ config: { requestTimeout: Infinity } });
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
