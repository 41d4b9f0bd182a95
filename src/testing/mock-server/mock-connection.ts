import { encodeFrame, type MockFrame } from './mock-frame.js';

/** How a connection ended, as the server sees it. */
export interface MockClose {
  readonly connection: MockConnection;
  /** The client's close code: 1005 for a close frame without a code, 1006 for an end without a close frame. */
  readonly code: number;
  readonly reason: string;
}

/** The server's socket, as a connection uses it. */
export interface MockSocket {
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  ping(): void;
  pause(): void;
  resume(): void;
  isOpen(): boolean;
  setMuted(muted: boolean): void;
}

/** What the client sent with its upgrade request, and the agreed subprotocol. */
export interface MockHandshake {
  /** Path and query. */
  readonly path: string;
  /** The request headers. Their names are in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The agreed subprotocol; empty without one. */
  readonly protocol: string;
}

/**
 * One connection of a client to a `MockWebSocketServer`. A test gets it from `server.connections`, from
 * `server.waitForConnection()`, or in a listener.
 *
 * @example
 * ```ts
 * const connection = await server.waitForConnection();
 * connection.send({ topic: 'trades.BTC', data: { price: 1 } });
 * connection.close(1012, 'restart');
 * (await connection.closed).code; // 1012
 * ```
 */
export class MockConnection implements MockHandshake {
  /** The number of this connection among all that the server accepted, counted from 0. */
  readonly index: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly protocol: string;
  /** The topics that this connection has subscribed. The built-in exchange maintains it; a script may do so too. */
  readonly subscriptions = new Set<string>();
  /** Whether this connection may use the exchange: it is authenticated, or the server requires no authentication. */
  authenticated: boolean;
  /** The number of text and binary messages that came in. */
  receivedCount = 0;
  /** Resolves when the connection has ended. Never rejects. */
  readonly closed: Promise<MockClose>;
  readonly #socket: MockSocket;
  #muted = false;

  /** @internal */
  constructor(
    index: number,
    handshake: MockHandshake,
    socket: MockSocket,
    authenticated: boolean,
    closed: (self: MockConnection) => Promise<MockClose>,
  ) {
    this.index = index;
    this.path = handshake.path;
    this.headers = handshake.headers;
    this.protocol = handshake.protocol;
    this.#socket = socket;
    this.authenticated = authenticated;
    this.closed = closed(this);
  }

  /** Whether frames can still be sent. */
  get isOpen(): boolean {
    return this.#socket.isOpen();
  }

  /** Whether nothing leaves; see `mute()`. */
  get isMuted(): boolean {
    return this.#muted;
  }

  /** Sends frames in order. If the connection is muted or not open, the frames are lost. */
  send(...frames: readonly MockFrame[]): void {
    if (this.#muted || !this.isOpen) return;
    for (const frame of frames) this.#socket.send(encodeFrame(frame));
  }

  /** Starts the closing handshake, with code 1000 by default. */
  close(code = 1000, reason = ''): void {
    this.#socket.close(code, reason);
  }

  /** Drops the connection without a close frame. */
  terminate(): void {
    this.#socket.terminate();
  }

  /** Sends a WebSocket ping frame. */
  ping(): void {
    if (this.isOpen) this.#socket.ping();
  }

  /** Stops reading from the network, so that the client's frames pile up on the client's side. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Makes the connection silent: it still reads everything and sends nothing, not even a pong or a close frame. */
  mute(): void {
    this.#setMuted(true);
  }

  /** Ends the silence. Frames that were not sent meanwhile stay lost. */
  unmute(): void {
    this.#setMuted(false);
  }

  #setMuted(muted: boolean): void {
    this.#muted = muted;
    this.#socket.setMuted(muted);
  }
}
