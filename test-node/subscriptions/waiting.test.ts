import type { Warning } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { operations, outcome, virtualWorld } from '../support/virtual-world.js';

describe('subscribe() without a connection', () => {
  it('waits without a limit, and resolves when the outage ends [CH23]', async () => {
    const world = virtualWorld();
    world.network.admission = 'refuse';
    void world.client.connect();
    const subscribing = world.client.subscribe('a', { timeout: 300 });
    await world.clock.advance(3_600_000);
    expect(await outcome(subscribing)).toBe('open');
    world.network.admission = 'accept';
    await world.clock.advance(60_000);
    expect(await outcome(subscribing)).toMatchObject({ topic: 'a' });
  });

  it('rejects after maxWait, and nothing was or will be sent [CH24, ER3]', async () => {
    const world = virtualWorld();
    world.network.admission = 'refuse';
    void world.client.connect();
    const subscribing = outcome(world.client.subscribe('a', { maxWait: 300 }));
    await world.clock.advance(299);
    expect(world.client.stats().subscriptions).toBe(1);
    await world.clock.advance(1);
    expect(await subscribing.then(() => outcome(world.client.subscribe('a', { maxWait: 1 })))).toBe('open');
    const refused = world.client.subscribe('b', { maxWait: 300 });
    await world.clock.advance(300);
    const cause = { code: 'REQUEST_TIMEOUT', delivery: 'unsent' };
    expect(await outcome(refused)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', delivery: 'unsent', cause } });
    expect(await outcome(refused)).toMatchObject({ error: { message: expect.stringContaining('Nothing was sent.') } });
    world.network.admission = 'accept';
    await world.clock.advance(60_000);
    expect(operations(world.peer.received)).toEqual([]);
  });

  it('has its timeout from the write of the frame, and anew on each connection [CH10, CH23]', async () => {
    const world = virtualWorld({ config: { reconnectInitialDelay: 1, reconnectMaxDelay: 4 } });
    await world.connect();
    world.server.mute = true;
    const subscribing = world.client.subscribe('a', { timeout: 500, maxWait: 700 });
    await world.clock.advance(400);
    world.network.admission = 'refuse';
    world.server.drop();
    await world.clock.advance(60_000);
    expect(await outcome(subscribing)).toBe('open');
    world.network.admission = 'accept';
    await world.clock.advance(400);
    expect(await outcome(subscribing)).toBe('open');
    await world.clock.advance(200);
    expect(await outcome(subscribing)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', delivery: 'unknown' } });
  });

  it('warns once when connect() was never called [CL51]', async () => {
    const world = virtualWorld();
    const warnings: Warning[] = [];
    world.client.on('warning', (warning) => warnings.push(warning));
    void world.client.subscribe('a');
    void world.client.request({ op: 'echo' }).catch(() => {});
    await world.clock.advance(999);
    expect(warnings).toEqual([]);
    await world.clock.advance(1);
    expect(warnings).toMatchObject([{ code: 'never-connected' }]);
    void world.client.subscribe('b');
    await world.clock.advance(60_000);
    expect(warnings).toHaveLength(1);
  });

  it('does not warn when connect() was called, or nothing waits any more [CL51]', async () => {
    for (const end of ['connect', 'unsubscribe', 'close'] as const) {
      const world = virtualWorld();
      const warnings: Warning[] = [];
      world.client.on('warning', (warning) => warnings.push(warning));
      world.network.admission = 'refuse';
      void outcome(world.client.subscribe('a'));
      if (end === 'unsubscribe') void world.client.unsubscribe('a');
      else void world.client[end]();
      await world.clock.advance(5_000);
      expect(warnings).toEqual([]);
    }
  });
});
