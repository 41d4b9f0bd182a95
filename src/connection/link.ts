import { type Endpoint, isWebSocketUrl } from '../config.js';
import type { Context } from '../context.js';
import {
  type AnyTransportError,
  ConfigError,
  ConnectionClosedError,
  ConnectionFailedError,
  isTransportError,
  ProtocolError,
  tooLarge,
} from '../errors.js';
import type { Socket, SocketClose, SocketError } from '../runtime.js';
import * as texts from '../texts.js';
import { cleanCause } from '../util/clean-cause.js';
import { obtain } from '../util/promises.js';
import { Timer } from '../util/timer.js';
import { describe } from '../util/wrap-error.js';
import { showUrl, whatFailed } from './attempt-report.js';

/** Milliseconds that a socket may take to close, or to follow an error with its close event. */
const CLOSE_TIMEOUT = 1_000;
/** The end of a socket without a close frame (RFC 6455 section 7.1.5). */
const LOST: SocketClose = { code: 1006, reason: '', wasClean: false };

/** How a link ended. */
export interface LinkEnd {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  readonly status?: number | undefined;
  readonly retryAfter?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** Whether an attempt that failed was about credentials too. */
  readonly hasCredentials?: boolean | undefined;
  readonly error: AnyTransportError;
  /**
   * Whether the socket ended without an error: everything that the server sent came before. An error may come long after the
   * link has died.
   */
  readonly isInOrder: boolean;
}

export interface LinkListener {
  onOpen(): void;
  onMessage(data: string | Uint8Array): void;
  onPing(): void;
  onPong(): void;
  /** The socket ended. Comes once, after everything else but `onGone`; never after `drop()` or `shutdown()`. */
  onEnd(end: LinkEnd): void;
  /** The socket is gone for good, however it ended. Comes once. */
  onGone(): void;
}

/**
 * - `dialling`: asks for the URL, or waits for the socket to open.
 * - `early`: the socket opened before `openSocket()` returned it.
 * - `open`
 * - `released`: it ended, or we let go of it. Nothing that the socket reports is passed on.
 * - `gone`: the socket does not exist any more.
 */
type LinkState = 'dialling' | 'early' | 'open' | 'released' | 'gone';

/** One socket, from asking for its URL to its end. A socket that was replaced is inert. */
export class Link {
  readonly #context: Context;
  readonly #listener: LinkListener;
  readonly #timer: Timer;
  #state: LinkState = 'dialling';
  #socket: Socket | undefined;
  #wasOpen = false;
  #error: SocketError | undefined;
  #isSending = false;
  /** Text by its length, which is near enough to see that bytes leave. */
  #bytesHandedOver = 0;
  /** Tells the URL function that its attempt was given up. */
  #givenUp: AbortController | undefined;
  #endpoint: Endpoint | undefined;

  constructor(context: Context, listener: LinkListener) {
    this.#context = context;
    this.#listener = listener;
    this.#timer = new Timer(context.runtime.clock);
  }

  /** Whether the socket opened, however it is now. */
  get wasOpen(): boolean {
    return this.#wasOpen;
  }

  /** Whether the socket reported an error and its close event is still to come, a second later at most. */
  get isFailing(): boolean {
    return this.#error !== undefined;
  }

  /** Whether the socket is open and did not fail. */
  get isOpen(): boolean {
    return this.#state === 'open' && !this.isFailing;
  }

  /** Whether the server has begun to close an open connection. Its code comes with the close event. */
  get isClosedByServer(): boolean {
    return this.isOpen && (this.#socket?.isClosing ?? false);
  }

  /** Waits for the close event of a socket that is closing; it has a second for that, from the first call on. */
  awaitEnd(): void {
    if (this.#wasOpen && this.#timer.active) return;
    this.#timer.startPatiently(CLOSE_TIMEOUT, () => {
      this.#end(LOST);
      this.#discard();
    });
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  /** Whether the listener still hears of the socket: it has not told its end, and was not left. */
  get isHeard(): boolean {
    return this.#state !== 'released' && this.#state !== 'gone';
  }

  /** Whether the socket is taking a frame right now. */
  get isSending(): boolean {
    return this.#isSending;
  }

  /**
   * Asks for the URL and opens the socket; `connectTimeout` covers both.
   * @param attempt - the number of the attempt, 0 for the first
   */
  dial(attempt: number): void {
    const { config } = this.#context;
    const { url } = config;
    if (typeof url === 'function') this.#givenUp = new AbortController();
    this.#timer.startPatiently(config.connectTimeout, () => {
      this.#end(LOST, texts.notOpenInTime(config.connectTimeout));
      this.#discard();
    });
    obtain(
      () => (typeof url === 'function' ? url({ signal: (this.#givenUp as AbortController).signal, attempt }) : url),
      (source) => this.#open(source),
      (cause) => this.#unopened(cause),
    );
  }

  /** Ends a link that has no socket yet, so that none is opened. */
  cancelDial(): void {
    if (!this.#socket) this.forget();
  }

  /** @throws whatever the socket throws when it cannot take the frame */
  send(frame: string | Uint8Array): void {
    this.#isSending = true;
    try {
      this.#socket?.send(frame);
      this.#bytesHandedOver += frame.length;
    } finally {
      this.#isSending = false;
    }
  }

  /**
   * The socket took a frame no more. It may be ending already: what it has read is handed out first, and then its close
   * event tells how it ended. A socket that sends no close event has ended too, a second later.
   */
  refused(cause: unknown): void {
    this.#onError({ cause: new ConnectionClosedError(texts.socketRefused(describe(cause)), { cause }) });
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Bytes that came in; missing if the platform does not count them. */
  get bytesReceived(): number | undefined {
    return this.#socket?.bytesReceived;
  }

  /** Bytes that were handed over and have left, as far as the platform tells. */
  get bytesGone(): number {
    return this.bytesSent ?? this.#bytesHandedOver - this.bufferedAmount;
  }

  /** Bytes that have left; missing if the platform does not count them. */
  get bytesSent(): number | undefined {
    return this.#socket?.bytesSent;
  }

  /** Whether the platform offers WebSocket pings. */
  get canPing(): boolean {
    return this.#socket?.ping !== undefined;
  }

  ping(): void {
    this.#socket?.ping?.();
  }

  /** Whether the platform can stop reading, and more may come. */
  get canPause(): boolean {
    return this.isHeard && this.#socket?.pause !== undefined;
  }

  pause(): void {
    this.#socket?.pause?.();
  }

  resume(): void {
    this.#socket?.resume?.();
  }

  /** Lets go of the socket at once, without a closing handshake if the platform can. */
  drop(): void {
    this.#release();
    this.#discard();
  }

  /** Lets go of the socket with a closing handshake, which is bounded in time. */
  shutdown(code: number, reason: string): void {
    this.#release();
    if (!this.#socket || !this.#wasOpen) return this.#discard();
    this.#attempt(() => this.#socket?.close(code, reason));
    if (!this.isGone) this.#timer.start(CLOSE_TIMEOUT, () => this.#discard());
  }

  /** Gives up waiting for a socket that does not finish closing. */
  forget(): void {
    this.drop();
    this.#vanish();
  }

  #open(source: string | Endpoint): void {
    if (this.#state !== 'dialling') return this.#vanish();
    const { config, runtime } = this.#context;
    const endpoint = typeof source === 'string' ? { url: source } : source;
    this.#endpoint = endpoint;
    try {
      if (!isWebSocketUrl(endpoint?.url)) throw new ConfigError('url', endpoint?.url, texts.WEBSOCKET_URL);
      const protocols = endpoint.protocols ?? config.protocols;
      const nodeOptions = endpoint.nodeOptions ?? config.nodeOptions;
      // Only the host: paths and queries carry keys.
      this.#context.trace.effect('dial', { host: new URL(endpoint.url).host });
      // Code that saw this in the trace may have closed the client.
      if (!this.isHeard) return this.#vanish();
      const socket = runtime.openSocket(
        {
          url: endpoint.url,
          protocols: typeof protocols === 'string' ? [protocols] : [...protocols],
          maxMessageSize: config.maxMessageSize,
          ...(nodeOptions === undefined ? {} : { nodeOptions }),
        },
        {
          onOpen: () => this.#onOpen(),
          onMessage: (data) => this.isHeard && this.#listener.onMessage(data),
          onPing: () => this.isHeard && this.#listener.onPing(),
          onPong: () => this.isHeard && this.#listener.onPong(),
          onError: (error) => this.#onError(error),
          onClose: (close) => this.#onClose(close),
          onNote: (note) => this.#context.trace.effect('socketNote', { note }),
        },
      );
      this.#socket = socket;
      // The socket may have opened, or ended, before openSocket() returned it, or the link may have been given up.
      if (!this.isHeard) this.#attempt(() => (socket.terminate ? socket.terminate() : socket.close()));
      else if (this.#isEarly) this.#onOpen();
    } catch (cause) {
      this.#unopened(cleanCause(cause));
    }
  }

  /** Asked after a call that may have changed the state. */
  get #isEarly(): boolean {
    return this.#state === 'early';
  }

  #onOpen(): void {
    if ((this.#state !== 'dialling' && this.#state !== 'early') || this.#error) return;
    this.#state = 'early';
    if (!this.#socket) return;
    this.#state = 'open';
    this.#wasOpen = true;
    this.#timer.stop();
    this.#listener.onOpen();
  }

  #onError(error: SocketError): void {
    // A further error does not put the end off.
    if (this.isGone || this.#error) return;
    this.#error = { ...error, cause: cleanCause(error.cause) };
    // The close event brings the code. A socket that does not send it has ended too.
    if (this.isHeard) this.awaitEnd();
  }

  #onClose(close: SocketClose): void {
    const wasHeard = this.isHeard;
    this.#vanish();
    if (wasHeard) this.#report(close);
  }

  /** The URL function or the adapter failed. */
  #unopened(cause: unknown): void {
    this.#error ??= { cause };
    this.#onClose(LOST);
  }

  #end(close: SocketClose, why?: string): void {
    if (!this.isHeard) return;
    this.#release();
    this.#report(close, why);
  }

  #report(close: SocketClose, why?: string): void {
    const { status, retryAfter, headers, body, cause } = this.#error ?? { cause: undefined };
    const words = why ?? (close.reason || (cause === undefined ? '' : describe(cause)));
    const error = this.#errorOf(close, words, cause);
    const hasCredentials = this.#wasOpen ? undefined : this.#hasCredentials;
    const isInOrder = this.#error === undefined;
    this.#listener.onEnd({ ...close, status, retryAfter, headers, body, hasCredentials, error, isInOrder });
  }

  #errorOf(close: SocketClose, words: string, cause: unknown): AnyTransportError {
    const { code, wasClean } = close;
    if (!this.#wasOpen) {
      if (isTransportError(cause) && !(cause instanceof ConfigError)) return cause;
      const { status } = this.#error ?? {};
      const { handler } = this.#context;
      const url = this.#endpoint?.url ?? this.#context.config.url;
      const attempted = { url, protocols: this.#protocols, handler };
      const what = whatFailed(words || `close code ${code}`, this.#error, attempted);
      const where = showUrl(url, handler);
      return new ConnectionFailedError(texts.couldNotConnect(where, what), { cause, status });
    }
    if (cause !== undefined && !wasClean) {
      // Our side refused a frame (RFC 6455 section 7.4.1). The same code from the server comes in a close frame.
      if (code === 1009) return tooLarge(this.#context.config.maxMessageSize, cause);
      if (code === 1002 || code === 1007) return new ProtocolError(texts.brokenFrame(words), { cause });
    }
    return new ConnectionClosedError(texts.closedWithCode(code, words, wasClean), { cause, closeCode: code });
  }

  get #protocols(): readonly string[] {
    return [this.#endpoint?.protocols ?? this.#context.config.protocols].flat();
  }

  /** Whether the handler authenticates, or credentials go with the upgrade. */
  get #hasCredentials(): boolean {
    const { config, overrides } = this.#context;
    if (overrides.login || overrides.buildAuthMessage || typeof config.url === 'function') return true;
    const { username, password } = new URL(config.url);
    const { headers = {} } = (config.nodeOptions ?? {}) as { headers?: object };
    return username + password !== '' || Object.keys(headers).some((name) => /^(authorization|cookie)$/i.test(name));
  }

  #release(): void {
    this.#timer.stop();
    if (!this.#wasOpen) this.#givenUp?.abort();
    if (!this.isGone) this.#state = 'released';
  }

  /** Drops the socket if there is one. */
  #discard(): void {
    if (this.isGone) return;
    this.#timer.stop();
    const socket = this.#socket;
    if (!socket) return this.#vanish();
    if (socket.terminate) {
      this.#attempt(() => socket.terminate?.());
      this.#vanish();
    } else {
      this.#attempt(() => socket.close());
      // A platform that cannot drop a socket gets time to close it, but not without end.
      if (!this.isGone) this.#timer.start(this.#context.config.connectTimeout, () => this.#vanish());
    }
  }

  #vanish(): void {
    if (this.isGone) return;
    this.#state = 'gone';
    if (!this.#wasOpen) this.#givenUp?.abort();
    this.#timer.stop();
    this.#listener.onGone();
  }

  /** A socket that refuses to close must not make the client fail. */
  #attempt(action: () => void): void {
    try {
      action();
    } catch (cause) {
      this.#context.trace.effect('socketRefused', { cause: describe(cause) });
    }
  }
}
