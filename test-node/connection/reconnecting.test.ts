import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { barrier, clientEvent, connectClient, createClient, serve } from '../support/live.js';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

/** Refuses every attempt from now on, and drops the connection; returns when the client noticed. */
async function loseAll({ network, clock, drop }: ReturnType<typeof virtualWorld>): Promise<number> {
  network.admission = 'refuse';
  await drop();
  return clock.now();
}

describe('the reconnect delay', () => {
  it.each([
    { jitter: 0, dice: 0.7, factors: [1, 1] },
    { jitter: 0.5, dice: 0, factors: [1, 1] },
    { jitter: 0.5, dice: 0.999_999, factors: [0.5, 0.501] },
    { jitter: 1, dice: 0, factors: [1, 1] },
    { jitter: 1, dice: 0.4, factors: [0.599, 0.601] },
    { jitter: 1, dice: 0.999_999, factors: [0, 0.001] },
  ])(
    'is announced, kept, and within its bounds with jitter $jitter and random number $dice [CF14, C4, CL34]',
    async (row) => {
      const world = await connectedWorld({
        config: {
          reconnectJitter: row.jitter,
          reconnectInitialDelay: 100,
          reconnectMaxDelay: 1_000,
          reconnectBackoffFactor: 3,
        },
        random: () => row.dice,
      });
      const { client, clock, network } = world;
      const told: { attempt: number; delay: number; at: number }[] = [];
      client.on('reconnecting', ({ attempt, delay }) => told.push({ attempt, delay, at: clock.now() }));
      await loseAll(world);
      await clock.advance(8_000);
      const dials = network.attempts.slice(1);
      expect(told.length).toBeGreaterThanOrEqual(8);
      told.slice(0, 8).forEach(({ attempt, delay, at }, index) => {
        const limit = Math.min(1_000, 100 * 3 ** index);
        expect(attempt).toBe(index + 1);
        expect(delay).toBeGreaterThanOrEqual(limit * (row.factors[0] as number));
        expect(delay).toBeLessThanOrEqual(limit * (row.factors[1] as number));
        expect(dials[index]).toBeCloseTo(at + delay, 6);
      });
    },
  );

  it('grows after a short connection and starts again after a long one [C4]', async () => {
    const { client, clock, drop } = await connectedWorld();
    const attempts: number[] = [];
    client.on('reconnecting', ({ attempt }) => attempts.push(attempt));
    for (const uptime of [4_900, 4_900, 4_900, 6_000, 4_900]) {
      const since = clock.now();
      await clock.advance(uptime);
      expect(client.state).toBe('ready');
      await drop();
      while (client.state !== 'ready' && clock.now() < since + 100_000) await clock.advance(1);
    }
    expect(attempts).toEqual([1, 2, 3, 1, 2]);
  });

  it('is at least the Retry-After of a refused upgrade [RT9]', async () => {
    const clock = new VirtualClock();
    const server = await serve();
    server.refuseUpgrades({ status: 429, headers: { 'Retry-After': 7 }, times: 1 });
    const client = createClient(server, { runtime: { clock } });
    const told = clientEvent(client, 'reconnecting');
    const connecting = client.connect();
    const [{ delay, cause }] = await told;
    expect(delay).toBeGreaterThanOrEqual(7_000);
    expect(cause).toMatchObject({ code: 'CONNECTION_FAILED', status: 429 });
    await clock.advance(6_999);
    expect(server.upgradeAttempts).toBe(1);
    await clock.advance(10);
    await connecting;
  });
});

describe('a wake of the host during a reconnect', () => {
  it('starts an attempt within 1,000, once per reconnectMinUptime [CF15, L2]', async () => {
    const world = await connectedWorld({
      config: { reconnectInitialDelay: 30_000, reconnectJitter: 0 },
      random: () => 0.5,
    });
    const { client, clock, network, runtime } = world;
    await loseAll(world);
    await clock.advance(10_000);
    const wokenAt = clock.now();
    runtime.wake('online');
    await clock.advance(1_000);
    expect(network.attempts.slice(1)).toEqual([wokenAt + 500]);
    runtime.wake('visible');
    await clock.advance(4_000);
    expect(network.attempts).toHaveLength(2);
    runtime.wake('online');
    await clock.advance(1_000);
    expect(network.attempts).toHaveLength(3);
    expect(client.state).toBe('reconnecting');
  });

  it('also shortens the delay of a loss that is noticed within 1,000 after the wake [CF15, L2]', async () => {
    for (const [echo, expected] of [
      [900, 500],
      [1_100, 30_000],
    ] as const) {
      const world = await connectedWorld({
        config: { reconnectInitialDelay: 30_000, reconnectJitter: 0 },
        random: () => 0.5,
      });
      world.runtime.wake('resume');
      await world.clock.advance(echo);
      const lostAt = await loseAll(world);
      await world.clock.advance(30_000);
      expect(world.network.attempts[1]).toBe(lostAt + expected);
    }
  });

  it('never makes the delay longer [CF15]', async () => {
    const world = await connectedWorld({
      config: { reconnectInitialDelay: 100, reconnectJitter: 0 },
      random: () => 0.999,
    });
    const lostAt = await loseAll(world);
    world.runtime.wake('online');
    await world.clock.advance(100);
    expect(world.network.attempts.slice(1)).toEqual([lostAt + 100]);
  });

  it('ends an attempt that hung while the host slept, but not a new one [L2, C1]', async () => {
    const { client, clock, network, runtime } = virtualWorld();
    network.admission = 'hang';
    void client.connect();
    await clock.advance(900);
    runtime.wake('online');
    await clock.advance(90);
    expect(network.attempts).toHaveLength(1);
    await clock.advance(2_000);
    network.admission = 'accept';
    runtime.wake('online');
    await clock.advance(1_010);
    expect(client.state).toBe('ready');
    expect(network.attempts).toHaveLength(2);
    expect(network.sockets).toBe(1);
  });

  it('stays within the attempts of a minute under storms of online and offline [C5]', async () => {
    const world = await connectedWorld({ config: { reconnectMinUptime: 0 }, random: () => 0.999_999 });
    await loseAll(world);
    for (let step = 0; step < 1_000; step++) {
      world.runtime.wake('online');
      world.client.reconnect();
      await world.clock.advance(100);
    }
    const dials = world.network.attempts.slice(1);
    for (const from of dials)
      expect(dials.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(48);
    expect(dials.length).toBeGreaterThan(40);
  });
});

describe('reconnect()', () => {
  it('replaces a live connection with a closing handshake and reports the reason [CL22, C1]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    await barrier(client);
    const told = clientEvent(client, 'reconnecting');
    client.reconnect('new credentials');
    expect((await told)[0].cause).toMatchObject({ message: 'Reconnecting: new credentials.' });
    await client.connect();
    expect(client.epoch).toBe(2);
    expect(await server.waitForClose()).toMatchObject({ code: 1_000 });
    expect(server.connections).toHaveLength(1);
  });

  it('starts an attempt at once during a delay [CL22]', async () => {
    const { client, clock, drop, network } = await connectedWorld({
      config: { reconnectInitialDelay: 30_000, reconnectJitter: 0 },
    });
    await drop();
    await clock.advance(10);
    expect(client.state).toBe('reconnecting');
    client.reconnect();
    await clock.advance(10);
    expect([client.state, client.epoch]).toEqual(['ready', 2]);
    expect(network.attempts).toHaveLength(2);
    await clock.advance(60_000);
    expect(network.attempts).toHaveLength(2);
  });

  it('does nothing without a connection [CL22, CL8]', async () => {
    const { client, clock, close, network } = virtualWorld();
    client.reconnect();
    await clock.advance(1_000);
    expect([client.state, network.attempts.length]).toEqual(['disconnected', 0]);
    await close();
    client.reconnect();
    await clock.advance(1_000);
    expect([client.state, network.attempts.length]).toEqual(['closed', 0]);
  });
});

it('any reconnect ends with one connection that works [L1, C1]', async () => {
  const server = await serve();
  const client = await connectClient(server);
  for (let round = 2; round <= 6; round++) {
    const back = clientEvent(client, 'reconnected');
    if (round % 2) server.dropAll();
    else client.reconnect();
    expect(await back).toEqual([round]);
    await barrier(client);
    expect(client.epoch).toBe(round);
  }
  await server.waitFor('one connection', () => server.connections.length === 1);
  expect(client.stats()).toMatchObject({ reconnects: 5, state: 'ready' });
});
