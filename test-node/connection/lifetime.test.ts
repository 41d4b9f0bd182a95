import { describe, expect, it } from 'vitest';
import { LimitedHandler } from '../support/limited-handler.js';
import { connectedWorld } from '../support/virtual-world.js';

describe('limits.lifetime', () => {
  it('replaces each connection in time and keeps every subscription and waiting call [HN26, S4, CH19]', async () => {
    const { client, clock, network, sent } = await connectedWorld({
      handler: new LimitedHandler({ lifetime: 60_000 }),
    });
    const subscribing = client.subscribe('a');
    await clock.advance(10);
    const channel = await subscribing;
    const epochs: number[] = [];
    channel.on('resumed', (epoch) => epochs.push(epoch));
    const causes: string[] = [];
    client.on('reconnecting', ({ cause }) => causes.push(cause.message));
    await clock.advance(10 * 61_000);
    expect(epochs.slice(0, 9)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(sent.filter(({ op }) => op === 'subscribe')).toHaveLength(1 + epochs.length);
    expect(new Set(causes)).toEqual(new Set(['Reconnecting: limits.lifetime (60000 ms) is over.']));
    expect(network.sockets).toBe(1);
  });

  it('leaves no timer when the client ends, by close() or by a fatal close [HN26, C8]', async () => {
    class Final extends LimitedHandler {
      override classifyClose(): 'fatal' {
        return 'fatal';
      }
    }
    for (const end of ['close', 'fatal'] as const) {
      const { client, clock, drop } = await connectedWorld({ handler: new Final({ lifetime: 60_000 }) });
      if (end === 'fatal') await drop();
      else void client.close();
      await clock.advance(2_000);
      expect([client.state, clock.pendingTimers]).toEqual(['closed', 0]);
    }
  });

  it('counts again from ready after a drop [HN26, C4]', async () => {
    const { client, clock, drop } = await connectedWorld({ handler: new LimitedHandler({ lifetime: 60_000 }) });
    await clock.advance(50_000);
    await drop();
    await clock.advance(50_000);
    expect([client.state, client.epoch]).toEqual(['ready', 2]);
    await clock.advance(11_000);
    expect([client.state, client.epoch]).toEqual(['ready', 3]);
  });
});
