import type { Channel, Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { Limited, recorded, topics } from '../support/limited-client.js';
import { outcomeOf } from '../support/live.js';
import { connectVirtual, virtualClient } from '../support/virtual-client.js';

describe('frames', () => {
  it('above the rate calls wait in the order in which they were made, before ready and after [HN23, DL9, DL2]', async () => {
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

  it('a cancel waits for one frame of a paced resubscription, not for all of them [DL7, DL8, HN23]', async () => {
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

  it('drops in the middle of a paced resubscription lose neither what was asked for nor what was not [F11, S4, HN23]', async () => {
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

  it('under a rate for all frames calls take the next place, ahead of what is left to subscribe [DL8, HN23]', async () => {
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

  it('a rate that holds frames back when the connection is lost holds nothing back on the next one [HN23, R1, S4]', async () => {
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

describe('topics', () => {
  it('topicsPerFrame also holds for a resubscription and for unsubscribe frames [HN24, S3]', async () => {
    const { network, frames } = recorded();
    const client = await connectVirtual(network, { handler: new Limited({ topicsPerFrame: 4 }) });
    const subscribing = client.subscribeMany(topics(10));
    await network.clock.advance(10);
    const channels = await subscribing;
    network.last.drop();
    await network.clock.advance(1_000);
    for (const channel of channels) void channel.unsubscribe();
    await network.clock.advance(10);
    expect(frames.map(({ op, args }) => [op, args?.length])).toEqual([
      ...['subscribe', 'subscribe', 'unsubscribe'].flatMap((op) => [
        [op, 4],
        [op, 4],
        [op, 2],
      ]),
    ]);
  });

  it('bytesPerFrame is exact: one byte less splits, one topic too long fails alone [HN24]', async () => {
    const { network, frames } = recorded();
    const frame = JSON.stringify({ op: 'subscribe', req_id: 'x'.repeat(21), args: ['t0', 't1'] });
    for (const [bytes, expected] of [
      [frame.length, [['t0', 't1']]],
      [frame.length - 1, [['t0'], ['t1']]],
    ] as const) {
      frames.length = 0;
      const client = await connectVirtual(network, { handler: new Limited({ bytesPerFrame: bytes }) });
      const subscribing = client.subscribeMany(topics(2));
      await network.clock.advance(10);
      await subscribing;
      expect(frames.map(({ args }) => args)).toEqual(expected);
      const long = outcomeOf(client.subscribe('x'.repeat(100)));
      const fits = client.subscribe('t2');
      await network.clock.advance(10);
      expect(await long).toMatchObject({
        error: { code: 'SUBSCRIPTION_FAILED', cause: { code: 'MESSAGE_TOO_LARGE' } },
      });
      await fits;
    }
  });

  it('topicsPerConnection counts topics, not channels, and comes back in full after a drop [HN25, S4]', async () => {
    const { network, frames } = recorded();
    const client = await connectVirtual(network, { handler: new Limited({ topicsPerConnection: 3 }) });
    const subscribing = Promise.all(['a', 'b', 'c', 'a', 'b'].map((topic) => client.subscribe(topic)));
    await network.clock.advance(10);
    const [first, , , again] = (await subscribing) as [Channel, Channel, Channel, Channel];
    expect(await outcomeOf(client.subscribe('d'))).toMatchObject({
      error: { code: 'CAPACITY_EXCEEDED', limit: 'limits.topicsPerConnection', capacity: 3 },
    });
    await first.unsubscribe();
    expect(await outcomeOf(client.subscribe('d'))).toHaveProperty('error');
    network.last.drop();
    expect(await outcomeOf(client.subscribe('d'))).toHaveProperty('error');
    await network.clock.advance(1_000);
    expect(frames.at(-1)?.args).toEqual(['a', 'b', 'c']);
    void again.unsubscribe();
    const fourth = client.subscribe('d');
    await network.clock.advance(10);
    expect((await fourth).topic).toBe('d');
  });
});

describe('lifetime', () => {
  it('replaces each connection in time, with every subscription and the waiting calls [HN26, S4, CH19]', async () => {
    const { network, frames } = recorded();
    const client = await connectVirtual(network, { handler: new Limited({ lifetime: 60_000 }) });
    const subscribing = client.subscribe('a');
    await network.clock.advance(10);
    const channel = await subscribing;
    const epochs: number[] = [];
    channel.on('resumed', (epoch) => epochs.push(epoch));
    const causes: string[] = [];
    client.on('reconnecting', ({ cause }) => causes.push(cause.message));
    await network.clock.advance(10 * 61_000);
    expect(epochs.slice(0, 9)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(frames.filter(({ op }) => op === 'subscribe')).toHaveLength(1 + epochs.length);
    expect(new Set(causes)).toEqual(new Set(['Reconnecting: limits.lifetime (60000 ms) is over.']));
    expect(network.open).toHaveLength(1);
  });

  it('leaves no timer when the client ends, by close() or by itself [HN26, C8]', async () => {
    class Final extends Limited {
      override classifyClose(): 'fatal' {
        return 'fatal';
      }
    }
    for (const end of ['close', 'fatal'] as const) {
      const { network } = recorded();
      const client = await connectVirtual(network, { handler: new Final({ lifetime: 60_000 }) });
      if (end === 'fatal') network.last.drop();
      else void client.close();
      await network.clock.advance(2_000);
      expect([client.state, network.clock.pendingTimers]).toEqual(['closed', 0]);
    }
  });

  it('counts from ready anew after a drop [HN26, C4]', async () => {
    const { network } = recorded();
    const client = await connectVirtual(network, { handler: new Limited({ lifetime: 60_000 }) });
    await network.clock.advance(50_000);
    network.last.drop();
    await network.clock.advance(50_000);
    expect([client.state, client.epoch]).toEqual(['ready', 2]);
    await network.clock.advance(11_000);
    expect([client.state, client.epoch]).toEqual(['ready', 3]);
  });
});

describe('room for topics', () => {
  it('is made before it is taken: what nobody wants is ended first [HN25]', async () => {
    const { network, frames } = recorded();
    const client = await connectVirtual(network, { handler: new Limited({ topicsPerConnection: 2 }) });
    const first = client.subscribe('x');
    await network.clock.advance(10);
    const x = await first;
    const before = client.subscribe('a');
    void x.unsubscribe();
    const after = client.subscribe('y');
    await network.clock.advance(10);
    await Promise.all([before, after]);
    expect(frames.map(({ op, args }) => [op, args])).toEqual([
      ['subscribe', ['x']],
      ['unsubscribe', ['x']],
      ['subscribe', ['a', 'y']],
    ]);
  });
});

describe('a server that pings faster than its own limit lets us answer', () => {
  it('is left, with an error that says why, instead of filling the memory [C9, HN23]', async () => {
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
