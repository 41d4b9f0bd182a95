import { describe, expect, it } from 'vitest';
import { connectedWorld } from '../support/virtual-world.js';

describe('live and interrupted', () => {
  it('tell of a drop once, until the topic is confirmed again [CH34]', async () => {
    const { clock, drop, network, subscribe, publish } = await connectedWorld();
    const channel = await subscribe('t');
    const told: unknown[] = [];
    channel.on('interrupted', (...args) => told.push(['interrupted', ...args, channel.live]));
    channel.on('resumed', (epoch) => told.push(['resumed', epoch, channel.live]));
    expect(channel.live).toBe(true);
    await publish('t', 1);
    await drop();
    expect(told).toEqual([['interrupted', false]]);
    network.admission = 'refuse';
    await clock.advance(60_000);
    expect(told).toHaveLength(1);
    network.admission = 'accept';
    await clock.advance(60_000);
    expect(told).toEqual([
      ['interrupted', false],
      ['resumed', 2, true],
    ]);
    await channel.unsubscribe();
    expect(channel.live).toBe(false);
  });

  it('do not tell of the end of the client or of the channel [CH34]', async () => {
    const { clock, client, subscribe } = await connectedWorld();
    const channels = [await subscribe('a'), await subscribe('b')];
    let told = 0;
    for (const channel of channels) channel.on('interrupted', () => told++);
    await channels[0]?.unsubscribe();
    const closing = client.close();
    await clock.advance(1_000);
    await closing;
    expect(channels.map(({ live }) => live)).toEqual([false, false]);
    expect(told).toBe(0);
  });

  it('let a listener end its channel inside interrupted [CH34]', async () => {
    const { clock, client, drop, subscribe } = await connectedWorld();
    const channel = await subscribe('a');
    const other = await subscribe('b');
    channel.on('interrupted', () => void channel.unsubscribe());
    await drop();
    await clock.advance(60_000);
    expect(client.stats().subscriptions).toBe(1);
    expect([channel.closed, other.live]).toEqual([true, true]);
  });
});

describe('maxSilence', () => {
  it('emits stale once per silence, with the time of the last update [CH35]', async () => {
    const { clock, subscribe, publish } = await connectedWorld();
    const channel = await subscribe('t', { maxSilence: 1_000 });
    const stale: number[] = [];
    channel.on('stale', (since) => stale.push(since));
    for (let n = 0; n < 5; n++) {
      await clock.advance(900);
      await publish('t', n);
    }
    const heard = clock.wallTime();
    await clock.advance(1);
    expect(stale).toEqual([]);
    await clock.advance(10_000);
    expect(stale).toHaveLength(1);
    expect(Math.abs((stale[0] ?? 0) - heard)).toBeLessThanOrEqual(2);
    await publish('t', 'again');
    await clock.advance(5_000);
    expect(stale).toHaveLength(2);
  });

  it('counts from going live, rests in an outage, and starts anew with a new connection [CH35]', async () => {
    const { clock, drop, network, subscribe } = await connectedWorld();
    const channel = await subscribe('t', { maxSilence: 1_000 });
    let stale = 0;
    channel.on('stale', () => stale++);
    await clock.advance(1_100);
    expect(stale).toBe(1);
    network.admission = 'hang';
    await drop();
    await clock.advance(5_000);
    expect(stale).toBe(1);
    network.admission = 'accept';
    await clock.advance(60_000);
    expect(stale).toBe(2);
  });

  it('leaves no timer behind, and is off by default [CH35]', async () => {
    const { clock, client, subscribe } = await connectedWorld();
    await subscribe('a', { maxSilence: 1_000 });
    await subscribe('b', { maxSilence: Infinity });
    const closing = client.close();
    await clock.advance(1_000);
    await closing;
    expect(clock.pendingTimers).toBe(0);
  });
});
