import type { Endpoint } from '../config.js';
import { isWebSocketUrl } from '../config.js';
import type { Context } from '../context.js';
import {
  ConfigError,
  ConnectionClosedError,
  ConnectionFailedError,
  ProtocolError,
  TransportError,
  tooLarge,
} from '../errors.js';
import type { Socket, SocketClose, SocketError } from '../runtime.js';
import { obtain } from '../util/promises.js';
import { Timer } from '../util/timer.js';
import { describe } from '../util/wrap-error.js';

/** How long a socket may take to close, or to follow an error with its close event. */
const CLOSE_TIMEOUT = 1_000;
/** The end of a socket that has no close frame to tell of (RFC 6455 section 7.1.5). */
const LOST: SocketClose = { code: 1006, reason: '', wasClean: false };

/** How a link ended. */
export interface LinkEnd {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  readonly status?: number | undefined;
  readonly retryAfter?: number | undefined;
  readonly error: TransportError;
}

export interface LinkEvents {
  /** Whether a socket is still to be opened: the application may have closed the client while it was asked for the URL. */
  isWanted(): boolean;
  opened(): void;
  message(data: string | Uint8Array): void;
  pinged(): void;
  ponged(): void;
  /** Comes once and last; never after `drop()` or `shutdown()`. */
  ended(end: LinkEnd): void;
  /** The socket is gone for good, however it ended. Comes once. */
  gone(): void;
}

/**
 * One socket, from asking for its URL to its end. Once it has ended, or was let go by `drop()` or `shutdown()`, nothing
 * that the socket still reports comes through: a replaced socket is inert (C1).
 */
export class Link {
  readonly #context: Context;
  #events: LinkEvents | undefined;
  readonly #gone: () => void;
  readonly #timer: Timer;
  #socket: Socket | undefined;
  #opened = false;
  #openedEarly = false;
  #error: SocketError | undefined;
  #isGone = false;
  #isSending = false;

  constructor(context: Context, events: LinkEvents) {
    this.#context = context;
    this.#events = events;
    this.#gone = () => events.gone();
    this.#timer = new Timer(context.runtime.clock);
  }

  get opened(): boolean {
    return this.#opened;
  }

  /** Whether an error was told whose close event is still to come, or is given up within a second. */
  get isFailing(): boolean {
    return this.#error !== undefined;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether the socket is just taking a frame. */
  get isSending(): boolean {
    return this.#isSending;
  }

  /** Asks for the URL and opens the socket; `connectTimeout` covers both. */
  dial(): void {
    const { config } = this.#context;
    this.#timer.start(config.connectTimeout, () => {
      this.#end(LOST, `No open socket within ${config.connectTimeout} ms (connectTimeout).`);
      this.#discard();
    });
    obtain(
      () => (typeof config.url === 'function' ? config.url() : config.url),
      (source) => this.#open(source),
      (cause) => this.#refused(cause),
    );
  }

  /** @throws whatever the socket throws when it cannot take the frame */
  send(frame: string | Uint8Array): void {
    this.#isSending = true;
    try {
      this.#socket?.send(frame);
    } finally {
      this.#isSending = false;
    }
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Whether the platform offers WebSocket pings. */
  get canPing(): boolean {
    return this.#socket?.ping !== undefined;
  }

  ping(): void {
    this.#socket?.ping?.();
  }

  /** Whether the platform can stop reading. */
  get canPause(): boolean {
    return this.#socket?.pause !== undefined;
  }

  pause(): void {
    this.#socket?.pause?.();
  }

  resume(): void {
    this.#socket?.resume?.();
  }

  /** Lets go of the socket at once, without a handshake where the platform can. */
  drop(): void {
    this.#events = undefined;
    this.#discard();
  }

  /** Lets go of the socket with a closing handshake, which is bounded in time. */
  shutdown(code: number, reason: string): void {
    this.#events = undefined;
    if (!this.#socket || !this.#opened) return this.#discard();
    this.#attempt(() => this.#socket?.close(code, reason));
    if (!this.#isGone) this.#timer.start(CLOSE_TIMEOUT, () => this.#discard());
  }

  /** Gives up waiting for a socket that does not finish closing. */
  forget(): void {
    this.drop();
    this.#vanish();
  }

  #open(source: string | Endpoint): void {
    if (!this.#events?.isWanted()) return this.#vanish();
    const { config, runtime } = this.#context;
    const endpoint = typeof source === 'string' ? { url: source } : source;
    try {
      if (!isWebSocketUrl(endpoint?.url))
        throw new ConfigError('url', endpoint?.url, "a 'ws:' or 'wss:' URL without a fragment");
      const protocols = endpoint.protocols ?? config.protocols;
      const nodeOptions = endpoint.nodeOptions ?? config.nodeOptions;
      // The host alone: paths and queries carry keys.
      this.#context.trace.effect('dial', { host: new URL(endpoint.url).host });
      const socket = runtime.openSocket(
        {
          url: endpoint.url,
          protocols: typeof protocols === 'string' ? [protocols] : [...protocols],
          maxMessageSize: config.maxMessageSize,
          ...(nodeOptions === undefined ? {} : { nodeOptions }),
        },
        {
          onOpen: () => this.#onOpen(),
          onMessage: (data) => this.#events?.message(data),
          onPing: () => this.#events?.pinged(),
          onPong: () => this.#events?.ponged(),
          onError: (error) => this.#onError(error),
          onClose: (close) => this.#onClose(close),
        },
      );
      this.#socket = socket;
      // The events may have ended this link, or opened it, before the socket was returned.
      if (!this.#events) this.#discard();
      else if (this.#openedEarly) this.#onOpen();
    } catch (cause) {
      this.#refused(cause);
    }
  }

  #onOpen(): void {
    if (!this.#events || this.#opened) return;
    this.#openedEarly = true;
    if (!this.#socket) return;
    this.#opened = true;
    this.#timer.stop();
    this.#events.opened();
  }

  #onError(error: SocketError): void {
    if (this.#isGone) return;
    this.#error ??= error;
    // The close event brings the code; a socket that fails to send it has ended all the same.
    if (!this.#events) return;
    this.#timer.start(CLOSE_TIMEOUT, () => {
      this.#end(LOST);
      this.#discard();
    });
  }

  #onClose(close: SocketClose): void {
    this.#vanish();
    this.#end(close);
  }

  /** The URL function, or the adapter, could not do its part. */
  #refused(cause: unknown): void {
    this.#error ??= { cause };
    this.#onClose(LOST);
  }

  #end(close: SocketClose, why?: string): void {
    const events = this.#events;
    this.#events = undefined;
    this.#timer.stop();
    if (!events) return;
    const { status, retryAfter, cause } = this.#error ?? { cause: undefined };
    const words = why ?? (close.reason || (cause === undefined ? '' : describe(cause)));
    events.ended({ ...close, status, retryAfter, error: this.#errorOf(close, words, status, cause) });
  }

  #errorOf({ code }: SocketClose, words: string, status: number | undefined, cause: unknown): TransportError {
    if (cause instanceof TransportError && !(cause instanceof ConfigError)) return cause;
    if (!this.#opened) {
      const refusal = status === undefined ? words || `close code ${code}` : `HTTP status ${status}`;
      return new ConnectionFailedError(`Could not connect: ${refusal}`, { cause, status });
    }
    if (cause !== undefined) {
      // Our own side refused a frame (RFC 6455 section 7.4.1): the peer's code would come without an error.
      if (code === 1009) return tooLarge(this.#context.config.maxMessageSize, cause);
      if (code === 1002 || code === 1007)
        return new ProtocolError(`The server sent a broken frame: ${words}`, { cause });
    }
    const message = `The connection was closed with code ${code}${words ? `: ${words}` : '.'}`;
    return new ConnectionClosedError(message, { cause, closeCode: code });
  }

  /** Drops what there is of a socket; what it still reports is ignored. */
  #discard(): void {
    if (this.#isGone) return;
    this.#timer.stop();
    const socket = this.#socket;
    if (!socket) return this.#vanish();
    if (socket.terminate) {
      this.#attempt(() => socket.terminate?.());
      this.#vanish();
    } else {
      this.#attempt(() => socket.close());
      // A platform that cannot drop a socket may take its time to close it, but not for ever.
      if (!this.#isGone) this.#timer.start(this.#context.config.connectTimeout, () => this.#vanish());
    }
  }

  #vanish(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#timer.stop();
    this.#gone();
  }

  /** A socket that refuses to be closed is no reason for ours to fail. */
  #attempt(action: () => void): void {
    try {
      action();
    } catch (cause) {
      this.#context.trace.effect('socketRefused', { cause: describe(cause) });
    }
  }
}
