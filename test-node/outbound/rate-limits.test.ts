import type { Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { LimitedHandler, topics } from '../support/limited-handler.js';
import { outcomeOf } from '../support/live.js';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

describe('a rate limit', () => {
  it('makes calls above the rate wait in order, before ready and after [HN23, DL9, DL2]', async () => {
    const { client, clock, sent } = virtualWorld({
      handler: new LimitedHandler({ frames: { count: 2, window: 1_000, margin: 0 } }),
    });
    const calls = [0, 1, 2, 3, 4].map((n) => client.request({ op: 'order', n }));
    client.once('ready', () => calls.push(client.request({ op: 'order', n: 5 })));
    void client.connect();
    await clock.advance(1_100);
    calls.push(client.request({ op: 'order', n: 6 }));
    await clock.advance(3_000);
    await Promise.all(calls);
    expect(sent.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (let n = 2; n < sent.length; n++) {
      expect((sent[n]?.at as number) - (sent[n - 2]?.at as number)).toBeGreaterThanOrEqual(1_000);
    }
  });

  it('makes a cancel wait for one frame of a paced resubscription, not for all [DL7, DL8, HN23]', async () => {
    const handler = new LimitedHandler({
      topicsPerFrame: 1,
      subscriptionFrames: { count: 1, window: 1_000, margin: 0 },
    });
    const { client, clock, drop, sent } = await connectedWorld({ handler });
    const subscribing = client.subscribeMany(topics(20));
    await clock.advance(20_000);
    const channels = await subscribing;
    const controller = new AbortController();
    sent.length = 0;
    await drop();
    const waiting = client.request({ op: 'order', n: 1 });
    await clock.advance(600);
    expect(sent.map(({ op }) => op)).toEqual(['subscribe', 'order']);
    const cancelled = outcomeOf(client.request({ op: 'cancel-all' }, { signal: controller.signal }));
    controller.abort('now');
    expect(sent.map(({ op }) => op)).toEqual(['subscribe', 'order', 'cancel-all', 'cancel']);
    expect(await cancelled).toEqual({ error: 'now' });
    expect(await waiting).toEqual({ op: 'order', n: 1 });
    await clock.advance(20_000);
    expect(sent.filter(({ op }) => op === 'subscribe').flatMap(({ args }) => args)).toEqual(topics(20));
    expect(channels.every(({ closed }) => !closed)).toBe(true);
  });

  it('loses no subscription over drops in the middle of a paced resubscription [F11, S4, HN23]', async () => {
    const handler = new LimitedHandler({
      topicsPerFrame: 1,
      subscriptionFrames: { count: 1, window: 1_000, margin: 0 },
    });
    const { client, clock, drop, sent } = await connectedWorld({ handler });
    const subscribing = client.subscribeMany(topics(8));
    await clock.advance(8_000);
    const channels = await subscribing;
    for (let round = 0; round < 3; round++) {
      await drop();
      await clock.advance(10_000);
      await drop();
      await clock.advance(4_000);
    }
    sent.length = 0;
    await drop();
    await clock.advance(30_000);
    expect(sent.flatMap(({ args }) => args)).toEqual(topics(8));
    expect([client.stats().subscriptions, channels.some(({ closed }) => closed)]).toEqual([8, false]);
  });

  it('lets calls leave before the remaining subscription frames [DL8, HN23]', async () => {
    const handler = new LimitedHandler({ topicsPerFrame: 1, frames: { count: 1, window: 1_000, margin: 0 } });
    const { client, clock, sent } = await connectedWorld({ handler });
    void client.subscribeMany(topics(5));
    await clock.advance(1_500);
    const call = client.request({ op: 'order' });
    await clock.advance(1_000);
    expect(await call).toEqual({ op: 'order' });
    await clock.advance(10_000);
    expect(sent.map(({ op }) => op)).toEqual([
      'subscribe',
      'subscribe',
      'order',
      'subscribe',
      'subscribe',
      'subscribe',
    ]);
    expect(sent.filter(({ op }) => op === 'subscribe').flatMap(({ args }) => args)).toEqual(topics(5));
  });

  it('starts again on the next connection [HN23, R1, S4]', async () => {
    const { client, clock, drop, sent } = await connectedWorld({
      handler: new LimitedHandler({ frames: { count: 1, window: 60_000, margin: 0 } }),
    });
    const written = outcomeOf(client.request({ op: 'first' }));
    const waits = client.request({ op: 'second' });
    await clock.advance(10);
    expect(sent.map(({ op }) => op)).toEqual(['first']);
    await written;
    await drop();
    await clock.advance(1_000);
    expect(await waits).toEqual({ op: 'second' });
  });
});

describe('a rate limit on answers to server pings', () => {
  it('leads to a reconnect with a clear error instead of an endless queue [C9, HN23]', async () => {
    class Ponging extends LimitedHandler {
      override isServerPing(message: Message): boolean {
        return message.field('op') === 'ping';
      }
      override buildPong(): string {
        return '{"op":"pong"}';
      }
    }
    const { client, clock, peer } = await connectedWorld({
      handler: new Ponging({ frames: { count: 5, window: 60_000, margin: 0 } }),
    });
    const causes: string[] = [];
    client.on('disconnected', ({ cause }) => causes.push(String(cause?.message)));
    for (let n = 0; n < 1_028; n++) peer.sendJson({ op: 'ping' });
    expect(causes).toEqual([]);
    for (let n = 0; n < 10; n++) peer.sendJson({ op: 'ping' });
    await clock.advance(1);
    expect(causes).toEqual([expect.stringContaining('more answers than it lets us send')]);
  });
});

it('a rate limit holds where prepareRequest() makes a call [HN23]', async () => {
  class Handler extends LimitedHandler {
    ask: (() => void) | undefined;
    override prepareRequest(text: string): string {
      const { ask } = this;
      this.ask = undefined;
      ask?.();
      return text;
    }
  }
  const handler = new Handler({ frames: { count: 2, window: 1_000, margin: 0 } });
  const { client, clock, sent } = await connectedWorld({ handler });
  void client.request({ op: 'one' });
  handler.ask = () => void client.request({ op: 'urgent' }, { priority: 'high' });
  void client.request({ op: 'two' });
  await clock.advance(500);
  expect(sent.map(({ op }) => op)).toEqual(['one', 'urgent']);
});

it('a rate limit holds where buildSubscribe() makes a call [HN23]', async () => {
  class Handler extends LimitedHandler {
    ask: (() => void) | undefined;
    override buildSubscribe(...args: Parameters<LimitedHandler['buildSubscribe']>) {
      const { ask } = this;
      this.ask = undefined;
      ask?.();
      return super.buildSubscribe(...args);
    }
  }
  const handler = new Handler({ frames: { count: 1, window: 1_000, margin: 0 } });
  const { client, clock, sent } = await connectedWorld({ handler });
  handler.ask = () => void client.request({ op: 'urgent' }, { priority: 'high' });
  const subscribing = client.subscribe('a');
  await clock.advance(900);
  expect(sent.map(({ op }) => op)).toEqual(['urgent']);
  await clock.advance(200);
  expect(sent.map(({ op }) => op)).toEqual(['urgent', 'subscribe']);
  expect((await subscribing).topic).toBe('a');
});
