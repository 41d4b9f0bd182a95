import { ConnectionClosedError, ConnectionFailedError } from '../errors.js';
import type { OpenSocket, Runtime, Socket, SocketClose, SocketEvents, SocketRequest } from '../runtime.js';
import * as texts from '../texts.js';
import { browserFrames } from './browser-frames.js';
import { browserLifecycle } from './browser-lifecycle.js';
import { systemClock } from './clock.js';
import { fitReason } from './close-reason.js';

export { browserLifecycle };

/** Values of `readyState`. A replacement of the WebSocket class may lack its constants. */
const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;

/** The close of a connection that never opened. */
const NEVER_OPENED: SocketClose = { code: 1006, reason: '', wasClean: false };

/**
 * Opens the global WebSocket of the platform: browsers, workers, edge runtimes, Deno. Such a socket cannot send ping
 * frames, cannot be terminated or paused, hides why a connection failed, and ignores `nodeOptions`. A page may not send
 * close codes from 1001 to 1099; they are sent as 4001 to 4099.
 *
 * @throws ConnectionFailedError if the platform has no WebSocket
 * @throws SyntaxError (a DOMException) for a URL or a subprotocol that is not valid
 * @throws SecurityError (a DOMException) if the page may not connect to the URL
 * @example
 * ```ts
 * const socket = openBrowserSocket({ url: 'wss://stream.example.com', protocols: [], maxMessageSize: 65_536 }, events);
 * ```
 */
export const openBrowserSocket: OpenSocket = (request, events) => new BrowserSocket(request, events);

/**
 * The runtime of browsers: the global WebSocket, a monotonic clock, `Math.random`, screen frames, and the lifecycle of
 * the page.
 *
 * @example
 * ```ts
 * import { WebSocketClient } from 'hpx-transport-ws';
 * import { browserRuntime } from 'hpx-transport-ws/adapters/browser';
 *
 * const client = new WebSocketClient({ url: 'wss://stream.example.com' }, handler, browserRuntime);
 * ```
 */
export const browserRuntime: Runtime = {
  openSocket: openBrowserSocket,
  clock: systemClock,
  random: () => Math.random(),
  frames: browserFrames,
  lifecycle: browserLifecycle,
};

class BrowserSocket implements Socket {
  readonly #native: WebSocket;
  readonly #events: SocketEvents;
  #opened = false;
  #closed = false;
  /** Whether a further error is not reported: the client gave up while connecting, or the socket is closed. */
  #silent = false;

  constructor({ url, protocols }: SocketRequest, events: SocketEvents) {
    // Looked up for each socket, so that a test can replace it.
    const Native = globalThis.WebSocket as typeof WebSocket | undefined;
    if (Native === undefined) {
      throw new ConnectionFailedError(texts.NO_WEBSOCKET, { retryable: false });
    }
    // Some platforms refuse an empty list of subprotocols.
    const native = protocols.length > 0 ? new Native(url, protocols) : new Native(url);
    this.#native = native;
    this.#events = events;
    native.binaryType = 'arraybuffer';
    native.addEventListener('open', () => {
      // Deno accepts a subprotocol that was not offered; other platforms refuse it (RFC 6455 section 4.1).
      if (native.protocol && !protocols.includes(native.protocol)) return this.#refuse(native.protocol);
      this.#opened = true;
      events.onOpen();
    });
    native.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) => {
      if (this.#closed) return;
      const { data } = event;
      events.onMessage(typeof data === 'string' ? data : new Uint8Array(data));
    });
    native.addEventListener('error', (event) => {
      if (!this.#silent) events.onError({ cause: causeOf(event) });
      // The WebSocket of Node 22 emits no 'close' after this. Elsewhere 'close' comes before the timer
      // fires, or has the same code.
      if (!this.#opened) systemClock.setTimer(() => this.#end(NEVER_OPENED), 0);
    });
    native.addEventListener('close', ({ code, reason, wasClean }) => this.#end({ code, reason, wasClean }));
  }

  send(data: string | Uint8Array): void {
    // The platform throws only while connecting. Later it drops the data silently.
    if (this.#native.readyState !== OPEN) {
      throw new ConnectionClosedError(texts.SOCKET_NOT_OPEN, { delivery: 'unsent' });
    }
    // The type excludes shared memory. Every platform throws for it.
    this.#native.send(data as string | Uint8Array<ArrayBuffer>);
  }

  close(code?: number, reason?: string): void {
    if (this.#native.readyState === CONNECTING) this.#silent = true;
    const allowed = allowedCode(code);
    if (allowed === undefined) this.#native.close();
    else this.#native.close(allowed, fitReason(reason));
  }

  get isClosing(): boolean {
    return this.#native.readyState === CLOSING;
  }

  get bufferedAmount(): number {
    return this.#native.bufferedAmount;
  }

  #refuse(protocol: string): void {
    this.#events.onError({
      cause: new Error(texts.wrongSubprotocol(protocol)),
    });
    this.#end(NEVER_OPENED);
    this.#native.close();
  }

  #end({ code, reason, wasClean }: SocketClose): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#silent = true;
    // Deno reports code 0 for a lost connection.
    this.#events.onClose({ code: code === 0 ? NEVER_OPENED.code : code, reason, wasClean });
  }
}

/** The code that a page sends for `code`: a page may send only 1000 and 3000–4999. */
function allowedCode(code: number | undefined): number | undefined {
  if (code === undefined || code === 1000 || (code >= 3000 && code <= 4999)) return code;
  return code > 1000 && code < 1100 ? code + 3000 : undefined;
}

/** The reason of a failure. Browsers hide it from scripts; some server platforms have it in the event. */
function causeOf(event: Event): Error {
  const { error } = event as Partial<ErrorEvent>;
  // Of any realm: with jest, the WebSocket of jsdom is not of the realm of the test.
  if (typeof error?.message === 'string') return error;
  return new Error('The WebSocket failed. Browsers hide the reason from scripts; see the network panel.');
}
