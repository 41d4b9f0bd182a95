import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
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
