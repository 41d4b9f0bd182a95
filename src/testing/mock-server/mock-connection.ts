import { encodeFrame, type MockFrame } from './mock-frame.js';

/** How a connection ended, as the server saw it. */
export interface MockClose {
  readonly connection: MockConnection;
  /** The client's close code: 1005 where it sent none, 1006 where it went without a close frame. */
  readonly code: number;
  readonly reason: string;
}

/** What a connection needs of the socket below it. */
export interface MockPeer {
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  ping(): void;
  pause(): void;
  resume(): void;
  isOpen(): boolean;
  setMuted(muted: boolean): void;
}

/** What the client's upgrade request said. */
export interface MockHandshake {
  /** Path and query. */
  readonly path: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The subprotocol that was agreed on; empty without one. */
  readonly protocol: string;
}

/**
 * One client of a `MockWebSocketServer`. The server makes them; a test gets them from `server.connections`,
 * `waitForConnection()` or a listener.
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
  /** 0 for the first connection that the server accepted, 1 for the second, and so on. */
  readonly index: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly protocol: string;
  /** The topics that this client is subscribed to. The built-in dialect keeps it; so may a script of your own. */
  readonly subscriptions = new Set<string>();
  /** Whether an authentication frame was accepted on this connection; always true where the server wants none. */
  authenticated: boolean;
  /** Text and binary messages that came in. */
  receivedCount = 0;
  /** Resolves when the connection has ended; never rejects. */
  readonly closed: Promise<MockClose>;
  readonly #peer: MockPeer;
  #muted = false;

  /** @internal */
  constructor(
    index: number,
    handshake: MockHandshake,
    peer: MockPeer,
    authenticated: boolean,
    closed: (self: MockConnection) => Promise<MockClose>,
  ) {
    this.index = index;
    this.path = handshake.path;
    this.headers = handshake.headers;
    this.protocol = handshake.protocol;
    this.#peer = peer;
    this.authenticated = authenticated;
    this.closed = closed(this);
  }

  /** Whether frames can still be sent. */
  get isOpen(): boolean {
    return this.#peer.isOpen();
  }

  get isMuted(): boolean {
    return this.#muted;
  }

  /** Sends frames, in order. On a connection that is muted or not open they are lost, as on a real one. */
  send(...frames: readonly MockFrame[]): void {
    if (this.#muted || !this.isOpen) return;
    for (const frame of frames) this.#peer.send(encodeFrame(frame));
  }

  /** Starts the closing handshake. Default code 1000. */
  close(code = 1000, reason = ''): void {
    this.#peer.close(code, reason);
  }

  /** Drops the connection without a close frame. */
  terminate(): void {
    this.#peer.terminate();
  }

  /** Sends a WebSocket ping frame. */
  ping(): void {
    if (this.isOpen) this.#peer.ping();
  }

  /** Stops reading from the network, so that the client's frames pile up on its side. */
  pause(): void {
    this.#peer.pause();
  }

  resume(): void {
    this.#peer.resume();
  }

  /** From now on takes everything and lets nothing out: no answer, no pong, no close frame. */
  mute(): void {
    this.#setMuted(true);
  }

  /** Lets frames out again; those of the silence stay lost. */
  unmute(): void {
    this.#setMuted(false);
  }

  #setMuted(muted: boolean): void {
    this.#muted = muted;
    this.#peer.setMuted(muted);
  }
}
