import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/**
 * The other end for the adapter suite: a server that does what the path of the URL says, so that an adapter may run in
 * another process than it. Independent of the package's own mock server, so that no fault hides in both.
 */
export interface Peer {
  readonly url: string;
  /** Resolves when the request with `?id=` came in; for other processes also as `GET /arrived?id=`. */
  arrived(id: string): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * How the connection with `?id=` ended, as the peer saw it; sent by `/gone?id=` once its TCP socket is closed. A
 * handshake that still hangs is completed then: Firefox keeps the TCP connection of a given-up attempt for so long.
 */
export interface Gone {
  readonly code?: number;
  readonly reason?: string;
}

type Behaviour = (ws: WebSocket, query: URLSearchParams, request: IncomingMessage) => void;

const behaviours: Record<string, Behaviour> = {
  /** Sends every message back, reports pings, and sends a ping on request. */
  '/echo': (ws) => {
    ws.on('message', (data, isBinary) => {
      if (!isBinary && String(data) === 'ping me') ws.ping();
      else ws.send(data, { binary: isBinary });
    });
    ws.on('ping', () => ws.send('pinged'));
  },
  /** Sends before the client has seen the end of its handshake. */
  '/greet': (ws) => {
    ws.send('hello');
    ws.send(new Uint8Array([0, 255, 128]));
  },
  '/close': (ws, query) => ws.close(Number(query.get('code')), query.get('reason') ?? ''),
  /** Closes without a code. */
  '/leave': (ws) => ws.close(),
  '/drop': (ws) => ws.terminate(),
  /** Reads nothing: neither data nor a close frame. */
  '/stall': (ws) => ws.pause(),
  '/size': (ws, query) => ws.send('x'.repeat(Number(query.get('bytes')))),
  '/invalid-utf8': (ws) => ws.send(Buffer.from([0x61, 0xff, 0xfe]), { binary: false }),
  '/flood': (ws, query) => {
    for (let n = 0; n < Number(query.get('count')); n++) ws.send(String(n));
  },
  '/headers': (ws, _query, request) => ws.send(JSON.stringify(request.headers)),
};

export async function startPeer(): Promise<Peer> {
  const wss = new WebSocketServer({
    noServer: true,
    perMessageDeflate: { threshold: 0 },
    handleProtocols: (offered, { url }) =>
      new URL(`ws://peer${url}`).searchParams.get('protocol') ?? [...offered][0] ?? false,
  });
  const arrivals = new EventEmitter();
  const arrived = async (id: string): Promise<unknown> => ends.has(id) || once(arrivals, id);
  const server = createServer((request, response) => {
    const { searchParams } = new URL(`http://peer${request.url}`);
    // A page of another origin asks.
    response.setHeader('Access-Control-Allow-Origin', '*');
    void arrived(searchParams.get('id') ?? '').then(() => response.end());
  });
  const sockets = new Set<Duplex>();
  const ends = new Map<string, Promise<Gone>>();
  const hanging = new Map<string, () => void>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { pathname, searchParams: query } = new URL(`ws://peer${request.url}`);
    sockets.add(socket);
    socket.on('error', () => {});
    const closed = new Promise<void>((resolve) => socket.once('close', resolve)).then(() => sockets.delete(socket));
    let gone: Gone = {};
    const id = query.get('id');
    if (id !== null && pathname !== '/gone') {
      const end = closed.then(() => gone);
      ends.set(id, end);
      arrivals.emit(id);
    }
    if (pathname === '/hang') {
      socket.resume();
      socket.on('end', () => socket.destroy());
      if (id !== null) hanging.set(id, () => wss.handleUpgrade(request, socket, head, ignoreErrors));
    } else if (pathname === '/refuse') {
      socket.end(refusal(query));
    } else {
      wss.handleUpgrade(request, socket, head, (ws) => {
        ignoreErrors(ws);
        ws.on('close', (code, reason) => {
          gone = { code, reason: reason.toString() };
        });
        if (pathname === '/gone') {
          hanging.get(id ?? '')?.();
          hanging.delete(id ?? '');
          void ends.get(id ?? '')?.then((end) => ws.send(JSON.stringify(end)));
        } else if (pathname === '/no-end') farewell(socket);
        else behaviours[pathname]?.(ws, query, request);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function ignoreErrors(ws: WebSocket): void {
  ws.on('error', () => {});
}

/** Every other parameter is a header of the answer. */
function refusal(query: URLSearchParams): string {
  const { status = '500', ...headers } = Object.fromEntries(query);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} No\r\nContent-Length: 2\r\n${lines.join('')}\r\nno`;
}

/** A close frame (1001), and then a TCP connection that is never ended. */
function farewell(socket: Duplex): void {
  socket.write(Uint8Array.of(0x88, 0x02, 0x03, 0xe9));
  socket.end = () => socket;
}
