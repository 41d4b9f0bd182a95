import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How upgrade requests are refused. */
interface Refusal {
  /** The HTTP status of the answer; without a status there is no answer at all. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
  /** The number of upgrade requests that are still refused. */
  times: number;
}

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const HOST = '127.0.0.1';

/** The TCP and HTTP side of the mock server: one port on loopback, its sockets, and the refusal of upgrade requests. */
export class MockHttpServer {
  refusal: Refusal | undefined;
  /** The number of upgrade requests that came in, including refused ones. */
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

  /** The number of open TCP connections, in any state. */
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
      // A client may reset its connection before a WebSocket listens to errors.
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

  /** Frees the port at once. Open sockets stay open; the promise resolves when the last of them is closed. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  /** Destroys every socket. Resolves when all are closed. */
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
      else socket.resume(); // to learn when the client gives up
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
