import { getEventListeners } from 'node:events';
import type { WebSocketClient } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { LimitedHandler } from '../support/limited-handler.js';
import { connectedWorld, outcome, virtualWorld } from '../support/virtual-world.js';

const texts = (received: readonly (string | Uint8Array)[]) => received.map(String);

describe('a send that waits for the connection', () => {
  it('rejects with the reason of its signal, and never leaves [CL18, R6]', async () => {
    const { client, connect, server } = virtualWorld();
    const stop = new AbortController();
    const call = client.send('{"op":"a"}', { signal: stop.signal });
    const other = client.send('{"op":"b"}');
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    stop.abort('not any more');
    expect(await outcome(call)).toEqual({ error: 'not any more' });
    expect([getEventListeners(stop.signal, 'abort'), client.stats().waitingCalls]).toEqual([[], 1]);
    await connect();
    await other;
    expect(texts(server.connections[0]?.received ?? [])).toEqual(['{"op":"b"}']);
  });

  it.each([
    [{ timeout: 400 }, 400],
    [{ maxWait: 300 }, 300],
    [{ timeout: 400, maxWait: 300 }, 300],
    [{ timeout: 300, maxWait: 400 }, 300],
  ])('waits as long as %j says, and is unsent then [CL18]', async (options, duration) => {
    const { client, clock } = virtualWorld();
    const call = client.send('{"op":"a"}', options);
    await clock.advance(duration - 1);
    expect(await outcome(call)).toBe('open');
    await clock.advance(1);
    expect(await outcome(call)).toMatchObject({
      error: { code: 'REQUEST_TIMEOUT', delivery: 'unsent', duration },
    });
    expect(client.stats().waitingCalls).toBe(0);
  });

  it('is unsent when the client is closed [DL1, ER3]', async () => {
    const { client, close } = virtualWorld();
    const call = client.send('{"op":"a"}');
    await close();
    expect(await outcome(call)).toMatchObject({ error: { code: 'CONNECTION_CLOSED', delivery: 'unsent' } });
  });
});

describe('a send on an open connection', () => {
  it('resolves, and its signal has nothing to end any more [CL18, R6]', async () => {
    const { client, clock, peer } = await connectedWorld();
    const stop = new AbortController();
    const call = client.send('{"op":"a"}', { signal: stop.signal });
    expect([await outcome(call), getEventListeners(stop.signal, 'abort')]).toEqual([undefined, []]);
    stop.abort();
    await clock.advance(5);
    expect(texts(peer.received)).toEqual(['{"op":"a"}']);
  });

  it('that the socket refuses goes with the next connection, once [R4, DL2]', async () => {
    let refusals = 1;
    const { client, clock, server } = await connectedWorld({
      onSocket: (socket) => {
        const send = socket.send.bind(socket);
        socket.send = (data) => {
          if (refusals-- > 0) throw new Error('not open');
          send(data);
        };
      },
    });
    const call = client.send('{"op":"a"}', { timeout: 60_000 });
    expect(await outcome(call)).toBe('open');
    await clock.advance(3_000);
    expect([client.epoch, await outcome(call)]).toEqual([2, undefined]);
    expect(server.connections.flatMap(({ received }) => texts(received))).toEqual(['{"op":"a"}']);
  });

  it('that the socket refuses is unsent when the client is closed meanwhile [R4, DL1]', async () => {
    const { client, close } = await connectedWorld({
      onSocket: (socket) => {
        socket.send = () => {
          throw new Error('not open');
        };
      },
    });
    const call = client.send('{"op":"a"}', { timeout: 60_000 });
    await close();
    expect(await outcome(call)).toMatchObject({ error: { code: 'CONNECTION_CLOSED', delivery: 'unsent' } });
  });
});

describe('a call that ends while the socket takes its frame', () => {
  /** The next frame of the client ends something inside `send()`. */
  async function during(act: (world: { client: WebSocketClient; stop: AbortController }) => void) {
    const stop = new AbortController();
    let left = 1;
    const world = await connectedWorld({
      config: { reconnectInitialDelay: 100 },
      onSocket: (socket) => {
        const send = socket.send.bind(socket);
        socket.send = (data) => {
          if (left-- > 0) act({ client: world.client, stop });
          send(data);
        };
      },
    });
    return {
      ...world,
      signal: stop.signal,
      received: () => world.server.connections.flatMap(({ received }) => texts(received)),
    };
  }

  it('may have left: a send is unknown where its write closes the client [DL1, DL16]', async () => {
    const { client, clock } = await during(({ client }) => void client.close());
    const call = client.send('{"op":"a"}');
    await clock.advance(2_000);
    expect(await outcome(call)).toMatchObject({ error: { code: 'CONNECTION_CLOSED', delivery: 'unknown' } });
  });

  it.each(['send', 'request'] as const)('by its signal goes with no other connection: %s [R4, R6]', async (kind) => {
    const { client, clock, received, signal } = await during(({ stop }) => {
      stop.abort('enough');
      throw new Error('not open');
    });
    const call = kind === 'send' ? client.send('{"op":"a"}', { signal }) : client.request({ op: 'a' }, { signal });
    expect(await outcome(call)).toEqual({ error: 'enough' });
    expect(client.stats()).toMatchObject({ waitingCalls: 0, pendingRequests: 0 });
    await clock.advance(5_000);
    expect([client.state, client.epoch, received()]).toEqual(['ready', 2, []]);
  });
});

it('close() with drain ends when the last send has left [CL25]', async () => {
  const handler = new LimitedHandler({ frames: { count: 1, window: 1_000, margin: 0 } });
  const { client, clock, peer } = await connectedWorld({ handler });
  void client.send('{"op":"a"}');
  void client.send('{"op":"b"}');
  void client.close({ drain: true, deadline: 10_000 });
  await clock.advance(990);
  expect(client.state).toBe('closing');
  await clock.advance(20);
  expect([client.state, texts(peer.received)]).toEqual(['closed', ['{"op":"a"}', '{"op":"b"}']]);
});
