import { fitReason } from '../../adapters/close-reason.js';
import { ConnectionClosedError } from '../../errors.js';
import { utf8Length } from '../../protocol/frames.js';
import type { Socket, SocketClose, SocketError, SocketEvents } from '../../runtime.js';
import type { SimulatedLine } from './simulated-line.js';

/** As the Node adapter: how long the peer may take for its half of a closing handshake. */
const CLOSE_TIMEOUT = 800;

type State = 'connecting' | 'open' | 'closing' | 'closed';

/** The client's end of a simulated connection: tells the same events in the same order as a socket of the Node adapter. */
export class SimulatedSocket implements Socket {
  readonly #line: SimulatedLine;
  readonly #events: SocketEvents;
  readonly #maxMessageSize: number;
  #state: State = 'connecting';
  /** Whether an error would be no news: there was one, we gave up ourselves, or it is over. */
  #silent = false;
  #mute = false;
  #closeFrame: { readonly code: number; readonly reason: string } | undefined;
  #failure: number | undefined;
  #closeTimer: unknown;

  constructor(line: SimulatedLine, events: SocketEvents, maxMessageSize: number) {
    this.#line = line;
    this.#events = events;
    this.#maxMessageSize = maxMessageSize;
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  // ——— What the client does ———

  send(data: string | Uint8Array): void {
    if (this.#state !== 'open') {
      throw new ConnectionClosedError('The socket is not open; nothing was sent.', { delivery: 'unsent' });
    }
    // A copy: what is changed after send() does not change on the wire.
    const frame = typeof data === 'string' ? data : new Uint8Array(data);
    this.#line.toServer.push(sizeOf(frame), () => this.#line.server?.receive(frame));
  }

  ping(): void {
    if (this.#state === 'open') this.#line.toServer.push(0, () => this.#line.server?.receivePing());
  }

  close(code?: number, reason?: string): void {
    if (this.#state === 'connecting') return this.#abandon();
    if (this.#state !== 'open') return;
    const close = isSendable(code) ? { code, reason: fitReason(reason) ?? '' } : { code: 1005, reason: '' };
    this.#state = 'closing';
    this.#line.toServer.push(0, () => this.#line.server?.receiveClose(close));
    this.#boundClosing();
  }

  terminate(): void {
    if (this.#state === 'connecting') return this.#abandon();
    if (this.#state === 'closed' || this.#mute) return;
    this.#silent = true;
    this.#state = 'closing';
    this.#hangUp();
  }

  pause(): void {
    this.#line.toClient.pause();
  }

  resume(): void {
    this.#line.toClient.resume();
  }

  get bufferedAmount(): number {
    return Math.max(0, this.#line.toServer.queuedBytes - this.#line.kernelBuffer);
  }

  // ——— What arrives ———

  receiveOpen(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.#events.onOpen();
  }

  receive(data: string | Uint8Array): void {
    if (this.#isDeaf()) return;
    if (sizeOf(data) > this.#maxMessageSize) this.receiveBroken(1009, 'The frame is larger than maxMessageSize');
    else this.#events.onMessage(data);
  }

  receivePing(): void {
    if (this.#isDeaf()) return;
    if (this.#state === 'open') this.#line.toServer.push(0, () => this.#line.server?.receivePong());
    this.#events.onPing();
  }

  receivePong(): void {
    if (!this.#isDeaf()) this.#events.onPong();
  }

  receiveClose(close: { readonly code: number; readonly reason: string }): void {
    if (this.#isDeaf()) return;
    this.#closeFrame = close;
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#line.toServer.push(0, () => this.#line.server?.receiveClose(close));
    this.#boundClosing();
  }

  /** A frame that breaks the protocol: answered by a close frame, told as an error. */
  receiveBroken(code: number, message: string): void {
    if (this.#isDeaf()) return;
    this.#failure = code;
    this.#line.toServer.push(0, () => this.#line.server?.receiveClose({ code, reason: '' }));
    this.#fail({ cause: new Error(message) });
    this.#state = 'closing';
    this.#end();
  }

  /** The TCP connection ended; with an error where it was reset. */
  receiveEnd(error?: SocketError): void {
    if (this.#state === 'closed' || this.#mute) return;
    if (error) this.#fail(error);
    this.#end();
  }

  // ——— The end ———

  /** Gives up while connecting. */
  #abandon(): void {
    this.#silent = true;
    if (this.#mute) return;
    this.#mute = true;
    this.#hangUp();
  }

  /** Drops the connection; what was written before still arrives. */
  #hangUp(): void {
    this.#mute = true;
    this.#line.toServer.push(0, () => this.#line.dropped());
    this.#line.clock.setArrival(() => this.#end(), 0);
  }

  #boundClosing(): void {
    this.#closeTimer = this.#line.clock.setArrival(() => this.#hangUp(), CLOSE_TIMEOUT);
  }

  #isDeaf(): boolean {
    return this.#mute || this.#state === 'closed' || this.#state === 'connecting' || this.#closeFrame !== undefined;
  }

  /** The first error is the cause; what follows it is a consequence. */
  #fail(error: SocketError): void {
    if (this.#silent) return;
    this.#silent = true;
    if (this.#line.reports.error) this.#events.onError(error);
  }

  #end(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#silent = true;
    this.#line.clock.clearTimer(this.#closeTimer);
    this.#line.toClient.end();
    this.#line.ended(this);
    const { code, reason } = this.#closeFrame ?? { code: 1006, reason: '' };
    const close = { code: this.#failure ?? code, reason, wasClean: this.#closeFrame !== undefined };
    this.#tellClose(close);
  }

  #tellClose(close: SocketClose): void {
    const { closes, closeDelay } = this.#line.reports;
    for (let count = 0; count < closes; count++) {
      if (count === 0 && closeDelay === 0) this.#events.onClose(close);
      else this.#line.clock.setArrival(() => this.#events.onClose(close), closeDelay);
    }
  }
}

export function sizeOf(data: string | Uint8Array): number {
  return typeof data === 'string' ? utf8Length(data) : data.byteLength;
}

/** RFC 6455 section 7.4, as ws checks it. */
function isSendable(code: number | undefined): code is number {
  if (code === undefined) return false;
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
}
