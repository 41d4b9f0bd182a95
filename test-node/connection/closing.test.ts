import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import {
  type ClientEvents,
  type ConnectionState,
  GenericJsonHandler,
  type Message,
  type WebSocketClient,
} from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import {
  atEnd,
  channelEvent,
  clientEvent,
  collect,
  connectClient,
  createClient,
  outcomeOf,
  serve,
} from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { connectedWorld, URL, virtualWorld } from '../support/virtual-world.js';

describe('close()', () => {
  const states: ConnectionState[] = [
    'disconnected',
    'connecting',
    'connected',
    'authenticating',
    'ready',
    'reconnecting',
  ];

  it.each(states)('ends the client in %s [C8, CL7, CL24, CL27]', async (state) => {
    const server = await serve({ authentication: { success: state === 'authenticating' ? [] : undefined } as never });
    class SlowHello extends LoginHandler {
      override onConnect() {
        return state === 'connected' ? new Promise<undefined>(() => {}) : undefined;
      }
    }
    const config = { reconnectInitialDelay: 60_000, reconnectMaxDelay: 60_000, reconnectJitter: 0 };
    const client = createClient(server, { handler: new SlowHello(), config });
    if (state === 'connecting') server.hangUpgrades();
    const reached = state === 'disconnected' ? undefined : clientEvent(client, 'stateChange', (to) => to === state);
    const connecting = state === 'disconnected' ? undefined : outcomeOf(client.connect());
    if (state === 'reconnecting') await connecting;
    if (state === 'reconnecting') server.dropAll();
    await reached;
    expect(client.state).toBe(state);
    const closes: unknown[] = [];
    client.on('closed', (cause) => closes.push(cause));
    await Promise.all([client.close({ code: 4_000, reason: 'bye' }), client.close()]);
    expect(client.state).toBe('closed');
    expect(closes).toEqual([{ code: 4_000, reason: 'bye' }]);
    expect(await client.closed).toEqual({ code: 4_000, reason: 'bye' });
    await client.close();
    await server.waitForIdle();
    if (state !== 'ready' && state !== 'reconnecting' && connecting)
      expect(await connecting).toMatchObject({ error: { code: 'CONNECTION_CLOSED' } });
    await expect(client.connect()).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    expect(client.stats()).toMatchObject({ pendingRequests: 0, waitingCalls: 0, subscriptions: 0 });
  });

  it('sends the code and the reason [C8, CL26]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    await client.close({ code: 4_321, reason: 'over ✓' });
    expect(await server.waitForClose()).toMatchObject({ code: 4_321, reason: 'over ✓' });
    const other = await connectClient(server);
    await other.close();
    expect(await server.waitForClose(2)).toMatchObject({ code: 1_000 });
  });

  it('rejects a code or a reason that no close frame can carry, and stays open [CL26, CF4]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    for (const options of [
      { code: 1_001 },
      { code: 2_999 },
      { code: 5_000 },
      { code: 3_000.5 },
      { reason: 'x'.repeat(124) },
      { reason: '✓'.repeat(42) },
      { deadline: -1 },
      { deadline: Number.NaN },
    ]) {
      await expect(client.close(options)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    }
    expect(client.state).toBe('ready');
    await client.close({ reason: '✓'.repeat(41) });
  });
});

describe('close() inside a listener', () => {
  const events: (keyof ClientEvents)[] = [
    'stateChange',
    'connecting',
    'connected',
    'authenticated',
    'ready',
    'disconnected',
    'reconnecting',
    'reconnected',
    'message',
    'error',
    'closed',
  ];

  it.each(events)('ends the client inside %s and opens no further socket [C8, CL38]', async (event) => {
    const server = await serve({ authentication: {} });
    const client = createClient(server, { handler: new LoginHandler() });
    let connections = -1;
    client.on(event, () => {
      connections = Math.max(connections, server.connectionCount);
      void client.close();
    });
    client.on('stateChange', () => {
      if (event === 'error') throw new Error('to make an error');
    });
    const connecting = outcomeOf(client.connect());
    await connecting;
    if (event === 'message') server.broadcast({ hello: 1 });
    if (['disconnected', 'reconnecting', 'reconnected'].includes(event)) server.dropAll();
    if (event === 'closed') await client.close();
    await client.closed;
    await server.waitForIdle();
    expect(client.state).toBe('closed');
    expect(server.connectionCount).toBeLessThanOrEqual(event === 'reconnected' ? 2 : 1);
  });

  it.each(['message', 'gap', 'resumed', 'close', 'error'] as const)(
    'ends the client inside the %s event of a channel [C8]',
    async (event) => {
      const server = await serve();
      const client = await connectClient(server);
      const channel = await client.subscribe('a');
      const calls: string[] = [];
      channel.on(event, () => {
        calls.push(event);
        void client.close();
      });
      if (event === 'error') server.refuseTopic('a');
      if (event === 'message') server.publish('a', 1);
      else if (event === 'close') void channel.unsubscribe();
      else server.dropAll();
      await client.closed;
      await server.waitForIdle();
      expect(calls).toEqual([event]);
      expect(channel.closed).toBe(true);
    },
  );

  it('opens no socket inside the url function [C8, CF1]', async () => {
    const url = () => {
      void client.close();
      return URL;
    };
    const world = virtualWorld({ config: { url } });
    const client: WebSocketClient = world.client;
    const connecting = outcomeOf(client.connect());
    await world.clock.advance(2_000);
    expect(await connecting).toHaveProperty('error');
    expect(client.state).toBe('closed');
    expect(world.network.attempts).toEqual([]);
  });
});

describe('close() with a deadline', () => {
  it('waits at most one deadline for a peer that never closes [C8, CL24]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.mute();
    await client.close({ deadline: 20 });
    expect(client.state).toBe('closed');
    await server.waitForIdle();
  });

  it('resolves exactly at the deadline and leaves nothing [C8, CL24]', async () => {
    const { client, clock, network } = await connectedWorld({
      onSocket: (socket) => void Object.assign(socket, { close: () => {} }),
    });
    const closing = client.close();
    await clock.advance(999);
    expect(client.state).toBe('closing');
    await clock.advance(1);
    await closing;
    expect(client.state).toBe('closed');
    await clock.advance(10_000);
    expect([network.sockets, clock.pendingTimers]).toEqual([0, 0]);
  });

  it('waits at most one deadline for a TCP peer that never answers the upgrade [C8, CL24]', async () => {
    const sockets: Socket[] = [];
    const blackHole = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
    });
    blackHole.listen(0, '127.0.0.1');
    await once(blackHole, 'listening');
    atEnd(() => {
      for (const socket of sockets) socket.destroy();
      blackHole.close();
    });
    const client = createClient({ url: `ws://127.0.0.1:${(blackHole.address() as AddressInfo).port}` });
    const connecting = outcomeOf(client.connect());
    await once(blackHole, 'connection');
    const [socket] = sockets as [Socket];
    const gone = once(socket, 'close');
    socket.resume();
    await client.close();
    expect(await connecting).toMatchObject({ error: { code: 'CONNECTION_CLOSED' } });
    await gone;
  });

  it('with drain waits for open answers, accepts no new call, and then closes [CL25, C8]', async () => {
    const server = await serve({ delay: 10 });
    const client = await connectClient(server);
    const calls = [1, 2, 3].map((n) => client.request({ op: 'order', n }));
    const closing = client.close({ drain: true, deadline: 5_000 });
    await expect(client.request({ op: 'late' })).rejects.toMatchObject({
      code: 'CONNECTION_CLOSED',
      delivery: 'unsent',
    });
    await expect(client.send('late')).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', delivery: 'unsent' });
    await expect(client.subscribe('late')).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    expect(await Promise.all(calls)).toEqual([1, 2, 3].map((n) => ({ op: 'order', n })));
    await closing;
    expect(await server.waitForClose()).toMatchObject({ code: 1_000 });
  });

  it('with drain fails the requests that are not answered within the deadline [CL25, CL24]', async () => {
    const server = await serve();
    server.respondTo('"op":"never"', []);
    const client = await connectClient(server);
    const call = client.request({ op: 'never' });
    await client.close({ drain: true, deadline: 20 });
    await expect(call).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', delivery: 'unknown' });
  });

  it('with drain ignores a server that asks for a reconnect [CL25, HN20]', async () => {
    class GoAway extends GenericJsonHandler {
      override shouldReconnect(message: Message): boolean {
        return message.field('op') === 'goaway';
      }
    }
    const { client, clock, peer, server } = await connectedWorld({ handler: new GoAway() });
    server.mute = true;
    const answer = client.request({ op: 'order' });
    const closing = client.close({ drain: true, deadline: 5_000, code: 4_001 });
    peer.sendJson({ op: 'goaway' });
    await clock.advance(10);
    peer.sendJson({ req_id: answer.requestId, data: 'filled' });
    await clock.advance(10);
    expect(await answer).toBe('filled');
    await closing;
    expect(await client.closed).toMatchObject({ code: 4_001 });
  });

  it('with drain ends at a drop [CL25, R1]', async () => {
    const server = await serve();
    server.respondTo('"op":"never"', []);
    const client = await connectClient(server);
    const call = client.request({ op: 'never' });
    await server.waitForMessage('never');
    const closing = client.close({ drain: true, deadline: 60_000 });
    server.dropAll();
    await closing;
    await expect(call).rejects.toMatchObject({ delivery: 'unknown' });
    expect(server.upgradeAttempts).toBe(1);
  });

  it('ends channels and loops, and emits their close events once [C8, CL27]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channel = await client.subscribe('a');
    const got = collect(channel);
    const closed = channelEvent(channel, 'close');
    await client.close({ code: 4_000, reason: 'done' });
    expect((await closed)[0]).toEqual({ code: 4_000, reason: 'done' });
    expect(got.items).toEqual([]);
    await channel.unsubscribe();
    await client.unsubscribe('a');
  });

  it('leaves nothing of a client that had drops, aborts and subscriptions [C8, RT7]', async () => {
    const { client, clock, network, runtime, server } = await connectedWorld();
    expect(runtime.lifecycleListeners).toBe(1);
    const controller = new AbortController();
    const outcomes = [
      outcomeOf(client.request({ op: 'x' }, { signal: controller.signal })),
      outcomeOf(client.subscribe('a', { overflow: 'latest', signal: controller.signal })),
    ];
    await clock.advance(100);
    server.drop();
    await clock.advance(60_000);
    server.mute = true;
    outcomes.push(outcomeOf(client.request({ op: 'unanswered' })), outcomeOf(client.send('note')));
    const closing = client.close();
    await clock.advance(1_000);
    await closing;
    await Promise.all(outcomes);
    await clock.advance(60_000);
    expect([runtime.lifecycleListeners, clock.pendingTimers, network.sockets]).toEqual([0, 0, 0]);
  });
});
