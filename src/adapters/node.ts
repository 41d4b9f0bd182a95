import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import WebSocket from 'isomorphic-ws';
import { ConfigError, ConnectionClosedError } from '../errors.js';
import type { OpenSocket, Runtime, Socket, SocketError, SocketEvents, SocketRequest } from '../runtime.js';
import * as texts from '../texts.js';
import { BulkReader } from './bulk-reader.js';
import { systemClock } from './clock.js';
import { fitReason } from './close-reason.js';
import { NodeDialler } from './node-dialler.js';
import { plainHeaders, readStart } from './refused-upgrade.js';
import { parseRetryAfter } from './retry-after.js';
import { receiverOf } from './ws-receiver.js';

/** Milliseconds by which the timer of ws comes after ours. */
const LATER = 1_000;

/** `closeTimeout` is newer than the types of ws. `bulkRead` is an option of this adapter. */
type NodeOptions = WebSocket.ClientOptions & { closeTimeout?: number; bulkRead?: boolean };

/** Options of ws that this adapter sets. `nodeOptions` override them. */
const DEFAULTS = {
  // Decompression passes every frame through a thread pool, which costs latency and memory. An application that prefers
  // to save bandwidth sets `nodeOptions: { perMessageDeflate: true }`.
  perMessageDeflate: false,
  // Milliseconds for the server's half of a closing handshake. The default of ws is 30 s, and a reconnect would wait as
  // long for a silent server. The client itself stops waiting for the close code after 1 s.
  closeTimeout: 800,
  // Whole text frames are taken out of each read at once, before ws sees them. With many frames in a read this takes a
  // quarter of the time. `nodeOptions: { bulkRead: false }` lets ws read every frame.
  bulkRead: true,
} as const satisfies NodeOptions;

/** ws keeps `maxPayload` in 32 bits. A larger number would wrap around and become another limit, or none. */
const LARGEST_PAYLOAD = 2 ** 31 - 1;

/** The close code that ws sends for each kind of broken frame. It reports 1006 for all of them. */
const FAILURES: ReadonlyMap<string, number> = new Map([
  ['WS_ERR_INVALID_UTF8', 1007],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', 1008],
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 1009],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 1009],
]);

/**
 * Opens a socket of the ws package. `nodeOptions` are its client options, such as `headers`, `agent`, TLS options,
 * `perMessageDeflate` and `handshakeTimeout`. Two defaults differ from ws: there is no compression, and the server has
 * 800 ms (`closeTimeout`) to complete a closing handshake. `maxPayload` is always `maxMessageSize`.
 *
 * Text frames are read in bulk, with the events that ws alone would report. Where that is not possible, ws reads every
 * frame and `events.onNote` says why. The option `bulkRead: false` switches it off.
 *
 * @throws ConfigError if `bulkRead` is not true or false
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
 * The runtime of Node: sockets of the ws package, a monotonic clock, `Math.random`.
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
 * Bytes that may be held back within one turn: the size of a TLS record (RFC 8446 section 5.1). With a larger value the
 * server would be idle at the start of a burst, and then its answers would arrive all at once.
 */
const LARGEST_WRITE = 16 * 1_024;
const resolved = Promise.resolve();

class NodeSocket implements Socket {
  readonly #ws: WebSocket;
  /** The TCP or TLS connection; undefined if the platform hides it. */
  #tcp: Duplex | undefined;
  #corked = false;
  readonly #uncork = (): void => {
    if (!this.#corked) return;
    this.#corked = false;
    this.#tcp?.uncork();
  };
  readonly #events: SocketEvents;
  /** Whether a further error is not reported: there was an error, the client gave up, or the socket is closed. */
  #silent = false;
  /** The close code for a broken frame. */
  #failure: number | undefined;
  /** Missing where the application makes the connections. */
  readonly #dialler: NodeDialler | undefined;
  /** Missing while ws reads every frame. */
  #reader: BulkReader | undefined;
  readonly #closeTimeout: number;
  /** Bounds the closing handshake. ws has such a timer too, but would let unread bytes arrive. */
  #closeTimer: unknown;

  constructor({ url, protocols, maxMessageSize, nodeOptions }: SocketRequest, events: SocketEvents) {
    this.#events = events;
    const { bulkRead = true, ...options }: NodeOptions & { closeTimeout: number } = { ...DEFAULTS, ...nodeOptions };
    if (typeof bulkRead !== 'boolean') throw new ConfigError('nodeOptions.bulkRead', bulkRead, texts.TRUE_OR_FALSE);
    this.#closeTimeout = options.closeTimeout;
    // A connection that the application made may be shared, and is not ours to reset.
    const dialler = options.agent || options.createConnection ? undefined : new NodeDialler();
    this.#dialler = dialler;
    const createConnection = /^wss:/i.test(url) ? dialler?.secure : dialler?.plain;
    const settings = {
      ...options,
      ...(createConnection && { createConnection: createConnection as WebSocket.ClientOptions['createConnection'] }),
      // Later than our own timer, which resets the connection.
      closeTimeout: options.closeTimeout + LATER,
      maxPayload: Math.min(maxMessageSize, LARGEST_PAYLOAD),
    };
    const ws = new WebSocket(url, protocols, settings);
    this.#ws = ws;
    ws.on('open', () => {
      if (bulkRead) this.#readInBulk(settings.maxPayload);
      events.onOpen();
    });
    // ws gives one Buffer per message. The client gets a plain Uint8Array over the same memory: Buffer overrides
    // slice(), toString() and toJSON(), and an application would come to rely on these.
    ws.on('message', (data, isBinary) =>
      events.onMessage(isBinary ? view(data as Buffer) : (data as Buffer).toString()),
    );
    ws.on('ping', () => {
      // ws ends a connection with too many pongs that have not left.
      this.#uncork();
      events.onPing();
    });
    ws.on('pong', () => events.onPong());
    ws.on('unexpected-response', (_request, response) => {
      const { statusCode, headers } = response;
      const retryAfter = parseRetryAfter(headers['retry-after'], headers.date);
      readStart(response, (body) => {
        this.#fail({
          ...(statusCode !== undefined && { status: statusCode }),
          ...(retryAfter !== undefined && { retryAfter }),
          headers: plainHeaders(headers),
          body,
          cause: new Error(texts.upgradeRefused(statusCode)),
        });
        // A listener of this event must end the request. This also destroys its socket.
        this.terminate();
      });
    });
    // Bun replaces ws by a class of its own, which emits 'upgrade' without a socket.
    ws.on('upgrade', ({ socket }: { socket: Duplex | null }) => {
      this.#tcp = socket ?? undefined;
      // After a network error, such as a failed write, ws ends an open connection without reporting the error.
      socket?.on('error', (cause) => this.#fail({ cause }));
    });
    // Never removed: an 'error' event without a listener would end the process.
    ws.on('error', (cause: NodeJS.ErrnoException) => {
      this.#failure ??= failureCode(cause.code);
      // After a broken frame, ws itself starts the closing handshake.
      if (ws.readyState === WebSocket.CLOSING) this.#boundClosing();
      this.#fail({ cause });
    });
    ws.once('close', (code, reason) => {
      if (this.#closeTimer) systemClock.clearTimer(this.#closeTimer);
      this.#silent = true;
      events.onClose({
        code: code === 1006 ? (this.#failure ?? code) : code,
        reason: reason.toString(),
        wasClean: code !== 1006,
      });
    });
  }

  send(data: string | Uint8Array): void {
    // ws would count the data as buffered and then drop it.
    if (this.#ws.readyState !== WebSocket.OPEN) {
      throw new ConnectionClosedError(texts.SOCKET_NOT_OPEN, { delivery: 'unsent' });
    }
    // Each write costs a system call. All messages of one turn leave with one write, before code that awaits continues.
    if (!this.#corked && this.#tcp) {
      this.#corked = true;
      this.#tcp.cork();
      void resolved.then(this.#uncork);
    }
    this.#ws.send(data);
    if (this.#ws.bufferedAmount > LARGEST_WRITE) this.#uncork();
  }

  close(code?: number, reason?: string): void {
    if (this.#ws.readyState === WebSocket.CONNECTING) this.#silent = true;
    this.#boundClosing();
    try {
      this.#ws.close(code, fitReason(reason));
    } catch {
      // This code must not be sent. Close without a code.
      this.#ws.close();
    }
  }

  terminate(): void {
    this.#silent = true;
    // ws would still emit messages that it has already read.
    this.#ws.removeAllListeners('message');
    this.#reader?.stop();
    this.#dialler?.reset();
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

  get isClosing(): boolean {
    return this.#ws.readyState === WebSocket.CLOSING;
  }

  get bytesReceived(): number | undefined {
    return this.#counted?.bytesRead;
  }

  /** Node counts a write when it starts. What the system has not taken yet has not left. */
  get bytesSent(): number | undefined {
    const socket = this.#counted as
      | (NetSocket & { _handle?: { bytesWritten?: number; writeQueueSize?: number } })
      | undefined;
    const { bytesWritten, writeQueueSize = 0 } = socket?._handle ?? {};
    return bytesWritten === undefined ? socket?.bytesWritten : bytesWritten - writeQueueSize;
  }

  /** Below TLS where that is possible: a part of a TLS record is a sign of life too. */
  get #counted(): NetSocket | undefined {
    return this.#dialler?.tcp ?? (this.#tcp as NetSocket | undefined);
  }

  /** Puts a reader in front of ws, before the first byte is read. */
  #readInBulk(limit: number): void {
    const receiver = receiverOf(this.#ws);
    if (typeof receiver === 'string') return this.#events.onNote?.(receiver);
    const write = receiver._write;
    const events = this.#events;
    this.#reader = new BulkReader(
      limit,
      (text) => events.onMessage(text),
      (...values) => write.apply(receiver, values),
    );
    receiver._write = this.#reader.read;
    // A listener that comes later is to get all messages from then on.
    this.#ws.on('newListener', (event) => event === 'message' && this.#reader?.stop());
  }

  /** The server has so long to complete the closing handshake. */
  #boundClosing(): void {
    this.#closeTimer ??= systemClock.setTimer(() => this.terminate(), this.#closeTimeout);
  }

  /** Reports the first error only: later errors follow from it. */
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
