/**
 * The seam under the core: everything that the core may touch of the world outside. An adapter fills it (Node, browser,
 * a simulated network, a reader's own fake), and all of them are equals.
 */
export interface Runtime {
  /** Opens one socket. Called once per connection attempt. */
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  /** A number in [0, 1), used for jitter. */
  random(): number;
  /** A string that never repeats, for request ids. Default: nanoid. */
  generateId?(): string;
  /** Timers that fire with the next frame of the screen, whatever their delay. Without it, `clock` serves. */
  readonly frames?: Pick<Clock, 'setTimer' | 'clearTimer'>;
  /** Tells when the host slept or woke; without it the core relies on its timers alone. */
  readonly lifecycle?: Lifecycle;
}

/**
 * Starts to open a socket and returns it at once; what happens next is told through `events`. It may throw when the
 * request cannot be carried out at all, which counts as a failed attempt.
 */
export type OpenSocket = (request: SocketRequest, events: SocketEvents) => Socket;

export interface SocketRequest {
  readonly url: string;
  /** Subprotocols (RFC 6455 section 1.9), in order of preference; may be empty. */
  readonly protocols: string[];
  /** In bytes. An adapter that can refuse a larger inbound frame early does so. */
  readonly maxMessageSize: number;
  /** Options of the `ws` package; only the Node adapter reads them. */
  readonly nodeOptions?: object;
}

/** What a socket reports. `onClose` comes last, exactly once where the platform is sound; the core survives repeats. */
export interface SocketEvents {
  onOpen(): void;
  /** One whole message: a string for a text frame, bytes for a binary one. */
  onMessage(data: string | Uint8Array): void;
  /** A ping frame came in; the socket has answered it by itself. */
  onPing(): void;
  onPong(): void;
  onError(error: SocketError): void;
  onClose(close: SocketClose): void;
}

export interface SocketError {
  /** The HTTP status of a refused upgrade, where the platform tells it. */
  readonly status?: number;
  /** Milliseconds that the server asked us to wait (the `Retry-After` header), where the platform tells it. */
  readonly retryAfter?: number;
  readonly cause: unknown;
}

export interface SocketClose {
  /** RFC 6455 section 7.4: 1005 without a code, 1006 without a close frame. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

export interface Socket {
  /** Hands one frame over; throws when the socket cannot take it, and then nothing of it is sent. */
  send(data: string | Uint8Array): void;
  /** Starts the closing handshake. */
  close(code?: number, reason?: string): void;
  /** Drops the connection without a handshake. Where it is missing the core calls `close()` and forgets the socket. */
  terminate?(): void;
  /** Sends a WebSocket ping frame. Missing where the platform does not offer it (browsers). */
  ping?(): void;
  /** Stops reading, so that the peer is slowed down. */
  pause?(): void;
  resume?(): void;
  /** Bytes handed over that have not left this process. */
  readonly bufferedAmount: number;
}

export interface Clock {
  /** Monotonic milliseconds from any origin. */
  now(): number;
  /** Unix milliseconds. Default: `now()`. */
  wallTime?(): number;
  /** Calls back once, not before `delay` milliseconds, never synchronously. Any finite delay is allowed. */
  setTimer(callback: () => void, delay: number): unknown;
  clearTimer(timer: unknown): void;
}

export interface Lifecycle {
  /** Starts telling; returns a function that stops it. Called when a client starts to connect, stopped when it ends. */
  listen(events: LifecycleEvents): () => void;
}

export interface LifecycleEvents {
  /** The host is back: online, visible, resumed, restored from the back/forward cache. */
  wake(cause: string): void;
  /** The host is going away: offline, hidden, frozen. */
  sleep(cause: string): void;
}
