import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How upgrades are refused: with an HTTP answer, or by none at all. */
export interface Refusal {
  /** Undefined: the request is never answered. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
  /** How many upgrades are left to refuse. */
  times: number;
}

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const HOST = '127.0.0.1';

/** The TCP and HTTP side of the mock server: one port on loopback, every socket on it, and refused upgrades. */
export class MockListener {
  refusal: Refusal | undefined;
  /** Upgrade requests that came in, refused ones included. */
  upgradeAttempts = 0;
  readonly #sockets = new Set<Socket>();
  readonly #onUpgrade: UpgradeListener;
  readonly #onChange: () => void;
  #server: Server | undefined;
  #port = 0;

  constructor(onUpgrade: UpgradeListener, onChange: () => void) {
    this.#onUpgrade = onUpgrade;
    this.#onChange = onChange;
  }

  get port(): number {
    return this.#port;
  }

  get isListening(): boolean {
    return this.#server !== undefined;
  }

  /** TCP connections that are open, in whatever state. */
  get socketCount(): number {
    return this.#sockets.size;
  }

  async listen(port: number): Promise<void> {
    const server = createServer((_request, response) => {
      response
        .writeHead(426, { 'Content-Type': 'text/plain', Connection: 'close' })
        .end('This is a WebSocket server.\n');
    });
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      // A client may reset its connection at any time, also before there is a WebSocket that would listen.
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#onChange();
      });
    });
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
    this.#server = server;
    try {
      server.listen(port, HOST);
      await once(server, 'listening');
      this.#port = (server.address() as AddressInfo).port;
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
  }

  /** Frees the port at once. Open sockets live on; resolves when the last one is gone. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  /** Ends every socket without a word; resolves when all are gone. */
  async destroySockets(): Promise<void> {
    await Promise.all(
      [...this.#sockets].map(
        (socket) =>
          new Promise((resolve) => {
            socket.once('close', resolve);
            socket.destroy();
          }),
      ),
    );
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { refusal } = this;
    this.upgradeAttempts++;
    if (refusal !== undefined && refusal.times > 0) {
      refusal.times--;
      if (refusal.status !== undefined) refuse(socket, refusal.status, refusal);
      else socket.resume(); // reads on, to notice when the client gives up
      socket.on('end', () => socket.destroy());
      this.#onChange();
    } else {
      this.#onUpgrade(request, socket, head);
    }
  }
}

function refuse(socket: Duplex, status: number, { headers, body }: Refusal): void {
  const fields = { Connection: 'close', 'Content-Length': Buffer.byteLength(body), ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n${lines.join('')}\r\n${body}`);
}
