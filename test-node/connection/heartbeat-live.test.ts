import { GenericJsonHandler } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, clientEvent, collect, connectClient, connectOnClock, framesOf, serve } from '../support/live.js';

describe('pings', () => {
  it('a WebSocket ping each pingInterval, whose pong keeps the link and gives the round trip [C6, CL28, HN17]', async () => {
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

  it('without a sign of life within pongTimeout of the ping the link is replaced, and not before [C6, F2]', async () => {
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

  it('a ping that the rate limit holds back has its whole pongTimeout from when it may leave [C6, HN23]', async () => {
    class Limited extends GenericJsonHandler {
      override readonly limits = { frames: { count: 2, window: 100_000 } };
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

  it('any frame counts as life, also one that nobody asked for [C6]', async () => {
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

  it('pingInterval 0 sends none, and silence proves nothing [CF9]', async () => {
    const { clock, server, client } = await connectOnClock({ config: { pingInterval: 0 } });
    server.mute();
    await clock.advance(24 * 3_600_000);
    server.unmute();
    await barrier(client);
    expect([client.epoch, server.pings]).toEqual([1, 0]);
  });

  it('useWebsocketPing false asks with the handler’s ping, and its pong is taken [CF10, HN17]', async () => {
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

  it('where the handler has no ping either, silence proves nothing [CF10, HN19, F17]', async () => {
    const { clock, server, client } = await connectOnClock({ config: { useWebsocketPing: false } });
    server.mute();
    await clock.advance(24 * 3_600_000);
    server.unmute();
    await barrier(client);
    expect([client.epoch, server.pings]).toEqual([1, 0]);
    expect(framesOf(server)).toHaveLength(1);
  });

  it('a reconnect starts the interval anew, and the old one asks nothing any more [C6]', async () => {
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
});

describe('pause and resume', () => {
  it('pause stops reading and the heartbeat; resume gives what waited, in order, and pings again [CL23]', async () => {
    const { clock, server, client } = await connectOnClock();
    const witness = await connectClient(server);
    const [channel, seen] = await Promise.all([client.subscribe('a'), witness.subscribe('a')]);
    const got = collect(channel);
    const witnessed = collect(seen);
    client.pause();
    client.pause();
    for (let n = 0; n < 100; n++) server.publish('a', n);
    await witnessed.until(100);
    await barrier(witness);
    await clock.advance(24 * 3_600_000);
    await barrier(witness);
    expect(got.items).toEqual([]);
    expect([client.state, server.pings]).toEqual(['ready', 0]);
    client.resume();
    expect(await got.until(100)).toEqual(Array.from({ length: 100 }, (_, n) => n));
    await clock.advance(30_000);
    await server.waitForPing();
    client.resume();
    await barrier(client);
  });

  it('what is called meanwhile is written, and answered after resume [CL23]', async () => {
    const { server, client } = await connectOnClock();
    client.pause();
    const call = client.request({ op: 'order' });
    await server.waitForMessage('order');
    expect(call.delivery).toBe('unknown');
    client.resume();
    expect(await call).toEqual({ op: 'order' });
  });

  it('a reconnect keeps the pause, for reading and for the heartbeat [CL23]', async () => {
    const { clock, server, client } = await connectOnClock();
    const channel = await client.subscribe('a');
    const got = collect(channel);
    client.pause();
    const back = clientEvent(client, 'reconnected');
    client.reconnect();
    await clock.advance(500);
    await back;
    await server.waitFor('the subscription', () => server.connections.at(-1)?.subscriptions.has('a'));
    const witness = await connectClient(server);
    server.publish('a', 1);
    await barrier(witness);
    await clock.advance(3_600_000);
    await barrier(witness);
    expect([got.items, server.pings, client.state]).toEqual([[], 0, 'ready']);
    client.resume();
    expect(await got.until(1)).toEqual([1]);
  });

  it('close() of a paused client ends it [CL23, C8]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    client.pause();
    await client.close();
    await server.waitForIdle();
  });
});
