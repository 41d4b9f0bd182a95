import type { TraceEntry, WebSocketClient } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

/** Acts in a sink of the trace, when an effect is reported for the first time. */
function inEffect(client: WebSocketClient, effect: string, act: () => void): void {
  let left = 1;
  client.trace((entry: TraceEntry) => {
    if (entry.type === 'effect' && entry.effect === effect && left-- > 0) act();
  });
}

describe('a wake of the host whose trace entry ends the connection', () => {
  it.each([
    { state: 'ready', connect: connectedWorld },
    {
      state: 'connecting',
      connect: async (options: Parameters<typeof virtualWorld>[0]) => {
        const world = virtualWorld(options);
        world.network.admission = { after: 8_000 };
        world.client.connect().catch(() => {});
        await world.clock.advance(2_000);
        return world;
      },
    },
  ])('shortens the delay that is announced: while $state [CF15, CL34]', async ({ state, connect }) => {
    const config = { reconnectInitialDelay: 30_000, reconnectJitter: 0 };
    const { client, clock, network, runtime } = await connect({ config, random: () => 0.5 });
    const announced: number[] = [];
    client.on('reconnecting', ({ delay }) => announced.push(clock.now() + delay));
    expect(client.state).toBe(state);
    inEffect(client, 'wake', () => client.reconnect());
    const wokenAt = clock.now();
    runtime.wake('visible');
    await clock.advance(30_000);
    expect(announced).toEqual([wokenAt + 500]);
    expect(network.attempts.slice(1, 2)).toEqual(announced);
  });
});
