import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent } from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../support/certificate.js';
import { atEnd, clientEvent, connectClient } from '../support/live.js';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A server that upgrades a connection and then reads nothing until `read()`. */
async function deafServer(kind: 'ws:' | 'wss:') {
  const ends: string[] = [];
  const sockets: net.Socket[] = [];
  let bytes = 0;
  const upgrade = (socket: net.Socket) => {
    sockets.push(socket);
    socket
      .on('error', (error: NodeJS.ErrnoException) => ends.push(String(error.code)))
      .on('end', () => ends.push('FIN'));

    socket.once('data', (request) => {
      const key = /sec-websocket-key: (.*)\r/i.exec(String(request))?.[1];
      const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
      socket.pause();
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.on('data', (data) => {
        bytes += data.byteLength;
      });
      // Node still reads up to 64 KiB, and so learns of a reset.
      socket.pause();
    });
  };
  const server = kind === 'ws:' ? net.createServer(upgrade) : tls.createServer(selfSigned(), upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as net.AddressInfo;
  return {
    url: `${kind}//127.0.0.1:${port}`,
    /** Reads what is left of the first connection. Resolves to how it ended. */
    read: async () => {
      const [socket] = sockets;
      if (!socket) throw new Error('There is no connection.');
      socket.resume();
      if (!socket.closed) await new Promise((closed) => socket.once('close', closed));
      return { ends, bytes };
    },
  };
}

const QUIET = { reconnectInitialDelay: 60_000, reconnectMaxDelay: 60_000, reconnectJitter: 0 };
const ORDER = { op: 'order' };
/** More than the server's system takes for a server that does not read, less than the client's system takes. */
const LARGE = 500_000;

describe.each(['ws:', 'wss:'] as const)('a link over %s that is given up in Node', (kind) => {
  const nodeOptions = { rejectUnauthorized: false };

  it('is reset when its server falls silent, and no order is delivered later [C12]', async () => {
    const server = await deafServer(kind);
    const client = await connectClient(server, {
      config: { ...QUIET, nodeOptions, pingInterval: 30, pongTimeout: 30 },
    });
    const lost = clientEvent(client, 'disconnected');
    client.request({ op: 'order', pad: 'x'.repeat(LARGE) }).catch(() => {});
    await lost;
    expect((await server.read()).bytes).toBeLessThan(LARGE);
  });

  it('is reset when close() reaches its deadline [C12, C8]', async () => {
    const server = await deafServer(kind);
    const client = await connectClient(server, { config: { ...QUIET, nodeOptions } });
    client.request(ORDER).catch(() => {});
    await client.close({ deadline: 30 });
    expect((await server.read()).ends).toEqual(['ECONNRESET']);
  });

  it('is reset when the server does not complete the closing handshake in time [C12]', async () => {
    const server = await deafServer(kind);
    const client = await connectClient(server, {
      config: { ...QUIET, nodeOptions: { ...nodeOptions, closeTimeout: 20 } },
    });
    client.request(ORDER).catch(() => {});
    await client.close();
    expect((await server.read()).ends).toEqual(['ECONNRESET']);
  });
});

describe('a connection that the agent of the application made', () => {
  it('is ended, but not reset: it may be shared [C12]', async () => {
    const server = await deafServer('wss:');
    const agent = new Agent({ rejectUnauthorized: false });
    atEnd(() => agent.destroy());
    const client = await connectClient(server, { config: { ...QUIET, nodeOptions: { agent } } });
    await client.close({ deadline: 0 });
    expect((await server.read()).ends).not.toContain('ECONNRESET');
  });
});
