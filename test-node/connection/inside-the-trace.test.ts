import type { TraceEntry, WebSocketClient } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { connectedWorld, outcome, virtualWorld } from '../support/virtual-world.js';

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

describe('a trace entry that ends the connection', () => {
  type World = ReturnType<typeof virtualWorld>;
  const config = { pingInterval: 1_000, pongTimeout: 900, reconnectInitialDelay: 300, reconnectJitter: 0 };
  const asks = (world: World) => world.clock.advance(1_000);
  const asksAgain = async ({ clock, peer }: World) => {
    peer.blackHole();
    await clock.advance(1_000);
    await clock.jump(2_000);
  };

  it.each([
    ['ping', asks],
    ['probeAgain', asksAgain],
  ] as const)('leaves no timer of it behind: in %s [C8]', async (effect, cause) => {
    const world = await connectedWorld({ config });
    const { client, clock } = world;
    inEffect(client, effect, () => client.reconnect());
    await cause(world);
    expect(client.state).toBe('reconnecting');
    await clock.until(client.close());
    expect(clock.pendingTimers).toBe(0);
  });

  it('opens no socket that was not opened yet [C8]', async () => {
    const { client, clock, network } = virtualWorld();
    inEffect(client, 'dial', () => void client.close());
    const refused = client.connect().catch((error: unknown) => error);
    await clock.until(client.closed);
    expect(await refused).toMatchObject({ code: 'CONNECTION_CLOSED' });
    expect(network.attempts).toEqual([]);
  });

  it('counts as a second reconnect(), which does not wait for answers [CL50]', async () => {
    const { client, clock, server } = await connectedWorld();
    server.onSend = () => {};
    client.request({ op: 'order' }).catch(() => {});
    await clock.advance(1);
    client.trace((entry) => {
      if (entry.type === 'effect' && entry.effect === 'leave') client.reconnect();
    });
    client.reconnect();
    expect(client.state).toBe('reconnecting');
  });
});

it('a call made in a sink that sees the loss waits for the next connection [DL2, C3]', async () => {
  const { client, clock } = await connectedWorld();
  let call: Promise<unknown> | undefined;
  client.trace((entry) => {
    if (entry.type === 'transition' && entry.to === 'reconnecting') call ??= client.request({ op: 'order' });
  });
  client.reconnect();
  await clock.advance(10_000);
  expect(await outcome(call as Promise<unknown>)).toEqual({ op: 'order' });
});
