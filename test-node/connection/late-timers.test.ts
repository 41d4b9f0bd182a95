import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

/** The server answers after 5 ms, and its answer takes 5 more. The host stands still before it has come, for longer than any limit. */
const network = { latency: 5 };
const STANDSTILL = 60_000;

describe('after the host stood still, what waits in the socket comes before the verdict of a late timer', () => {
  it('about an attempt, and about connect({ timeout }) [CL50, DL18]', async () => {
    const world = virtualWorld({ network });
    const connecting = outcomeOf(world.client.connect({ timeout: 1_000 }));
    await world.clock.advance(7);
    await world.clock.jump(STANDSTILL);
    await world.clock.advance(10);
    expect(await connecting).toEqual({ value: undefined });
    expect(world.network.attempts).toHaveLength(1);
  });

  it('about a login [DL18]', async () => {
    const world = virtualWorld({ network, server: { key: 'secret' }, handler: new LoginHandler() });
    void world.client.connect();
    await world.clock.advance(17);
    expect(world.client.state).toBe('authenticating');
    await world.clock.jump(STANDSTILL);
    await world.clock.advance(10);
    expect([world.client.state, world.network.attempts.length]).toEqual(['ready', 1]);
  });

  it('about a login inside a live session [CL20, DL18]', async () => {
    const world = await connectedWorld({ network, server: { key: 'secret' }, handler: new LoginHandler() });
    const authenticating = outcomeOf(world.client.authenticate());
    await world.clock.advance(7);
    await world.clock.jump(STANDSTILL);
    await world.clock.advance(10);
    expect(await authenticating).toEqual({ value: undefined });
  });

  it('about a connection that waits for answers before it is replaced [CL22, DL18]', async () => {
    const world = await connectedWorld({ network });
    const answer = outcomeOf(world.client.request({ op: 'echo' }, { timeout: 2 * STANDSTILL }));
    world.client.reconnect();
    await world.clock.advance(7);
    await world.clock.jump(STANDSTILL);
    await world.clock.advance(10);
    expect(await answer).toMatchObject({ value: { op: 'echo' } });
  });

  it('about close({ drain }) [CL25, DL18]', async () => {
    const world = await connectedWorld({ network });
    const answer = outcomeOf(world.client.request({ op: 'echo' }, { timeout: 2 * STANDSTILL }));
    void world.client.close({ drain: true, deadline: 1_000 });
    await world.clock.advance(7);
    await world.clock.jump(STANDSTILL);
    await world.clock.advance(10);
    expect(await answer).toMatchObject({ value: { op: 'echo' } });
  });

  it('about the close code of a server that has begun to close [CL50, DL18]', async () => {
    const world = await connectedWorld({ network });
    const codes: (number | undefined)[] = [];
    world.client.on('disconnected', ({ code }) => codes.push(code));
    world.peer.close(4_003, 'key revoked');
    await world.clock.advance(6);
    // The client sees that the server is closing, and waits for the code.
    world.client.reconnect();
    await world.clock.advance(6);
    await world.clock.jump(STANDSTILL);
    await world.clock.advance(10);
    expect(codes).toEqual([4_003]);
  });
});
