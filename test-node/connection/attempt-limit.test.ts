import { GenericJsonHandler } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { virtualWorld } from '../support/virtual-world.js';

class LimitedHandler extends GenericJsonHandler {
  override limits = { attempts: { count: 2, window: 10_000, margin: 500 } };
}

/** When each attempt started, in milliseconds. */
function attemptsOf({ client, clock }: ReturnType<typeof virtualWorld>): number[] {
  const times: number[] = [];
  client.on('connecting', () => times.push(clock.now()));
  return times;
}

describe('limits.attempts', () => {
  it('holds for reconnects of any cause [HN59]', async () => {
    const world = virtualWorld({
      handler: new LimitedHandler(),
      config: { reconnectInitialDelay: 0, leaveTimeout: 0 },
    });
    const times = attemptsOf(world);
    await world.connect();
    for (let round = 0; round < 40; round++) {
      if (round % 2 === 0) world.server.drop();
      else world.client.reconnect('the test asks');
      await world.clock.advance(1_000);
    }
    expect(times.length).toBeGreaterThanOrEqual(7);
    for (let index = 2; index < times.length; index++) {
      expect((times[index] as number) - (times[index - 2] as number)).toBeGreaterThanOrEqual(10_500);
    }
    expect(times.every((time, index) => index < 2 || time - (times[index - 2] as number) < 20_000)).toBe(true);
  });

  it('holds for connect() of a client that rests [HN59]', async () => {
    const world = virtualWorld({ handler: new LimitedHandler() });
    const times = attemptsOf(world);
    for (let round = 0; round < 3; round++) {
      const end = new AbortController();
      const connecting = world.client.connect({ signal: end.signal });
      connecting.catch(() => {});
      end.abort();
      await world.clock.advance(10);
    }
    void world.client.connect();
    await world.clock.advance(1_000);
    expect(times).toHaveLength(2);
    await world.clock.advance(10_000);
    expect(times).toHaveLength(3);
  });
});
