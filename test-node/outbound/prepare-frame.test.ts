import { type Frame, type FrameInfo, GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { connectedWorld, outcome, virtualWorld } from '../support/virtual-world.js';

/** Adds a signature to each frame. A test decides when a signature is done. */
class SigningHandler extends GenericJsonHandler {
  readonly asked: FrameInfo[] = [];
  readonly waiting: (() => void)[] = [];
  isAsynchronous = false;
  override prepareFrame(frame: Frame, info: FrameInfo): Frame | Promise<Frame> {
    this.asked.push(info);
    const signed = JSON.stringify({ ...JSON.parse(String(frame)), signed: this.asked.length });
    return this.isAsynchronous ? new Promise((resolve) => this.waiting.push(() => resolve(signed))) : signed;
  }
  override buildPing() {
    return '{"op":"ping"}';
  }
  override buildAuthMessage() {
    return '{"op":"auth"}';
  }
  override isAuthSuccess(message: Message) {
    return message.field('op') === 'auth';
  }
  override buildCancel(requestId: string | number) {
    return JSON.stringify({ op: 'cancel', id: requestId });
  }
}

async function signingWorld() {
  const handler = new SigningHandler();
  const world = virtualWorld({
    handler,
    config: { useWebsocketPing: false, authOnConnect: false },
  });
  await world.connect();
  return { ...world, handler };
}

describe('prepareFrame', () => {
  it('is asked for each kind of frame, and told what the frame is for [HN43]', async () => {
    const { client, clock, handler, sent } = await signingWorld();
    const abort = new AbortController();
    const request = client.request({ op: 'order' }, { signal: abort.signal });
    void outcome(request);
    await client.sendJson({ op: 'note' });
    abort.abort();
    const subscribing = client.subscribe('a');
    await clock.advance(10);
    const channel = await subscribing;
    const ended = channel.unsubscribe();
    await clock.advance(10);
    await ended;
    expect(handler.asked).toStrictEqual([
      { kind: 'request', requestId: request.requestId },
      { kind: 'send' },
      { kind: 'cancel', requestId: request.requestId },
      { kind: 'subscribe', requestId: expect.any(String), topics: ['a'] },
      { kind: 'unsubscribe', requestId: expect.any(String), topics: ['a'] },
    ]);
    expect(sent.every(({ signed }) => typeof signed === 'number')).toBe(true);
  });

  it('is not asked for pings, login frames and requestRaw() [HN43]', async () => {
    const { client, clock, handler, sent } = await signingWorld();
    void outcome(client.authenticate());
    void outcome(client.requestRaw('{"op":"raw","req_id":"own"}', { timeout: 10 }));
    await clock.advance(31_000);
    expect(sent.map(({ op }) => op)).toEqual(expect.arrayContaining(['auth', 'raw', 'ping']));
    expect(handler.asked).toEqual([]);
  });

  it('keeps subscription frames in order, and lets calls go on meanwhile [HN44]', async () => {
    const { client, clock, handler, sent } = await signingWorld();
    handler.isAsynchronous = true;
    const first = client.subscribe('a');
    await clock.advance(10);
    const second = client.subscribe('b');
    const request = client.request({ op: 'order' });
    await clock.advance(10);
    expect(handler.asked.map(({ kind }) => kind)).toEqual(['subscribe', 'request']);
    handler.waiting[1]?.();
    await clock.advance(10);
    await request;
    expect(sent.map(({ op }) => op)).toEqual(['order']);
    handler.waiting[0]?.();
    await clock.advance(10);
    expect(await first).toMatchObject({ topic: 'a' });
    handler.waiting[2]?.();
    await clock.advance(10);
    expect(await second).toMatchObject({ topic: 'b' });
    expect(sent.map(({ op, args }) => args ?? op)).toEqual(['order', ['a'], ['b']]);
  });

  it('lets subscriptions go on while a call is prepared [HN44]', async () => {
    const { client, clock, handler } = await signingWorld();
    handler.isAsynchronous = true;
    void outcome(client.request({ op: 'order' }));
    const subscribing = client.subscribe('a');
    await clock.advance(10);
    handler.waiting[1]?.();
    await clock.advance(10);
    expect(await subscribing).toMatchObject({ topic: 'a' });
  });

  it('that fails costs the topic that it fails for, and no other [HN45]', async () => {
    class PickyHandler extends GenericJsonHandler {
      override prepareFrame(frame: Frame, { topics = [] }: FrameInfo) {
        if (topics.includes('bad')) throw new Error('no signature');
        return frame;
      }
    }
    const world = await connectedWorld({ handler: new PickyHandler() });
    const calls = ['a', 'bad', 'b'].map((topic) => world.client.subscribe(topic));
    await world.clock.advance(100);
    const [a, bad, b] = await Promise.all(calls.map(outcome));
    expect([a, b]).toMatchObject([{ topic: 'a' }, { topic: 'b' }]);
    expect(bad).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', delivery: 'unsent' } });
    expect(String((bad as { error: Error }).error.message)).toContain('no signature');
    expect(world.server.subscriptions).toEqual(new Set(['a', 'b']));
  });

  it('that fails for an unsubscribe frame is told as an error [HN45]', async () => {
    const { client, clock, handler, errors } = await signingWorld();
    const subscribing = client.subscribe('a');
    await clock.advance(10);
    const channel = await subscribing;
    handler.prepareFrame = () => {
      throw new Error('no signature');
    };
    const ended = channel.unsubscribe();
    await clock.advance(10);
    await ended;
    expect(errors).toMatchObject([{ code: 'PROTOCOL_ERROR' }]);
  });

  it('that closes the client lets nothing leave any more [HN45]', async () => {
    const { client, clock, handler, sent } = await signingWorld();
    handler.prepareFrame = (frame) => {
      void client.close();
      return frame;
    };
    const subscribing = outcome(client.subscribe('a'));
    await clock.advance(2_000);
    expect(await subscribing).toMatchObject({ error: { code: 'CONNECTION_CLOSED' } });
    expect(sent).toEqual([]);
  });

  it('is asked afresh for the next connection [HN45]', async () => {
    const { client, clock, handler, sent, drop } = await signingWorld();
    handler.isAsynchronous = true;
    const subscribing = client.subscribe('a');
    await clock.advance(10);
    await drop();
    await clock.advance(1_000);
    handler.waiting[0]?.();
    await clock.advance(10);
    expect(sent).toEqual([]);
    handler.waiting[1]?.();
    await clock.advance(10);
    expect(await subscribing).toMatchObject({ topic: 'a' });
    expect(sent).toMatchObject([{ op: 'subscribe', signed: 2 }]);
  });

  it('that takes its time lets no topic leave that was given up meanwhile, and keeps the others [HN45]', async () => {
    const { client, clock, handler, sent } = await signingWorld();
    handler.isAsynchronous = true;
    const late = client.subscribe('late', { maxWait: 100 });
    void outcome(late);
    const kept = client.subscribe('kept');
    await clock.advance(110);
    expect(await outcome(late)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', delivery: 'unsent' } });
    handler.waiting[0]?.();
    await clock.advance(10);
    handler.waiting[1]?.();
    await clock.advance(10);
    expect(await kept).toMatchObject({ topic: 'kept' });
    expect(sent.map(({ op, args }) => ({ op, args }))).toEqual([{ op: 'subscribe', args: ['kept'] }]);
  });

  it('for a connection that was lost meanwhile is not heeded, whether it is done or fails [HN45]', async () => {
    const { client, clock, handler, drop, errors, sent } = await signingWorld();
    const signed: { resolve: (frame: Frame) => void; reject: (cause: Error) => void }[] = [];
    handler.prepareFrame = () => new Promise((resolve, reject) => signed.push({ resolve, reject }));
    const topics = client.subscribeMany(['a', 'b'], { partial: true, timeout: 90_000 });
    for (let connection = 1; connection <= 3; connection++) {
      await clock.advance(1_000);
      expect(signed).toHaveLength(connection);
      if (connection < 3) await drop();
    }
    signed[0]?.resolve('{"op":"of the first connection"}');
    signed[1]?.reject(new Error('too late'));
    await clock.advance(1_000);
    expect([await outcome(topics), errors, sent]).toEqual(['open', [], []]);
    await clock.advance(29_000);
    const given = await topics;
    expect([...given.errors.keys()].sort()).toEqual(['a', 'b']);
    expect(given.errors.get('a')?.message).toContain('30000 ms');
  });

  it('of a request or a send may take as long as the call may [HN44]', async () => {
    const { client, clock, handler, errors, sent } = await signingWorld();
    handler.isAsynchronous = true;
    const calls = [
      client.request({ op: 'order' }, { timeout: 90_000 }),
      client.sendJson({ op: 'note' }, { timeout: 90_000 }),
    ];
    for (const [index, op] of ['order', 'note'].entries()) {
      await clock.advance(35_000);
      handler.waiting[index]?.();
      await clock.advance(10);
      expect(sent.at(-1)).toMatchObject({ op });
    }
    expect([(await Promise.all(calls)).length, errors]).toEqual([2, []]);
  });

  it('of a subscription may take for ever where requestTimeout is Infinity [HN45]', async () => {
    const handler = new SigningHandler();
    handler.isAsynchronous = true;
    const config = { useWebsocketPing: false, authOnConnect: false, requestTimeout: Infinity };
    const { client, clock } = await connectedWorld({ handler, config });
    const topic = client.subscribe('a');
    await clock.advance(3_600_000);
    expect(await outcome(topic)).toBe('open');
    handler.waiting[0]?.();
    await clock.advance(10);
    expect(await topic).toMatchObject({ topic: 'a' });
  });

  it('may fill bytesPerFrame, and a frame that is none costs its call alone [HN45]', async () => {
    class LeavingOut extends GenericJsonHandler {
      override readonly limits = { bytesPerFrame: 20 };
      override prepareFrame(frame: Frame): Frame {
        return frame === 'none' ? (undefined as unknown as Frame) : String(frame).padEnd(20);
      }
    }
    const { client, clock, peer } = await connectedWorld({ handler: new LeavingOut() });
    const calls = [client.send('none'), client.send('next')];
    for (const call of calls) void outcome(call);
    await clock.advance(5);
    expect(await Promise.all(calls.map(outcome))).toMatchObject([
      { error: { code: 'PROTOCOL_ERROR', delivery: 'unsent' } },
      undefined,
    ]);
    expect(peer.received).toEqual(['next'.padEnd(20)]);
  });

  it('that makes a frame larger than bytesPerFrame costs the call, unsent, and splits a subscribe frame [HN45]', async () => {
    class GrowingHandler extends GenericJsonHandler {
      override readonly limits = { bytesPerFrame: 120 };
      override async prepareFrame(frame: Frame) {
        return `${frame}${' '.repeat(50)}`;
      }
    }
    const { client, clock, sent } = await connectedWorld({ handler: new GrowingHandler() });
    const request = client.request({ op: 'order', note: 'a note of some length, which fits' });
    void outcome(request);
    const topics = client.subscribeMany(['topic-1', 'topic-2']);
    await clock.advance(100);
    expect(await outcome(request)).toMatchObject({ error: { code: 'MESSAGE_TOO_LARGE', delivery: 'unsent' } });
    expect(await topics).toHaveLength(2);
    expect(sent.map(({ args }) => args)).toEqual([['topic-1'], ['topic-2']]);
  });

  it('that never ends gives the topics of its frame up after requestTimeout, and no others [HN45]', async () => {
    const { client, clock, handler } = await signingWorld();
    handler.isAsynchronous = true;
    const subscribing = client.subscribeMany(['a', 'b'], { partial: true });
    await clock.advance(29_000);
    const later = client.subscribe('c');
    await clock.advance(1_010);
    const { errors } = await subscribing;
    expect([...errors.keys()].sort()).toEqual(['a', 'b']);
    expect(errors.get('a')).toMatchObject({ code: 'SUBSCRIPTION_FAILED', delivery: 'unsent' });
    expect(errors.get('a')?.message).toContain('30000 ms');
    handler.waiting.at(-1)?.();
    await clock.advance(10);
    expect(await later).toMatchObject({ topic: 'c' });
  });

  it('that takes its time lets no topic leave that the server spoke of meanwhile: it is asked for once [HN45, S2]', async () => {
    const { clock, drop, handler, sent, server, subscribe } = await signingWorld();
    await subscribe('a');
    handler.extractSignal = (message) =>
      message.field('op') === 'revoked' ? { type: 'revoked', topics: ['a'] } : undefined;
    handler.isAsynchronous = true;
    await drop();
    await clock.advance(1_000);
    server.connections.at(-1)?.sendJson({ op: 'revoked' });
    await clock.advance(5);
    handler.waiting[0]?.();
    await clock.advance(10);
    handler.waiting[1]?.();
    await clock.advance(5_000);
    handler.waiting[1]?.();
    await clock.advance(10);
    expect([sent.filter(({ op }) => op === 'subscribe').length, server.duplicates]).toEqual([2, 0]);
  });

  it('that takes too long for an unsubscribe frame is asked once more, then that is an error [HN45, S3]', async () => {
    const { client, clock, handler, errors, server, subscribe } = await signingWorld();
    const [first, second] = [await subscribe('first'), await subscribe('second')];
    handler.isAsynchronous = true;
    void first.unsubscribe();
    await clock.advance(30_010);
    handler.waiting[1]?.();
    await clock.advance(10);
    expect([errors, [...server.subscriptions]]).toEqual([[], ['second']]);
    void second.unsubscribe();
    await clock.advance(60_020);
    expect(errors).toMatchObject([{ code: 'PROTOCOL_ERROR', delivery: 'unsent' }]);
    const third = client.subscribe('third');
    await clock.advance(10);
    handler.waiting.at(-1)?.();
    await clock.advance(10);
    expect(await third).toMatchObject({ topic: 'third' });
  });

  it('that never ends for a cancel holds other calls up for requestTimeout alone [HN45]', async () => {
    const { client, clock, handler, errors, sent } = await signingWorld();
    const abort = new AbortController();
    const { prepareFrame } = handler;
    handler.prepareFrame = (frame, info) =>
      info.kind === 'cancel' ? new Promise<never>(() => {}) : prepareFrame.call(handler, frame, info);
    void outcome(client.request({ op: 'order' }, { signal: abort.signal }));
    abort.abort();
    await clock.advance(10);
    const next = client.request({ op: 'next' }, { timeout: 60_000 });
    await clock.advance(29_000);
    expect(sent.map(({ op }) => op)).toEqual(['order']);
    await clock.advance(1_010);
    await next;
    expect(errors).toMatchObject([{ code: 'PROTOCOL_ERROR', delivery: 'unsent' }]);
  });

  it('that is done while the event loop is blocked is in time, however long that takes [HN45]', async () => {
    const { client, clock, errors, handler, sent } = await signingWorld();
    const channel = client.subscribe('a');
    await clock.advance(10);
    handler.isAsynchronous = true;
    const ended = (await channel).unsubscribe();
    await clock.advance(10);
    clock.setArrival(() => handler.waiting.at(-1)?.(), 100);
    await clock.jump(60_000);
    await clock.advance(10);
    await ended;
    expect([sent.at(-1)?.op, errors]).toEqual(['unsubscribe', []]);
  });
});
