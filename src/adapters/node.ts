import type { Duplex } from 'node:stream';
import WebSocket from 'isomorphic-ws';
import { ConnectionClosedError } from '../errors.js';
import type { OpenSocket, Runtime, Socket, SocketError, SocketEvents, SocketRequest } from '../runtime.js';
import { systemClock } from './clock.js';
import { fitReason } from './close-reason.js';
import { parseRetryAfter } from './retry-after.js';

/** What this adapter sets where `nodeOptions` does not. */
const DEFAULTS = {
  // Inflating sends every frame through a thread pool: latency and memory that market data does better without.
  // `nodeOptions: { perMessageDeflate: true }` asks for it where bandwidth is dearer.
  perMessageDeflate: false,
  // For the peer's half of a closing handshake, and for its end of a TCP connection that it closed. ws waits 30 s, and
  // a reconnect would wait as long for a mute peer; the core gives up on the close code after a second.
  closeTimeout: 800,
};

/** ws keeps `maxPayload` in 32 bits, where a larger number would wrap around to another limit, or to none. */
const LARGEST_PAYLOAD = 2 ** 31 - 1;

/** The close codes with which ws answers a broken frame; it reports 1006 for all of them. */
const FAILURES: ReadonlyMap<string, number> = new Map([
  ['WS_ERR_INVALID_UTF8', 1007],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', 1008],
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 1009],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 1009],
]);

/**
 * Opens a socket of the `ws` package. `nodeOptions` are its client options: `headers`, `agent`, TLS options,
 * `perMessageDeflate`, `handshakeTimeout` and so on. Differences to the defaults of ws: no compression, and 800 ms
 * (`closeTimeout`) for the peer to complete a closing handshake. `maxPayload` is always `maxMessageSize`.
 *
 * @throws SyntaxError for a URL or a subprotocol that is not valid
 * @throws TypeError for a header that is not valid
 * @example
 * ```ts
 * const socket = openNodeSocket(
 *   { url: 'wss://stream.example.com', protocols: [], maxMessageSize: 65_536, nodeOptions: { headers } },
 *   events,
 * );
 * ```
 */
export const openNodeSocket: OpenSocket = (request, events) => new NodeSocket(request, events);

/**
 * The world as Node offers it: ws sockets, a monotonic clock, `Math.random`.
 *
 * @example
 * ```ts
 * import { WebSocketClient } from 'hpx-transport-ws';
 * import { nodeRuntime } from 'hpx-transport-ws/adapters/node';
 *
 * const client = new WebSocketClient({ url: 'wss://stream.example.com' }, handler, nodeRuntime);
 * ```
 */
export const nodeRuntime: Runtime = {
  openSocket: openNodeSocket,
  clock: systemClock,
  random: () => Math.random(),
};

/**
 * Bytes that may be held back within one turn: what a TLS record holds at the most (RFC 8446 section 5.1). With larger
 * ones the server idles at the start of a burst, and its answers come in one go while nobody reads.
 */
const LARGEST_BATCH = 16 * 1_024;
const settled = Promise.resolve();

class NodeSocket implements Socket {
  readonly #ws: WebSocket;
  /** The TCP or TLS connection, where the platform shows it. */
  #tcp: Duplex | undefined;
  #corked = false;
  readonly #uncork = (): void => {
    if (!this.#corked) return;
    this.#corked = false;
    this.#tcp?.uncork();
  };
  readonly #events: SocketEvents;
  /** Whether an error would be no news: there was one, we gave up ourselves, or it is over. */
  #silent = false;
  #failure: number | undefined;

  constructor({ url, protocols, maxMessageSize, nodeOptions }: SocketRequest, events: SocketEvents) {
    this.#events = events;
    const ws = new WebSocket(url, protocols, {
      ...DEFAULTS,
      ...nodeOptions,
      maxPayload: Math.min(maxMessageSize, LARGEST_PAYLOAD),
    });
    this.#ws = ws;
    ws.on('open', () => events.onOpen());
    // The default `binaryType` gives one Buffer per message. Bytes become a plain Uint8Array over the same memory,
    // because Buffer overrides slice(), toString() and toJSON(), and code would come to rely on it.
    ws.on('message', (data, isBinary) =>
      events.onMessage(isBinary ? view(data as Buffer) : (data as Buffer).toString()),
    );
    ws.on('ping', () => events.onPing());
    ws.on('pong', () => events.onPong());
    ws.on('unexpected-response', (_request, response) => {
      const { statusCode, headers } = response;
      const retryAfter = parseRetryAfter(headers['retry-after'], headers.date);
      this.#fail({
        ...(statusCode !== undefined && { status: statusCode }),
        ...(retryAfter !== undefined && { retryAfter }),
        cause: new Error(`The server refused the upgrade with HTTP status ${statusCode}`),
      });
      // Whoever listens to this event has to end the request; this also destroys its socket.
      this.terminate();
    });
    // Bun puts a class of its own in the place of ws, which tells of the upgrade and shows no socket.
    ws.on('upgrade', ({ socket }: { socket: Duplex | null }) => {
      this.#tcp = socket ?? undefined;
      // A network error of an open connection, a failed write for one: ws ends the connection and does not tell why.
      socket?.on('error', (cause) => this.#fail({ cause }));
    });
    // Stays for good: an 'error' without a listener would end the process.
    ws.on('error', (cause: NodeJS.ErrnoException) => {
      this.#failure ??= failureCode(cause.code);
      this.#fail({ cause });
    });
    ws.once('close', (code, reason) => {
      this.#silent = true;
      events.onClose({
        code: code === 1006 ? (this.#failure ?? code) : code,
        reason: reason.toString(),
        wasClean: code !== 1006,
      });
    });
  }

  send(data: string | Uint8Array): void {
    // ws itself counts such data as buffered and then drops it.
    if (this.#ws.readyState !== WebSocket.OPEN) {
      throw new ConnectionClosedError('The socket is not open; nothing was sent.', { delivery: 'unsent' });
    }
    // A write costs a system call: what is sent in one go leaves in one, before any code that awaits it goes on.
    if (!this.#corked && this.#tcp) {
      this.#corked = true;
      this.#tcp.cork();
      void settled.then(this.#uncork);
    }
    this.#ws.send(data);
    if (this.#ws.bufferedAmount > LARGEST_BATCH) this.#uncork();
  }

  close(code?: number, reason?: string): void {
    if (this.#ws.readyState === WebSocket.CONNECTING) this.#silent = true;
    try {
      this.#ws.close(code, fitReason(reason));
    } catch {
      // A code that must not be sent: then none at all.
      this.#ws.close();
    }
  }

  terminate(): void {
    this.#silent = true;
    // What was read already would still be handed out.
    this.#ws.removeAllListeners('message');
    this.#ws.terminate();
  }

  ping(): void {
    if (this.#ws.readyState === WebSocket.OPEN) this.#ws.ping();
  }

  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  get bufferedAmount(): number {
    return this.#ws.bufferedAmount;
  }

  /** The first error is the cause; what follows it is a consequence. */
  #fail(error: SocketError): void {
    if (this.#silent) return;
    this.#silent = true;
    this.#events.onError(error);
  }
}

function view(data: Buffer): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function failureCode(code: string | undefined): number | undefined {
  if (code === undefined) return undefined;
  if (code.startsWith('Z_')) return 1007;
  return FAILURES.get(code) ?? (code.startsWith('WS_ERR_') ? 1002 : undefined);
}
