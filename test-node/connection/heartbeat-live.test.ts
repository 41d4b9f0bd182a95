import { GenericJsonHandler } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, clientEvent, connectOnClock, framesOf } from '../support/live.js';
import { virtualWorld } from '../support/virtual-world.js';

describe('the heartbeat on a live client', () => {
  it('sends a WebSocket ping each pingInterval; the pong keeps the link and gives the round trip [C6, CL28, HN17]', async () => {
    const { clock, server, client } = await connectOnClock();
    expect(client.stats().roundTrip).toBeUndefined();
    for (let round = 1; round <= 5; round++) {
      await clock.advance(30_000);
      await server.waitForPing(round);
      await barrier(client);
      expect(client.stats().roundTrip).toBe(0);
    }
    await clock.advance(29_999);
    expect(server.pings).toBe(5);
    expect([client.state, client.epoch]).toEqual(['ready', 1]);
    expect(framesOf(server).every(({ op }) => op === 'barrier')).toBe(true);
  });

  it('replaces the link when nothing arrives within pongTimeout of the ping, not before [C6, F2]', async () => {
    const { clock, server, client } = await connectOnClock();
    server.mute();
    await clock.advance(30_000);
    await server.waitForPing();
    await clock.advance(9_999);
    expect(client.state).toBe('ready');
    const lost = clientEvent(client, 'disconnected');
    await clock.advance(1);
    const [{ cause }] = await lost;
    expect(cause).toMatchObject({
      code: 'CONNECTION_CLOSED',
      message: expect.stringContaining('pongTimeout (10000 ms)'),
    });
    server.unmute();
    const back = clientEvent(client, 'reconnected');
    await clock.advance(500);
    await back;
    await barrier(client);
  });

  it('starts pongTimeout when a ping leaves, not while the rate limit holds it back [C6, HN23]', async () => {
    class Limited extends GenericJsonHandler {
      override readonly limits = { frames: { count: 2, window: 100_000, margin: 0 } };
    }
    const { clock, server, client } = await connectOnClock({ handler: new Limited() });
    await client.send('1');
    await client.send('2');
    await clock.advance(99_000);
    expect([client.state, client.epoch, server.pings]).toEqual(['ready', 1, 0]);
    server.mute();
    await clock.advance(1_000);
    await server.waitForPing();
    await clock.advance(9_999);
    expect(client.state).toBe('ready');
    const lost = clientEvent(client, 'disconnected');
    await clock.advance(1);
    await lost;
  });

  it('takes any frame as a sign of life [C6]', async () => {
    const { clock, server, client } = await connectOnClock();
    const [connection] = server.connections;
    await clock.advance(30_000);
    await server.waitForPing();
    connection?.mute();
    await clock.advance(9_000);
    connection?.unmute();
    const heard = clientEvent(client, 'message');
    connection?.send({ hello: 1 });
    await heard;
    await clock.advance(1_001);
    expect([client.state, client.epoch]).toEqual(['ready', 1]);
  });

  it('sends no ping with pingInterval 0, and keeps a silent link [CF9]', async () => {
    const { clock, server, client } = await connectOnClock({ config: { pingInterval: 0 } });
    server.mute();
    await clock.advance(24 * 3_600_000);
    server.unmute();
    await barrier(client);
    expect([client.epoch, server.pings]).toEqual([1, 0]);
  });

  it('sends the ping of the handler with useWebsocketPing false, and takes its pong [CF10, HN17]', async () => {
    const handler = new GenericJsonHandler({ pingOp: 'ping' });
    const { clock, server, client } = await connectOnClock({ handler, config: { useWebsocketPing: false } });
    const messages: unknown[] = [];
    client.on('message', ({ json }) => messages.push(json));
    await clock.advance(30_000);
    await server.waitForMessage('ping');
    await barrier(client);
    expect(framesOf(server)).toEqual([{ op: 'ping' }, expect.objectContaining({ op: 'barrier' })]);
    expect(client.stats().roundTrip).toBe(0);
    server.mute();
    await clock.advance(40_000);
    expect(client.state).toBe('reconnecting');
    expect([server.pings, messages]).toEqual([0, []]);
  });

  it('keeps a silent link when there is no ping at all [CF10, HN19, F17]', async () => {
    const { clock, server, client } = await connectOnClock({ config: { useWebsocketPing: false } });
    server.mute();
    await clock.advance(24 * 3_600_000);
    server.unmute();
    await barrier(client);
    expect([client.epoch, server.pings]).toEqual([1, 0]);
    expect(framesOf(server)).toHaveLength(1);
  });

  it('starts a new interval after a reconnect and stops the old one [C6]', async () => {
    const { clock, server, client } = await connectOnClock();
    await clock.advance(29_000);
    const back = clientEvent(client, 'reconnected');
    client.reconnect();
    await clock.advance(1_000);
    await back;
    await clock.advance(29_000);
    await barrier(client);
    expect(server.pings).toBe(0);
    await clock.advance(1_000);
    await server.waitForPing();
  });

  it('notices a half-open link within pingInterval + pongTimeout [F2, C6]', async () => {
    for (const direction of ['to-client', 'to-server', 'both'] as const) {
      const world = virtualWorld();
      await world.connect();
      await world.clock.advance(12_345);
      world.peer.blackHole(direction);
      await world.clock.advance(40_000);
      expect(world.states, direction).toContain('reconnecting');
      await world.clock.advance(10_000);
      expect(world.client.state).toBe('ready');
    }
  });
});
