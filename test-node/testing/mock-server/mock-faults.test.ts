import type { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { serve } from '../../support/live.js';
import { connect, dial } from './helpers.js';

/** One request and its answer: all that the server sent before has arrived then. */
const roundTrip = async (server: MockWebSocketServer): Promise<void> => {
  const client = await connect(server);
  client.socket.send('{"op":"ping"}');
  await client.message();
  client.socket.terminate?.();
};

describe('MockWebSocketServer: drops', () => {
  it('dropAll ends every connection without a close frame', async () => {
    const server = await serve();
    const clients = [await connect(server), await connect(server)];
    server.dropAll();
    for (const client of clients) expect(await client.closed).toMatchObject({ code: 1006, wasClean: false });
    await server.waitForIdle();
    expect(server.connections).toEqual([]);
  });

  it('closeAll sends a close frame', async () => {
    const server = await serve();
    const client = await connect(server);
    server.closeAll(1012, 'restart');
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart', wasClean: true });
    expect(await server.waitForClose()).toMatchObject({ code: 1012, connection: { index: 0 } });
  });

  it('dropAfter drops with the last message in flight, on each connection [F3]', async () => {
    const server = await serve({ dropAfter: 2 });
    for (let n = 0; n < 2; n++) {
      const client = await connect(server);
      for (const id of [1, 2, 3]) client.socket.send(JSON.stringify({ req_id: id }));
      expect(await client.closed).toMatchObject({ code: 1006 });
      expect(client.messages).toEqual(['{"req_id":1,"data":{}}']);
    }
    expect(server.received).toHaveLength(4);
    server.dropAfter(Infinity);
    await roundTrip(server);
  });
});

describe('MockWebSocketServer: refused upgrades', () => {
  it('refuseUpgrades answers with a status and headers, as often as configured', async () => {
    const server = await serve();
    server.refuseUpgrades({ status: 429, headers: { 'Retry-After': 2 }, body: 'slow down', times: 2 });
    for (let n = 0; n < 2; n++) {
      const client = dial(server);
      await client.closed;
      expect(client.errors[0]).toMatchObject({ status: 429, retryAfter: 2_000 });
    }
    await connect(server);
    expect([server.upgradeAttempts, server.connectionCount]).toEqual([3, 1]);
  });

  it('refuseUpgrades lasts until upgrades are accepted again', async () => {
    const server = await serve();
    server.refuseUpgrades();
    const client = dial(server);
    await client.closed;
    expect(client.errors[0]).toMatchObject({ status: 503 });
    server.acceptUpgrades();
    await connect(server);
    expect(server.upgradeAttempts).toBe(2);
  });

  it('upgrades may hang, and the server notices when the client gives up', async () => {
    const server = await serve();
    server.hangUpgrades(1);
    const client = dial(server);
    await server.waitForUpgrade();
    expect([client.events, server.socketCount]).toEqual([[], 1]);
    client.socket.terminate?.();
    await server.waitForIdle();
    await connect(server);
  });

  it('upgrades may have a wrong subprotocol or none', async () => {
    const server = await serve({ subprotocol: () => 'other' });
    const wrong = dial(server, { protocols: ['v1', 'v2'] });
    await wrong.closed;
    expect(wrong.events).toEqual(['error', 'close']);
    server.subprotocol = () => undefined;
    const none = dial(server, { protocols: ['v1'] });
    await none.closed;
    expect(none.events).toEqual(['error', 'close']);
    server.subprotocol = (offered) => offered.at(-1);
    await connect(server, { protocols: ['v1', 'v2'] });
    expect((await server.waitForConnection(server.connectionCount)).protocol).toBe('v2');
  });

  it('refused upgrades also answer a plain HTTP request', async () => {
    const server = await serve();
    expect((await fetch(server.url.replace('ws', 'http'))).status).toBe(426);
  });
});

describe('MockWebSocketServer: silence', () => {
  it('a mute server accepts everything and sends no answer, pong or close frame [F2]', async () => {
    const server = await serve();
    const client = await connect(server);
    server.mute();
    const [connection] = server.connections;
    client.socket.send('{"op":"subscribe","req_id":"1","args":["a"]}');
    client.socket.ping?.();
    await server.waitForPing();
    expect([server.received.length, server.publish('a', 1), connection?.isMuted]).toEqual([1, 1, true]);
    connection?.ping();
    client.socket.close(1000);
    // Our half of the handshake has arrived, and is not answered.
    await server.waitFor('the close frame', () => connection?.isOpen === false);
    expect(client.events).toEqual(['open']);
    client.socket.terminate?.();
    await client.closed;
    await server.waitForIdle();
  });

  it('a mute server also covers new connections, and dropped frames stay lost', async () => {
    const server = await serve();
    server.mute();
    const client = await connect(server);
    client.socket.send('{"req_id":1}');
    client.socket.send('{"req_id":2}');
    await server.waitForMessage('2');
    server.unmute();
    client.socket.send('{"req_id":3}');
    expect(await client.message()).toBe('{"req_id":3,"data":{}}');
    client.socket.ping?.();
    await client.event('pong');
  });

  it('one connection alone may be mute', async () => {
    const server = await serve();
    const client = await connect(server);
    server.connections[0]?.mute();
    client.socket.send('{"op":"ping"}');
    await server.waitForMessage();
    await roundTrip(server);
    expect(client.messages).toEqual([]);
  });

  it('a mute server notices that a client leaves', async () => {
    const server = await serve();
    const client = await connect(server);
    server.mute();
    client.socket.terminate?.();
    expect(await server.connections[0]?.closed).toMatchObject({ code: 1006 });
    expect(server.socketCount).toBe(0);
  });
});

describe('MockWebSocketServer: outages', () => {
  it('a stopped server refuses connections and restarts on the same port [F4]', async () => {
    const server = await serve();
    const { url } = server;
    const client = await connect(server);
    await server.stop();
    expect((await client.closed).code).toBe(1006);
    const refused = dial(server);
    await refused.closed;
    expect(refused.errors[0]?.cause).toMatchObject({ code: 'ECONNREFUSED' });
    await server.restart();
    await server.restart();
    expect([server.url, server.isListening]).toEqual([url, true]);
    await connect(server);
    expect(server.connectionCount).toBe(2);
  });

  it('a stopped server may keep open connections', async () => {
    const server = await serve();
    const client = await connect(server);
    await server.stop({ keepConnections: true });
    const refused = dial(server);
    await refused.closed;
    client.socket.send('{"op":"ping"}');
    expect(await client.message()).toBe('{"op":"pong"}');
    await server.restart();
  });
});

describe('MockWebSocketServer: slow readers', () => {
  it('pause() lets frames pile up at the client', async () => {
    const server = await serve({ exchange: false });
    const client = await connect(server);
    server.connections[0]?.pause();
    client.socket.send(new Uint8Array(16 * 1_024 * 1_024));
    expect(client.socket.bufferedAmount).toBeGreaterThan(0);
    server.connections[0]?.resume();
    expect((await server.waitForMessage()).data).toHaveLength(16 * 1_024 * 1_024);
  });
});
