import { ConfigError } from 'hpx-transport-ws';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { describe, expect, it, vi } from 'vitest';
import { serve } from '../../support/live.js';
import { connect, dial } from './helpers.js';

describe('MockWebSocketServer: inspection and waits', () => {
  it('records what arrived, where and when', async () => {
    const before = Date.now();
    const server = await serve();
    const client = await connect(server, { nodeOptions: { headers: { 'X-Key': 'k' } } });
    client.socket.send('text');
    client.socket.send(new Uint8Array([1]));
    await server.waitForMessage(undefined, { from: 1 });
    expect(server.received.map(({ data, connection }) => [data, connection.index])).toEqual([
      ['text', 0],
      [new Uint8Array([1]), 0],
    ]);
    expect(server.received[0]?.receivedAt).toBeGreaterThanOrEqual(before);
    expect(server.connections[0]).toMatchObject({
      path: '/',
      headers: { 'x-key': 'k' },
      receivedCount: 2,
      isOpen: true,
    });
  });

  it('counts pings and pongs', async () => {
    const server = await serve();
    const client = await connect(server);
    client.socket.ping?.();
    await client.event('pong');
    server.connections[0]?.ping();
    await server.waitFor('a pong', () => server.pongs === 1);
    expect([server.pings, server.pongs]).toEqual([1, 1]);
  });

  it('waits for future messages, not for past ones', async () => {
    const server = await serve();
    const second = server.waitForConnection(2);
    const order = server.waitForMessage('order');
    const client = await connect(server);
    await connect(server);
    expect((await second).index).toBe(1);
    client.socket.send('{"op":"order","req_id":1}');
    const { data } = await order;
    expect(await server.waitForMessage(/order/)).toMatchObject({ data });
    const next = server.waitForMessage('order', { from: server.received.length });
    client.socket.send('{"op":"order","req_id":2}');
    expect((await next).data).toContain('2');
  });

  it('names what it waited for at a timeout', async () => {
    const server = await serve();
    await connect(server);
    await expect(server.waitForConnection(2, { timeout: 5 })).rejects.toThrow(
      /waited for connection 2, but it did not happen within 5 ms \(1 upgrade requests, 1 connections, 1 of them open/,
    );
    await expect(server.waitForMessage('x', { timeout: 5 })).rejects.toThrow(/a message that matches x/);
    await expect(server.waitForClose(1, { timeout: 5 })).rejects.toThrow(/the end of connection 1/);
    await expect(server.waitForIdle({ timeout: 5 })).rejects.toThrow(/all sockets to be gone/);
  });
});

describe('MockWebSocketServer: start and close', () => {
  it('close() ends sockets, hanging requests, delayed answers, waits and the port', async () => {
    const server = await serve({ delay: 60_000 });
    const client = await connect(server);
    client.socket.send('{"op":"ping"}');
    await server.waitForMessage();
    server.hangUpgrades();
    const hanging = dial(server);
    await server.waitForUpgrade(2);
    const wait = server.waitForConnection(5);
    const failure = expect(wait).rejects.toThrow(/the server was closed/);
    await Promise.all([server.close(), server.close()]);
    await Promise.all([client.closed, hanging.closed, failure]);
    expect([server.socketCount, server.isListening, server.connections]).toEqual([0, false, []]);
    await expect(server.restart()).rejects.toThrow(/was closed/);
    const successor = await serve({ port: server.port });
    expect(successor.port).toBe(server.port);
  });

  it('close() leaves no timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const server = await serve({ delay: 60_000 });
      const client = await connect(server);
      client.socket.send('{"op":"ping"}');
      await server.waitForMessage();
      const failure = expect(server.waitForConnection(5)).rejects.toThrow();
      expect(vi.getTimerCount()).toBe(2);
      await server.close();
      await failure;
      await client.closed;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is closed at the end of an await using block', async () => {
    const server = await serve();
    await server[Symbol.asyncDispose]();
    expect(server.isListening).toBe(false);
  });

  it('rejects when the port is taken', async () => {
    const server = await serve();
    await expect(MockWebSocketServer.start({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it.each<[string, object]>([
    ['port', { port: -1 }],
    ['port', { port: 1.5 }],
    ['delay', { delay: Number.NaN }],
    ['dropAfter', { dropAfter: -1 }],
    ['maxMessageSize', { maxMessageSize: 0 }],
    ['authentication.refusals', { authentication: { refusals: 0.5 } }],
    ['mute', { mute: true }],
  ])('rejects and names a wrong option: %s', async (field, options) => {
    const failure = await MockWebSocketServer.start(options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigError);
    expect(failure).toMatchObject({ field });
  });

  it('throws and names a wrong argument', async () => {
    const server = await serve();
    const field = (name: string): unknown => expect.objectContaining({ code: 'CONFIG_INVALID', field: name });
    expect(() => server.refuseUpgrades({ status: 101 })).toThrow(field('status'));
    expect(() => server.refuseUpgrades({ times: -1 })).toThrow(field('times'));
    expect(() => server.hangUpgrades(Number.NaN)).toThrow(field('times'));
    expect(() => server.dropAfter(0.5)).toThrow(field('dropAfter'));
    expect(() => server.respondTo('x', 'y', { delay: -1 })).toThrow(field('delay'));
    expect(() => {
      server.delay = -1;
    }).toThrow(field('delay'));
    expect(() => server.refuseAuthentication()).toThrow(field('authentication'));
  });

  it('accepts and sends compressed messages on request', async () => {
    const server = await serve({ compression: true, maxMessageSize: 10_000 });
    const client = await connect(server, { nodeOptions: { perMessageDeflate: { threshold: 0 } } });
    client.socket.send(JSON.stringify({ req_id: 1, text: 'x'.repeat(5_000) }));
    expect(await client.message()).toContain('x'.repeat(5_000));
    client.socket.send('y'.repeat(10_001));
    expect((await client.closed).code).toBe(1009);
  });
});
