/**
 * Everything that the client uses of its platform: sockets, time, random numbers, ids, and the lifecycle of the host.
 * The package has adapters for Node, for browsers and for a simulated network; an application may write its own.
 */
export interface Runtime {
  /** Opens one socket. Called once for each connection attempt. */
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  /** A random number from 0 to 1, without 1. The client uses it for jitter. */
  random(): number;
  /**
   * A string for a request id. It must never repeat.
   * @default ids in the form of nanoid
   */
  generateId?(): string;
  /**
   * Timers that fire with the next frame of the screen, whatever their delay.
   * @default the timers of `clock`
   */
  readonly frames?: Pick<Clock, 'setTimer' | 'clearTimer'>;
  /**
   * Reports when the host goes to sleep and wakes up.
   * @default undefined: the client relies on its timers only
   */
  readonly lifecycle?: Lifecycle;
}

/**
 * Starts to open a socket and returns it at once. The socket reports everything that follows through `events`. A throw
 * means that the request cannot be carried out at all; it counts as a failed attempt.
 */
export type OpenSocket = (request: SocketRequest, events: SocketEvents) => Socket;

/** What to connect to. */
export interface SocketRequest {
  readonly url: string;
  /** The subprotocols to offer (RFC 6455 section 1.9), in order of preference; may be empty. */
  readonly protocols: string[];
  /** The largest inbound message, in bytes. An adapter refuses a larger message early if its platform can. */
  readonly maxMessageSize: number;
  /** Options of the ws package. Only the Node adapter reads them. */
  readonly nodeOptions?: object;
}

/**
 * What a socket reports. `onClose` is the last call and comes once. The client tolerates a platform that repeats it.
 */
export interface SocketEvents {
  /** The opening handshake succeeded. */
  onOpen(): void;
  /** One whole message came in: a string from a text frame, bytes from a binary frame. */
  onMessage(data: string | Uint8Array): void;
  /** A ping frame came in. The socket has already answered it. */
  onPing(): void;
  /** A pong frame came in. */
  onPong(): void;
  /** The attempt or the connection failed. `onClose` follows. */
  onError(error: SocketError): void;
  /** The socket is closed. No call follows. */
  onClose(close: SocketClose): void;
  /** Something that a reader of the trace may want to know about this socket. Free of secrets. */
  onNote?(note: string): void;
}

/** Why a socket failed. */
export interface SocketError {
  /** The HTTP status of a refused upgrade; missing if the platform hides it, as browsers do. */
  readonly status?: number;
  /** The `Retry-After` header of a refused upgrade, in milliseconds from now; missing if the platform hides it. */
  readonly retryAfter?: number;
  /** The headers of a refused upgrade, with names in lower case; missing if the platform hides them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The first KiB of the body of a refused upgrade, as text; missing if the platform hides it. */
  readonly body?: string;
  /** The error of the platform. */
  readonly cause: unknown;
}

/** How a socket ended. */
export interface SocketClose {
  /** The close code (RFC 6455 section 7.4): 1005 for a close frame without a code, 1006 without a close frame. */
  readonly code: number;
  /** The reason in the close frame; may be empty. */
  readonly reason: string;
  /** Whether the closing handshake was completed. */
  readonly wasClean: boolean;
}

/** One open or opening WebSocket. */
export interface Socket {
  /**
   * Hands one message over. A throw means that the socket did not take it and that no part of it is sent. After a throw the
   * connection ends, except for a programming error such as a `TypeError`: that is an `error` event.
   */
  send(data: string | Uint8Array): void;
  /** Starts the closing handshake. */
  close(code?: number, reason?: string): void;
  /**
   * Drops the connection without a closing handshake. If it is missing, the client calls `close()` and ignores the
   * socket from then on.
   */
  terminate?(): void;
  /** Sends a ping frame. Missing if the platform has no ping frames, as in browsers. */
  ping?(): void;
  /** Stops reading, which slows the server down. Missing if the platform cannot stop. */
  pause?(): void;
  /** Reads again. */
  resume?(): void;
  /** Bytes that were handed over and are still in this process. */
  readonly bufferedAmount: number;
  /**
   * Bytes that came in on this connection, also of a message that is not complete yet. Missing if the platform does not
   * count them, as in browsers; then only whole messages are signs of life.
   */
  readonly bytesReceived?: number;
  /**
   * Whether the closing handshake has begun. Where the client did not begin it, the server did, and `onClose` tells its
   * code. Missing if the platform does not tell.
   */
  readonly isClosing?: boolean;
  /** Bytes that have left this process on this connection. Missing if the platform does not count them. */
  readonly bytesSent?: number;
}

/** Time and timers. */
export interface Clock {
  /** Milliseconds since any fixed time. The value never decreases. */
  now(): number;
  /**
   * Unix milliseconds.
   * @default the value of `now()`
   */
  wallTime?(): number;
  /**
   * Calls back once, not earlier than after `delay` milliseconds and never inside this call. Any finite delay is
   * allowed. Returns the timer for `clearTimer()`.
   */
  setTimer(callback: () => void, delay: number): unknown;
  /** Stops a timer that was returned by `setTimer()`. */
  clearTimer(timer: unknown): void;
}

/** Reports when the host goes to sleep and wakes up. */
export interface Lifecycle {
  /**
   * Starts to report; returns a function that stops it. A client calls it when it starts to connect, and stops it when
   * it ends.
   */
  listen(events: LifecycleEvents): () => void;
}

/** What a lifecycle reports. `cause` is a word such as `'online'` or `'hidden'`. */
export interface LifecycleEvents {
  /** The host is back: online, visible, resumed, or restored from the back/forward cache. */
  wake(cause: string): void;
  /** The host goes away: offline, hidden, or frozen. */
  sleep(cause: string): void;
}
