import type { Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { Limited, recorded, topics } from '../support/limited-client.js';
import { outcomeOf } from '../support/live.js';
import { connectVirtual, virtualClient } from '../support/virtual-client.js';

describe('a rate limit', () => {
  it('makes calls above the rate wait in order, before ready and after [HN23, DL9, DL2]', async () => {
    const { network, frames } = recorded();
    const client = virtualClient(network, { handler: new Limited({ frames: { count: 2, window: 1_000 } }) });
    const calls = [0, 1, 2, 3, 4].map((n) => client.request({ op: 'order', n }));
    client.once('ready', () => calls.push(client.request({ op: 'order', n: 5 })));
    void client.connect();
    await network.clock.advance(1_100);
    calls.push(client.request({ op: 'order', n: 6 }));
    await network.clock.advance(3_000);
    await Promise.all(calls);
    expect(frames.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (let n = 2; n < frames.length; n++) {
      expect((frames[n]?.at as number) - (frames[n - 2]?.at as number)).toBeGreaterThanOrEqual(1_000);
    }
  });

  it('makes a cancel wait for one frame of a paced resubscription, not for all [DL7, DL8, HN23]', async () => {
    const { network, frames, ops } = recorded();
    const handler = new Limited({ topicsPerFrame: 1, subscriptionFrames: { count: 1, window: 1_000 } });
    const client = await connectVirtual(network, { handler });
    const subscribing = client.subscribeMany(topics(20));
    await network.clock.advance(20_000);
    const channels = await subscribing;
    const controller = new AbortController();
    frames.length = 0;
    network.last.drop();
    const waiting = client.request({ op: 'order', n: 1 });
    await network.clock.advance(600);
    expect(ops()).toEqual(['subscribe', 'order']);
    const cancelled = outcomeOf(client.request({ op: 'cancel-all' }, { signal: controller.signal }));
    controller.abort('now');
    expect(ops()).toEqual(['subscribe', 'order', 'cancel-all', 'cancel']);
    expect(await cancelled).toEqual({ error: 'now' });
    expect(await waiting).toEqual({ op: 'order' });
    await network.clock.advance(20_000);
    expect(frames.filter(({ op }) => op === 'subscribe').flatMap(({ args }) => args)).toEqual(topics(20));
    expect(channels.every(({ closed }) => !closed)).toBe(true);
  });

  it('loses no subscription over drops in the middle of a paced resubscription [F11, S4, HN23]', async () => {
    const { network, frames } = recorded();
    const handler = new Limited({ topicsPerFrame: 1, subscriptionFrames: { count: 1, window: 1_000 } });
    const client = await connectVirtual(network, { handler });
    const subscribing = client.subscribeMany(topics(8));
    await network.clock.advance(8_000);
    const channels = await subscribing;
    for (let drop = 0; drop < 3; drop++) {
      network.last.drop();
      await network.clock.advance(10_000);
      network.last.drop();
      await network.clock.advance(4_000);
    }
    frames.length = 0;
    network.last.drop();
    await network.clock.advance(30_000);
    expect(frames.flatMap(({ args }) => args)).toEqual(topics(8));
    expect([client.stats().subscriptions, channels.some(({ closed }) => closed)]).toEqual([8, false]);
  });

  it('lets calls leave before the remaining subscription frames [DL8, HN23]', async () => {
    const { network, ops, frames } = recorded();
    const handler = new Limited({ topicsPerFrame: 1, frames: { count: 1, window: 1_000 } });
    const client = await connectVirtual(network, { handler });
    void client.subscribeMany(topics(5));
    await network.clock.advance(1_500);
    const call = client.request({ op: 'order' });
    await network.clock.advance(1_000);
    expect(await call).toEqual({ op: 'order' });
    await network.clock.advance(10_000);
    expect(ops()).toEqual(['subscribe', 'subscribe', 'order', 'subscribe', 'subscribe', 'subscribe']);
    expect(frames.filter(({ op }) => op === 'subscribe').flatMap(({ args }) => args)).toEqual(topics(5));
  });

  it('starts again on the next connection [HN23, R1, S4]', async () => {
    const { network, ops } = recorded();
    const client = await connectVirtual(network, { handler: new Limited({ frames: { count: 1, window: 60_000 } }) });
    const written = outcomeOf(client.request({ op: 'first' }));
    const waits = client.request({ op: 'second' });
    await network.clock.advance(10);
    expect(ops()).toEqual(['first']);
    await written;
    network.last.drop();
    await network.clock.advance(1_000);
    expect(await waits).toEqual({ op: 'second' });
  });
});

describe('a rate limit on answers to server pings', () => {
  it('leads to a reconnect with a clear error instead of an endless queue [C9, HN23]', async () => {
    class Ponging extends Limited {
      override isServerPing(message: Message): boolean {
        return message.field('op') === 'ping';
      }
      override buildPong(): string {
        return '{"op":"pong"}';
      }
    }
    const { network } = recorded();
    const client = await connectVirtual(network, { handler: new Ponging({ frames: { count: 5, window: 60_000 } }) });
    const causes: string[] = [];
    client.on('disconnected', ({ cause }) => causes.push(String(cause?.message)));
    for (let n = 0; n < 1_028; n++) network.last.say({ op: 'ping' });
    expect(causes).toEqual([]);
    for (let n = 0; n < 10; n++) network.last.say({ op: 'ping' });
    await network.clock.advance(1);
    expect(causes).toEqual([expect.stringContaining('more answers than it lets us send')]);
  });
});
