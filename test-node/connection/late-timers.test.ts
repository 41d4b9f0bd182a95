import type { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

/** The server answers after 5 ms, and its answer takes 5 more. The host stands still before it has come, for longer than any limit. */
const network = { latency: 5 };
const STANDSTILL = 60_000;

async function standStill(clock: VirtualClock, after: number) {
  await clock.advance(after);
  await clock.jump(STANDSTILL);
  await clock.advance(10);
}

describe('after the host stood still, what waits in the socket comes before the verdict of a late timer', () => {
  it('about an attempt, and about connect({ timeout }) [CL50, DL18]', async () => {
    const world = virtualWorld({ network });
    const connecting = outcomeOf(world.client.connect({ timeout: 1_000 }));
    await standStill(world.clock, 7);
    expect(await connecting).toEqual({ value: undefined });
    expect(world.network.attempts).toHaveLength(1);
  });

  it('about a login [DL18]', async () => {
    const world = virtualWorld({ network, server: { key: 'secret' }, handler: new LoginHandler() });
    void world.client.connect();
    await standStill(world.clock, 17);
    expect([world.client.state, world.network.attempts.length]).toEqual(['ready', 1]);
  });

  it('about a login inside a live session [CL20, DL18]', async () => {
    const world = await connectedWorld({ network, server: { key: 'secret' }, handler: new LoginHandler() });
    const authenticating = outcomeOf(world.client.authenticate());
    await standStill(world.clock, 7);
    expect(await authenticating).toEqual({ value: undefined });
  });

  it('about a connection that waits for answers before it is replaced [CL22, DL18]', async () => {
    const world = await connectedWorld({ network });
    const answer = outcomeOf(world.client.request({ op: 'echo' }, { timeout: 2 * STANDSTILL }));
    world.client.reconnect();
    await standStill(world.clock, 7);
    expect(await answer).toMatchObject({ value: { op: 'echo' } });
  });

  it('about a token that the handler fetches [CL20, DL18]', async () => {
    /** Its token comes from another socket. */
    class FetchingHandler extends LoginHandler {
      override buildAuthMessage = () => fetched('{"op":"auth","key":"secret"}');
    }
    const world = virtualWorld({ network, server: { key: 'secret' }, handler: new FetchingHandler() });
    const fetched = (frame: string) =>
      new Promise<string>((resolve) => void world.clock.setArrival(() => resolve(frame), 5));
    void world.client.connect();
    await standStill(world.clock, 12);
    await world.clock.advance(20);
    expect([world.client.state, world.network.attempts.length]).toEqual(['ready', 1]);
    const refreshing = outcomeOf(world.client.authenticate());
    await standStill(world.clock, 2);
    await world.clock.advance(20);
    expect(await refreshing).toEqual({ value: undefined });
  });

  it('about the silence of a channel [CH35, DL18]', async () => {
    const world = await connectedWorld({ network });
    const channel = await world.subscribe('a', { maxSilence: 1_000 });
    const told: unknown[] = [];
    channel.on('stale', () => told.push('stale'));
    channel.on('message', (data) => told.push(data));
    world.server.publish('a', 1);
    await standStill(world.clock, 2);
    expect(told).toEqual([1]);
  });

  it('about close({ drain }) [CL25, DL18]', async () => {
    const world = await connectedWorld({ network });
    const answer = outcomeOf(world.client.request({ op: 'echo' }, { timeout: 2 * STANDSTILL }));
    void world.client.close({ drain: true, deadline: 1_000 });
    await standStill(world.clock, 7);
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
    await standStill(world.clock, 6);
    expect(codes).toEqual([4_003]);
  });
});
