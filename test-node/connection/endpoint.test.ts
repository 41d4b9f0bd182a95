import { once } from 'node:events';
import { Agent } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect as tcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { GenericJsonHandler, type SocketRequest, WebSocketClient } from 'hpx-transport-ws';
import { nodeRuntime } from 'hpx-transport-ws/adapters/node';
import { MockWebSocketServer, VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { selfSigned } from '../support/certificate.js';
import { atEnd, clientEvent, connectClient, createClient, serve } from '../support/live.js';
import { URL as EXCHANGE, virtualWorld } from '../support/virtual-world.js';

describe('the url option', () => {
  it('may be a function, which is called before each attempt and may be asynchronous [CF1]', async () => {
    const server = await serve();
    let count = 0;
    const url = () => {
      const fresh = `${server.url}/stream?key=${++count}`;
      return count % 2 ? fresh : Promise.resolve(fresh);
    };
    const client = await connectClient(server, { config: { url } });
    for (let round = 0; round < 3; round++) {
      const back = clientEvent(client, 'reconnected');
      server.dropAll();
      await back;
    }
    expect((await server.waitForConnection(4)).path).toBe('/stream?key=4');
    expect(count).toBe(4);
  });

  it('may come from a thenable with only then() [CF1]', async () => {
    const server = await serve();
    // biome-ignore lint/suspicious/noThenProperty: a promise of another library
    const url = () => ({ then: (take: (url: string) => void) => take(server.url) }) as unknown as Promise<string>;
    const client = await connectClient(server, { config: { url } });
    expect(client.state).toBe('ready');
  });

  it('may return protocols and nodeOptions, which override the config [CF1, CF5, CF16, CL30]', async () => {
    const server = await serve();
    const endpoint = { url: server.url, protocols: ['v2'], nodeOptions: { headers: { 'X-Key': 'fresh' } } };
    const config = { protocols: ['v1'], nodeOptions: { headers: { 'X-Key': 'stale' } } };
    await connectClient(server, { config: { ...config, url: () => Promise.resolve(endpoint) } });
    expect(await server.waitForConnection()).toMatchObject({ protocol: 'v2', headers: { 'x-key': 'fresh' } });
    await connectClient(server, { config: { ...config, url: () => ({ url: server.url }) } });
    expect(await server.waitForConnection(2)).toMatchObject({ protocol: 'v1', headers: { 'x-key': 'stale' } });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no token');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no token'))],
    ['returns an invalid URL', () => 'http://venue.test'],
    ['returns nothing', () => undefined as never],
  ])('a function that %s is a failed attempt and is called again [CF1, CL5]', async (_what, fails) => {
    const server = await serve();
    let count = 0;
    const url = () => (++count === 1 ? fails() : server.url);
    const client = createClient(server, { config: { url } });
    const told = clientEvent(client, 'reconnecting');
    await client.connect();
    expect((await told)[0].cause).toMatchObject({ code: 'CONNECTION_FAILED', retryable: true });
    expect(count).toBe(2);
  });

  it('connectTimeout covers a url function that never answers; a late answer opens nothing [CF7, RT2]', async () => {
    const gates: ((url: string) => void)[] = [];
    const url = () => new Promise<string>((resolve) => gates.push(resolve));
    const { client, clock, network } = virtualWorld({
      config: { url, reconnectInitialDelay: 0, reconnectMaxDelay: 0 },
    });
    void client.connect();
    await clock.advance(9_999);
    expect(client.state).toBe('connecting');
    await clock.advance(2);
    expect(gates).toHaveLength(2);
    gates[0]?.(`${EXCHANGE}/late`);
    gates[1]?.(`${EXCHANGE}/current`);
    await clock.advance(10);
    expect(client.state).toBe('ready');
    expect(network.attempts).toHaveLength(1);
    expect(network.connections.map(({ url }) => url)).toEqual([`${EXCHANGE}/current`]);
  });

  it('connectTimeout covers the handshake [CF7]', async () => {
    const clock = new VirtualClock();
    const server = await serve();
    server.hangUpgrades(1);
    const client = createClient(server, { runtime: { clock } });
    const connecting = client.connect();
    const told = clientEvent(client, 'reconnecting');
    await server.waitForUpgrade();
    await clock.advance(9_999);
    expect(client.state).toBe('connecting');
    await clock.advance(1);
    const [{ cause }] = await told;
    expect(cause.message).toContain('connectTimeout');
    await clock.advance(4);
    await connecting;
    await server.waitFor('the hanging socket to be gone', () => server.socketCount === 1);
  });
});

describe('the options of a socket', () => {
  it('protocols are offered in order and the server chooses [CF5]', async () => {
    const server = await serve({ subprotocol: (offered) => offered[1] });
    await connectClient(server, { config: { protocols: ['v2', 'v1'] } });
    const connection = await server.waitForConnection();
    expect(connection.protocol).toBe('v1');
    expect(connection.headers['sec-websocket-protocol']).toBe('v2,v1');
  });

  it('a protocol that was not offered is a failed attempt [CF5, CL5]', async () => {
    const server = await serve({ subprotocol: () => 'v9' });
    const client = createClient(server, { config: { protocols: 'v1' } });
    const told = clientEvent(client, 'reconnecting');
    void client.connect();
    expect((await told)[0].cause).toMatchObject({ code: 'CONNECTION_FAILED' });
  });

  it('headers reach the server [CF16]', async () => {
    const server = await serve();
    await connectClient(server, { config: { nodeOptions: { headers: { Authorization: 'Bearer 1', 'X-Two': '2' } } } });
    const { headers } = await server.waitForConnection();
    expect(headers).toMatchObject({ authorization: 'Bearer 1', 'x-two': '2' });
  });

  it('an agent creates the sockets [CF16]', async () => {
    const server = await serve();
    let opened = 0;
    class CountingAgent extends Agent {
      override createConnection(...args: Parameters<Agent['createConnection']>) {
        opened++;
        return super.createConnection(...args);
      }
    }
    const client = await connectClient(server, { config: { nodeOptions: { agent: new CountingAgent() } } });
    server.dropAll();
    await clientEvent(client, 'reconnected');
    expect(opened).toBe(2);
  });

  it('TLS options let one client trust a self-signed server [CF16, CL10]', async () => {
    const { key, cert } = selfSigned();
    const https = createServer({ key, cert });
    const sockets = new WebSocketServer({ server: https });
    sockets.on('connection', (socket) =>
      socket.on('message', (data) => socket.send(JSON.stringify({ ...JSON.parse(String(data)), secure: true }))),
    );
    const tcp = new Set<Duplex>();
    https.on('connection', (socket) => tcp.add(socket));
    https.listen(0, '127.0.0.1');
    await once(https, 'listening');
    atEnd(() => {
      for (const socket of tcp) socket.destroy();
      https.close();
    });
    const server = { url: `wss://127.0.0.1:${(https.address() as AddressInfo).port}` };
    const trusting = await connectClient(server, { config: { nodeOptions: { ca: cert } } });
    expect(await trusting.request({ op: 'order' })).toMatchObject({ op: 'order', secure: true });
    const strict = createClient(server, { config: { reconnectMaxAttempts: 0 } });
    await expect(strict.connect()).rejects.toMatchObject({
      code: 'MAX_RECONNECT_ATTEMPTS',
      cause: { code: 'CONNECTION_FAILED', cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } },
    });
  });

  it('openSocket is called once per attempt with the config, and a throw is a failed attempt [RT2]', async () => {
    const server = await serve();
    const requests: SocketRequest[] = [];
    const nodeOptions = { headers: { a: 'b' } };
    const client = createClient(server, {
      config: { protocols: 'v1', nodeOptions, maxMessageSize: 1_000 },
      runtime: {
        openSocket: (request, events) => {
          requests.push(request);
          if (requests.length === 1) throw new Error('no more descriptors');
          return nodeRuntime.openSocket(request, events);
        },
      },
    });
    const told = clientEvent(client, 'reconnecting');
    await client.connect();
    expect((await told)[0].cause).toMatchObject({ message: expect.stringContaining('no more descriptors') });
    const request = { url: server.url, protocols: ['v1'], maxMessageSize: 1_000, nodeOptions };
    expect(requests).toEqual([request, request]);
    expect(server.upgradeAttempts).toBe(1);
  });
});

describe('code that runs while a socket is being opened', () => {
  it.each([
    ['close', 'a string', 0],
    ['close', 'a function', 0],
    ['reconnect', 'a function', 1],
  ] as const)('%s() leaves no socket behind; the URL is %s [C8, C1, F5]', async (act, kind, count) => {
    const { client, clock, network, runtime } = virtualWorld(
      kind === 'a string' ? {} : { config: { url: async () => 'ws://exchange' } },
    );
    const { openSocket } = runtime;
    let left = 1;
    const open: typeof openSocket = (...dial) => {
      if (left-- > 0) void client[act]();
      return openSocket(...dial);
    };
    Object.assign(runtime, { openSocket: open });
    client.connect().catch(() => {});
    await clock.advance(60_000);
    expect(network.sockets).toBe(count);
  });

  it('close() inside createConnection of Node leaves no socket behind [C8, F5]', async () => {
    const server = await MockWebSocketServer.start();
    const { port } = new URL(server.url);
    const createConnection = (options: object) => {
      void client.close();
      return tcp({ ...options, port: Number(port), host: '127.0.0.1' });
    };
    const client: WebSocketClient = new WebSocketClient(
      { url: server.url, nodeOptions: { createConnection } },
      new GenericJsonHandler(),
    );
    client.connect().catch(() => {});
    await client.closed;
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { length } = server.connections;
    await server.stop();
    expect(length).toBe(0);
  });
});
