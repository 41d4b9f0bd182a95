import { once } from 'node:events';
import { Agent } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { nodeRuntime, openNodeSocket } from 'hpx-transport-ws/adapters/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { describeAdapter } from '../contract/contract-suite.js';
import { reserveDeadUrl } from '../contract/dead-url.js';
import { type Peer, startPeer } from '../contract/peer.js';
import { type Probe, probe } from '../support/probe.js';

let peer: Peer;
let dead: Awaited<ReturnType<typeof reserveDeadUrl>>;

beforeAll(async () => {
  peer = await startPeer();
  dead = await reserveDeadUrl();
});

afterAll(() => Promise.all([peer.stop(), dead.stop()]));

const open = (path: string, request?: Parameters<typeof probe>[2]): Probe =>
  probe(openNodeSocket, peer.url + path, request);

describeAdapter('node', openNodeSocket, {
  url: () => peer.url,
  deadUrl: () => dead.url,
  arrived: (id) => peer.arrived(id),
  offers: { control: true, limit: true },
  goingAway: 1001,
});

describe('openNodeSocket: control frames and flow', () => {
  it('sends pings, reports pongs, answers pings and reports them', async () => {
    const socket = open('/echo');
    await socket.opened;
    socket.socket.ping?.();
    await socket.event('pong');
    expect(await socket.message()).toBe('pinged');
    socket.socket.send('ping me');
    await socket.event('ping');
    socket.socket.close(1000);
    await socket.closed;
  });

  it('ignores ping() unless it is open', async () => {
    const socket = open('/hang');
    socket.socket.ping?.();
    socket.socket.close();
    socket.socket.ping?.();
    await socket.closed;
    socket.socket.ping?.();
    expect(socket.events).toEqual(['close']);
  });

  it('pause() holds inbound frames back and resume() delivers them', async () => {
    const socket = open('/echo');
    await socket.opened;
    socket.socket.pause?.();
    socket.socket.send('held');
    // A second connection's round trip after that of the first: the echo has arrived by then, and was not read.
    const other = open('/echo');
    await other.opened;
    other.socket.send('through');
    await other.message();
    expect(socket.messages).toEqual([]);
    socket.socket.resume?.();
    expect(await socket.message()).toBe('held');
    for (const each of [socket, other]) each.socket.close(1000);
    await Promise.all([socket.closed, other.closed]);
  });

  it('terminate() ends a connection whose peer does not read, paused or not', async () => {
    const socket = open('/stall');
    await socket.opened;
    socket.socket.pause?.();
    socket.socket.close(1000);
    socket.socket.terminate?.();
    expect(await socket.closed).toMatchObject({ code: 1006, wasClean: false });
    expect(socket.events).toEqual(['open', 'close']);
  });

  it('delivers nothing after terminate(), not even what was read before', async () => {
    let count = 0;
    let ended = (): void => {};
    const closed = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const nothing = (): void => {};
    const request = { url: `${peer.url}/flood?count=1000`, protocols: [], maxMessageSize: 1_024 };
    const socket = openNodeSocket(request, {
      onOpen: nothing,
      onPing: nothing,
      onPong: nothing,
      onError: nothing,
      onMessage: () => {
        if (++count === 3) socket.terminate?.();
      },
      onClose: ended,
    });
    await closed;
    expect(count).toBe(3);
  });

  it('does not wait for a peer that sends a close frame and keeps the TCP connection', async () => {
    expect(await open('/no-end').closed).toEqual({ code: 1001, reason: '', wasClean: true });
  });

  it('reports a reset as an error and then a close', async () => {
    const socket = open('/stall');
    await socket.opened;
    socket.socket.send(new Uint8Array(16 * 1_024 * 1_024));
    const stalled = peer;
    peer = await startPeer();
    await stalled.stop(); // with data unread, which makes it a reset
    expect(await socket.closed).toMatchObject({ code: 1006, wasClean: false });
    expect(socket.events).toEqual(['open', 'error', 'close']);
    expect(socket.errors[0]?.cause).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
  });
});

describe('openNodeSocket: refused upgrades', () => {
  const refused = async (query: string): Promise<unknown> => {
    const socket = open(`/refuse?${query}`);
    await socket.closed;
    expect(socket.events).toEqual(['error', 'close']);
    const { cause: _, headers: _headers, body: _body, ...facts } = socket.errors[0] ?? { cause: undefined };
    return facts;
  };
  const header = (value: string): string => `Retry-After=${encodeURIComponent(value)}`;
  const date = encodeURIComponent('Wed, 21 Oct 2015 07:28:00 GMT');

  it('give the HTTP status', async () => {
    for (const status of [401, 403, 429, 503]) expect(await refused(`status=${status}`)).toEqual({ status });
    expect(await refused('status=200')).toEqual({ status: 200 });
  });

  it("give Retry-After in milliseconds, from seconds or from a date by the server's clock [RT9]", async () => {
    expect(await refused(`status=429&${header('2')}`)).toEqual({ status: 429, retryAfter: 2_000 });
    const until = header('Wed, 21 Oct 2015 07:28:30 GMT');
    expect(await refused(`status=503&Date=${date}&${until}`)).toEqual({ status: 503, retryAfter: 30_000 });
  });

  it('take a past Retry-After date as 0 and ignore a malformed one', async () => {
    expect(await refused(`status=503&${header('Wed, 21 Oct 2015 07:28:30 GMT')}`)).toEqual({
      status: 503,
      retryAfter: 0,
    });
    for (const nonsense of ['', 'soon', '-5', '1e3']) {
      expect(await refused(`status=503&${header(nonsense)}`)).toEqual({ status: 503 });
    }
  });

  it('leave no socket in a keep-alive agent', async () => {
    const agent = new Agent({ keepAlive: true });
    await open('/refuse?status=503', { nodeOptions: { agent } }).closed;
    expect(Object.keys(agent.freeSockets)).toEqual([]);
    for (const socket of Object.values(agent.sockets).flat()) expect(socket?.destroyed).toBe(true);
  });
});

describe('openNodeSocket: nodeOptions', () => {
  const headersSeen = async (nodeOptions?: object): Promise<Record<string, string>> => {
    const socket = open('/headers', nodeOptions && { nodeOptions });
    const headers = JSON.parse(String(await socket.message())) as Record<string, string>;
    socket.socket.close(1000);
    await socket.closed;
    return headers;
  };

  it('passes headers on', async () => {
    expect(await headersSeen({ headers: { 'X-Api-Key': 'k', 'User-Agent': 'bot' } })).toMatchObject({
      'x-api-key': 'k',
      'user-agent': 'bot',
    });
  });

  it('passes an agent on', async () => {
    let connections = 0;
    class CountingAgent extends Agent {
      override createConnection(...args: Parameters<Agent['createConnection']>): ReturnType<Agent['createConnection']> {
        connections++;
        return super.createConnection(...args);
      }
    }
    await headersSeen({ agent: new CountingAgent() });
    expect(connections).toBe(1);
  });

  it('offers compression only on request, and compression works', async () => {
    expect(await headersSeen()).not.toHaveProperty('sec-websocket-extensions');
    const nodeOptions = { perMessageDeflate: { threshold: 0 } };
    expect(await headersSeen(nodeOptions)).toHaveProperty('sec-websocket-extensions');
    const socket = open('/echo', { nodeOptions });
    await socket.opened;
    for (const text of ['one', 'two', 'three']) socket.socket.send(text.repeat(1_000));
    await socket.message(3);
    expect(socket.messages).toEqual(['one', 'two', 'three'].map((text) => text.repeat(1_000)));
    socket.socket.close(1000);
    await socket.closed;
  });

  it('cannot lift maxMessageSize, not even for a small compressed message', async () => {
    const nodeOptions = { maxPayload: 1_000_000, perMessageDeflate: true };
    const socket = open('/size?bytes=100000', { maxMessageSize: 1_000, nodeOptions });
    expect(await socket.closed).toMatchObject({ code: 1009, wasClean: false });
    expect(socket.events).toEqual(['open', 'error', 'close']);
  });

  it('passes handshakeTimeout on', async () => {
    const socket = open('/hang', { nodeOptions: { handshakeTimeout: 20 } });
    expect(await socket.closed).toMatchObject({ code: 1006 });
    expect(socket.events).toEqual(['error', 'close']);
  });

  it('passes TLS options on', async () => {
    // A pre-shared key needs no certificate, and works only where the options of both sides arrive.
    const psk = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
    const tls = { ciphers: 'PSK', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const server = createTlsServer({ ...tls, pskCallback: () => psk });
    const wss = new WebSocketServer({ server });
    wss.on('connection', (ws) => ws.send('secret'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = probe(openNodeSocket, `wss://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      nodeOptions: { ...tls, pskCallback: () => ({ psk, identity: 'me' }), checkServerIdentity: () => undefined },
    });
    expect(await socket.message()).toBe('secret');
    socket.socket.close(1000);
    await socket.closed;
    wss.close();
    server.close();
    await once(server, 'close');
  });

  it('takes a maxMessageSize beyond 32 bits as no limit', async () => {
    const socket = open('/size?bytes=1000', { maxMessageSize: 2 ** 32 + 1 });
    expect(await socket.message()).toHaveLength(1_000);
    socket.socket.close(1000);
    await socket.closed;
  });
});

describe('openNodeSocket: servers that do not speak WebSocket', () => {
  const serve = async (answer: string): Promise<{ url: string; server: Server }> => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(answer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
  };

  it.each([
    ['an answer without HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['an empty answer', ''],
    [
      'a wrong accept key',
      'HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
    ],
    ['an upgrade to another protocol', 'HTTP/1.1 101 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'],
  ])('reports %s as an error and then one close', async (_what, answer) => {
    const { server, url } = await serve(answer);
    const socket = probe(openNodeSocket, url);
    expect(await socket.closed).toMatchObject({ code: 1006, wasClean: false });
    expect(socket.events).toEqual(['error', 'close']);
    server.close();
    await once(server, 'close');
  });
});

describe('nodeRuntime', () => {
  it('has every member of Runtime', () => {
    expect(nodeRuntime.openSocket).toBe(openNodeSocket);
    expect(nodeRuntime.lifecycle).toBeUndefined();
    const sample = nodeRuntime.random();
    expect(sample >= 0 && sample < 1).toBe(true);
  });
});
