import type { SocketError } from '../../runtime.js';
import type { SimulatedAttempt } from './simulated-attempt.js';
import { SimulatedPipe } from './simulated-pipe.js';
import type { VirtualClock } from './virtual-clock.js';

/** How a connection ended: code 1005 is a close frame without a code, 1006 is an end without a close frame. */
export interface SimulatedClose {
  readonly code: number;
  readonly reason: string;
}

/**
 * What a client's socket reports when it ends. A sound platform reports at most one error and then exactly one close,
 * without delay.
 */
export interface SimulatedReports {
  /**
   * Whether the socket reports an error before the close.
   * @default true
   */
  error: boolean;
  /**
   * How often the socket reports its close: 0 is an error without a close, 2 is a duplicate.
   * @default 1
   */
  closes: number;
  /**
   * Milliseconds between the end and the report of the close.
   * @default 0
   */
  closeDelay: number;
}

/** The client's end of a line: what can arrive there. */
export interface ClientEnd {
  readonly isClosed: boolean;
  receiveOpen(): void;
  receive(data: string | Uint8Array): void;
  receivePing(): void;
  receivePong(): void;
  receiveClose(close: SimulatedClose): void;
  /** A frame arrived that breaks the WebSocket protocol; `code` is the close code for it. */
  receiveBroken(code: number, message: string): void;
  /** The TCP connection ended; with an error where it was reset. */
  receiveEnd(error?: SocketError): void;
}

/** The server's end of a line: what can arrive there. */
export interface ServerEnd {
  receive(data: string | Uint8Array): void;
  receivePing(): void;
  receivePong(): void;
  receiveClose(close: SimulatedClose): void;
  /** The TCP connection ended. */
  receiveEnd(): void;
}

/** How the lines of one network behave. */
export interface LineOptions {
  readonly clock: VirtualClock;
  /** Draws the milliseconds that one frame takes for its way. */
  readonly latency: () => number;
  /** Whether frames that arrive together are handed out together. */
  readonly inChunks: boolean;
  /** Bytes that leave the client's process although the server does not read them. */
  readonly kernelBuffer: number;
  readonly reports: SimulatedReports;
}

/** The TCP connection between a client and a server: one pipe for each direction. Each end puts itself in. */
export class SimulatedLine {
  readonly clock: VirtualClock;
  readonly toServer: SimulatedPipe;
  readonly toClient: SimulatedPipe;
  readonly kernelBuffer: number;
  readonly reports: SimulatedReports;
  client: ClientEnd | undefined;
  /** The other end takes no more bytes: a write fails, and what was sent to the client before still arrives. */
  isBroken = false;
  /** Undefined until the server accepts the attempt. */
  server: ServerEnd | undefined;
  readonly #attempt: SimulatedAttempt;

  constructor(attempt: SimulatedAttempt, { clock, latency, inChunks, kernelBuffer, reports }: LineOptions) {
    this.#attempt = attempt;
    this.clock = clock;
    this.toServer = new SimulatedPipe(clock, latency, inChunks);
    this.toClient = new SimulatedPipe(clock, latency, inChunks);
    this.kernelBuffer = kernelBuffer;
    // A copy: later changes are for later lines.
    this.reports = { ...reports };
  }

  /** The server's side learns that the client is gone. */
  dropServer(): void {
    if (this.server) this.server.receiveEnd();
    else this.#attempt.onGone();
  }
}
