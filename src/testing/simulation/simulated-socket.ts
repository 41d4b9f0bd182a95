import { fitReason } from '../../adapters/close-reason.js';
import { ConnectionClosedError } from '../../errors.js';
import { byteLength } from '../../protocol/frames.js';
import type { Socket, SocketClose, SocketError, SocketEvents } from '../../runtime.js';
import type { ClientEnd, SimulatedClose, SimulatedLine } from './simulated-line.js';

/** Milliseconds that the server has for its half of a closing handshake; the same as in the Node adapter. */
const CLOSE_TIMEOUT = 800;

type State = 'connecting' | 'open' | 'closing' | 'closed';

/** The client's end of a simulated connection. It reports the same events in the same order as a socket in Node. */
export class SimulatedSocket implements Socket, ClientEnd {
  readonly #line: SimulatedLine;
  readonly #events: SocketEvents;
  readonly #maxMessageSize: number;
  readonly #sockets: Set<SimulatedSocket>;
  #state: State = 'connecting';
  /** Whether a further error is not reported: there was an error, the client gave up, or the socket is closed. */
  #silent = false;
  /** Whether the client dropped the TCP connection: nothing is read any more. */
  #hasHungUp = false;
  #closeFrame: SimulatedClose | undefined;
  /** The close code for a frame that broke the protocol. */
  #failure: number | undefined;
  #closeTimer: unknown;
  /** Whether nothing came in since a ping was sent. */
  #isPinged = false;
  /** Bytes that leave before that ping, and when the last of those that it had to wait for left. */
  #beforePing = 0;
  #aheadLeftAt: number | undefined;

  /** @param sockets - the sockets of the network; this one is a member until it ends */
  constructor(line: SimulatedLine, events: SocketEvents, maxMessageSize: number, sockets: Set<SimulatedSocket>) {
    this.#line = line;
    this.#events = events;
    this.#maxMessageSize = maxMessageSize;
    this.#sockets = sockets;
    sockets.add(this);
    line.client = this;
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  // ——— What the client does ———

  send(data: string | Uint8Array): void {
    if (this.#state !== 'open') {
      throw new ConnectionClosedError('The socket is not open; nothing was sent.', { delivery: 'unsent' });
    }
    if (this.#line.isBroken) throw new Error('write EPIPE');
    // A copy: a change to the buffer after send() does not reach the server.
    const frame = typeof data === 'string' ? data : new Uint8Array(data);
    this.#line.toServer.push(byteLength(frame), () => this.#line.server?.receive(frame));
  }

  ping(): void {
    if (this.#state !== 'open') return;
    const { toServer } = this.#line;
    const isFirst = !this.#isPinged;
    const hasToWait = isFirst && toServer.queuedBytes > 0;
    if (isFirst) {
      this.#isPinged = true;
      this.#beforePing = toServer.pushedBytes;
      this.#aheadLeftAt = undefined;
    }
    toServer.push(0, () => {
      // Not now: the ping itself may take longer than what left before it.
      if (hasToWait) this.#aheadLeftAt = toServer.cameOutAt;
      this.#line.server?.receivePing();
    });
  }

  close(code?: number, reason?: string): void {
    if (this.#state === 'connecting') return this.#abandon();
    if (this.#state !== 'open') return;
    const close = isSendable(code) ? { code, reason: fitReason(reason) ?? '' } : { code: 1005, reason: '' };
    this.#state = 'closing';
    this.#line.toServer.push(0, () => this.#line.server?.receiveClose(close));
    this.#limitClosing();
  }

  terminate(): void {
    if (this.#state === 'connecting') return this.#abandon();
    if (this.#state === 'closed' || this.#hasHungUp) return;
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

  get isClosing(): boolean {
    return this.#state === 'closing';
  }

  /** Whether a part of a frame has arrived, and more of it is coming. */
  get isReceiving(): boolean {
    return this.#line.toClient.isMoving;
  }

  /** When a byte last left that the first unanswered ping, or the last ping, had to wait for; `undefined` if there was none. */
  get aheadLeftAt(): number | undefined {
    const { pushedBytes, queuedBytes, cameOutAt } = this.#line.toServer;
    return pushedBytes - queuedBytes < this.#beforePing ? cameOutAt : this.#aheadLeftAt;
  }

  get bytesReceived(): number {
    return this.#line.toClient.deliveredBytes;
  }

  get bytesSent(): number {
    return this.#line.toServer.pushedBytes - this.bufferedAmount;
  }

  // ——— What arrives ———

  receiveOpen(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.#events.onOpen();
  }

  receive(data: string | Uint8Array): void {
    if (this.#isDeaf()) return;
    this.#isPinged = false;
    if (byteLength(data) > this.#maxMessageSize) this.receiveBroken(1009, 'The frame is larger than maxMessageSize');
    else this.#events.onMessage(data);
  }

  receivePing(): void {
    if (this.#isDeaf()) return;
    this.#isPinged = false;
    if (this.#state === 'open') this.#line.toServer.push(0, () => this.#line.server?.receivePong());
    this.#events.onPing();
  }

  receivePong(): void {
    if (this.#isDeaf()) return;
    this.#isPinged = false;
    this.#events.onPong();
  }

  receiveClose(close: SimulatedClose): void {
    if (this.#isDeaf()) return;
    this.#closeFrame = close;
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#line.toServer.push(0, () => this.#line.server?.receiveClose(close));
    this.#limitClosing();
  }

  /** Answers with a close frame and reports an error. */
  receiveBroken(code: number, message: string): void {
    if (this.#isDeaf()) return;
    this.#failure = code;
    this.#line.toServer.push(0, () => this.#line.server?.receiveClose({ code, reason: '' }));
    this.#fail({ cause: new Error(message) });
    this.#state = 'closing';
    this.#end();
  }

  receiveEnd(error?: SocketError): void {
    if (this.#state === 'closed' || this.#hasHungUp) return;
    if (error) this.#fail(error);
    this.#end();
  }

  // ——— The end ———

  /** Gives up while connecting. */
  #abandon(): void {
    this.#silent = true;
    if (!this.#hasHungUp) this.#hangUp();
  }

  /** Drops the connection. Frames that were written before still arrive. */
  #hangUp(): void {
    this.#hasHungUp = true;
    this.#line.toServer.push(0, () => this.#line.dropServer());
    this.#line.clock.setArrival(() => this.#end(), 0);
  }

  #limitClosing(): void {
    this.#closeTimer = this.#line.clock.setArrival(() => this.#hangUp(), CLOSE_TIMEOUT);
  }

  #isDeaf(): boolean {
    return (
      this.#hasHungUp || this.#state === 'closed' || this.#state === 'connecting' || this.#closeFrame !== undefined
    );
  }

  /** Reports the first error only: later errors follow from it. */
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
    this.#sockets.delete(this);
    const { code, reason } = this.#closeFrame ?? { code: 1006, reason: '' };
    this.#reportClose({ code: this.#failure ?? code, reason, wasClean: this.#closeFrame !== undefined });
  }

  #reportClose(close: SocketClose): void {
    const { closes, closeDelay } = this.#line.reports;
    for (let count = 0; count < closes; count++) {
      if (count === 0 && closeDelay === 0) this.#events.onClose(close);
      else this.#line.clock.setArrival(() => this.#events.onClose(close), closeDelay);
    }
  }
}

/** Whether a close frame may carry this code (RFC 6455 section 7.4), as the ws package checks it. */
function isSendable(code: number | undefined): code is number {
  if (code === undefined) return false;
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
}
