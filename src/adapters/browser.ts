import { ConnectionClosedError, ConnectionFailedError } from '../errors.js';
import type { OpenSocket, Runtime, Socket, SocketClose, SocketEvents, SocketRequest } from '../runtime.js';
import { browserFrames } from './browser-frames.js';
import { browserLifecycle } from './browser-lifecycle.js';
import { systemClock } from './clock.js';
import { fitReason } from './close-reason.js';

export { browserLifecycle };

/** Values of `readyState`; the constants of the class may be missing in stand-ins. */
const CONNECTING = 0;
const OPEN = 1;

/** What a script is told of a connection that never opened. */
const NEVER_OPENED: SocketClose = { code: 1006, reason: '', wasClean: false };

/**
 * Opens the platform's own WebSocket: browsers, workers, edge runtimes, Deno. Such a socket has no ping frames, cannot
 * be terminated or paused, hides why a connection failed, and ignores `nodeOptions`. Close codes that only a
 * browser itself may send (10xx but 1000) go out as 40xx.
 *
 * @throws ConnectionFailedError where the platform has no WebSocket
 * @throws SyntaxError (a DOMException) for a URL or a subprotocol that is not valid
 * @throws SecurityError (a DOMException) where the page may not connect there
 * @example
 * ```ts
 * const socket = openBrowserSocket({ url: 'wss://stream.example.com', protocols: [], maxMessageSize: 65_536 }, events);
 * ```
 */
export const openBrowserSocket: OpenSocket = (request, events) => new BrowserSocket(request, events);

/**
 * The world as a browser offers it: its WebSocket, a monotonic clock, `Math.random`, and the page's lifecycle.
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
  /** Whether an error would be no news: we gave up connecting, or it is over. */
  #silent = false;

  constructor({ url, protocols }: SocketRequest, events: SocketEvents) {
    // Looked up for each socket, so that a stand-in may come and go.
    const Native = globalThis.WebSocket as typeof WebSocket | undefined;
    if (Native === undefined) {
      throw new ConnectionFailedError(
        "This platform has no global WebSocket. In Node, use the runtime of 'hpx-transport-ws/adapters/node'.",
        { retryable: false },
      );
    }
    // Some platforms take an empty list for an offer of nothing, and refuse it.
    const native = protocols.length > 0 ? new Native(url, protocols) : new Native(url);
    this.#native = native;
    this.#events = events;
    native.binaryType = 'arraybuffer';
    native.addEventListener('open', () => {
      // Deno opens with whatever the server names; elsewhere the platform has refused it (RFC 6455 section 4.1).
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
      // The WebSocket of Node 22 stops here, without 'close'. Elsewhere that follows before a timer can fire, or says
      // the same.
      if (!this.#opened) systemClock.setTimer(() => this.#end(NEVER_OPENED), 0);
    });
    native.addEventListener('close', ({ code, reason, wasClean }) => this.#end({ code, reason, wasClean }));
  }

  send(data: string | Uint8Array): void {
    // The platform throws while connecting only; later it drops the data without a word.
    if (this.#native.readyState !== OPEN) {
      throw new ConnectionClosedError('The socket is not open; nothing was sent.', { delivery: 'unsent' });
    }
    // The type rules out shared memory, which no platform sends and every platform reports by a throw.
    this.#native.send(data as string | Uint8Array<ArrayBuffer>);
  }

  close(code?: number, reason?: string): void {
    if (this.#native.readyState === CONNECTING) this.#silent = true;
    const allowed = allowedCode(code);
    if (allowed === undefined) this.#native.close();
    else this.#native.close(allowed, fitReason(reason));
  }

  get bufferedAmount(): number {
    return this.#native.bufferedAmount;
  }

  #refuse(protocol: string): void {
    this.#events.onError({
      cause: new Error(`The server chose the subprotocol '${protocol}', which was not offered.`),
    });
    this.#end(NEVER_OPENED);
    this.#native.close();
  }

  #end({ code, reason, wasClean }: SocketClose): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#silent = true;
    // Deno's code for a connection that was lost is 0.
    this.#events.onClose({ code: code === 0 ? NEVER_OPENED.code : code, reason, wasClean });
  }
}

/** A page may send 1000 and 3000–4999 only. */
function allowedCode(code: number | undefined): number | undefined {
  if (code === undefined || code === 1000 || (code >= 3000 && code <= 4999)) return code;
  return code > 1000 && code < 1100 ? code + 3000 : undefined;
}

/** Browsers keep the reason from scripts; some server-side platforms tell it. */
function causeOf(event: Event): Error {
  const { error } = event as Partial<ErrorEvent>;
  if (error instanceof Error) return error;
  return new Error('The WebSocket failed. Browsers do not tell scripts why; the network panel of their tools may.');
}
