import type { SimulatedLine, SimulatedReports } from './simulated-line.js';
import type { SimulatedPipe } from './simulated-pipe.js';
import { sizeOf } from './simulated-socket.js';

/** Seen from the client: what leaves it, what comes in, or both. */
export type Direction = 'to-server' | 'to-client' | 'both';

/** How a connection ended, as the server saw it: 1006 where no close frame came. */
export interface SimulatedClose {
  readonly code: number;
  readonly reason: string;
}

/** The server's end of a simulated connection, and the faults of the line between the two. */
export class SimulatedConnection {
  /** Counts the accepted connections of the network, from 1. */
  readonly id: number;
  readonly url: string;
  /** The subprotocol that was agreed on; empty without one. */
  readonly protocol: string;
  /** Everything that came in, in order. */
  readonly received: (string | Uint8Array)[] = [];
  /** Set these to listen. */
  onMessage: (data: string | Uint8Array) => void = () => {};
  onPing: () => void = () => {};
  onPong: () => void = () => {};
  onClose: (close: SimulatedClose) => void = () => {};
  readonly #line: SimulatedLine;
  readonly #onEnd: (connection: SimulatedConnection) => void;
  #state: 'open' | 'closing' | 'closed' = 'open';

  /** For the network alone. */
  constructor(
    line: SimulatedLine,
    about: { readonly id: number; readonly url: string; readonly protocol: string },
    onEnd: (connection: SimulatedConnection) => void,
  ) {
    this.id = about.id;
    this.url = about.url;
    this.protocol = about.protocol;
    this.#line = line;
    this.#onEnd = onEnd;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** What the client's socket tells of its end. */
  get reports(): SimulatedReports {
    return this.#line.reports;
  }

  /** Sends a message; after the end it is dropped without a word. */
  send(data: string | Uint8Array): void {
    if (this.#state !== 'open') return;
    const frame = typeof data === 'string' ? data : new Uint8Array(data);
    this.#line.toClient.push(sizeOf(frame), () => this.#line.client?.receive(frame));
  }

  sendJson(value: unknown): void {
    this.send(JSON.stringify(value));
  }

  /** Sends a ping frame; the client's socket answers it by itself. */
  ping(): void {
    if (this.#state === 'open') this.#line.toClient.push(0, () => this.#line.client?.receivePing());
  }

  /** Sends a frame that breaks the protocol; the client closes with that code. Default 1007, text that is not UTF-8. */
  sendBroken(code = 1007): void {
    if (this.#state !== 'open') return;
    this.#line.toClient.push(0, () => this.#line.client?.receiveBroken(code, 'The frame breaks the protocol'));
  }

  /** Starts the closing handshake. Without a code the client reads 1005. */
  close(code = 1005, reason = ''): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#line.toClient.push(0, () => this.#line.client?.receiveClose({ code, reason }));
  }

  /** Ends the TCP connection without a close frame: the client reads 1006, and no error. */
  terminate(): void {
    this.#hangUp(undefined);
  }

  /** Resets the TCP connection: the client is told an error, and then 1006. */
  reset(): void {
    this.#hangUp(new Error('read ECONNRESET'));
  }

  /** Stops reading, so that the client's bytes pile up. */
  pause(): void {
    this.#line.toServer.pause();
  }

  resume(): void {
    this.#line.toServer.resume();
  }

  // ——— Faults of the line ———

  /** A half-open link: nothing arrives in that direction any more, and neither end is told. */
  blackHole(direction: Direction = 'both'): void {
    for (const pipe of this.#pipes(direction)) pipe.end();
  }

  /** Holds back what is under way in that direction, until `release()` delivers it in one burst. */
  stall(direction: Direction = 'both'): void {
    for (const pipe of this.#pipes(direction)) pipe.stall();
  }

  release(direction: Direction = 'both'): void {
    for (const pipe of this.#pipes(direction)) pipe.release();
  }

  /** Resets the connection instead of delivering what goes beyond so many more bytes in that direction. */
  cutAfter(bytes: number, direction: Direction): void {
    for (const pipe of this.#pipes(direction)) {
      pipe.cutAfter(bytes, () => {
        this.#line.client?.receiveEnd({ cause: new Error('read ECONNRESET') });
        this.receiveEnd();
      });
    }
  }

  #pipes(direction: Direction): SimulatedPipe[] {
    const { toClient, toServer } = this.#line;
    return direction === 'both' ? [toServer, toClient] : [direction === 'to-server' ? toServer : toClient];
  }

  // ——— What arrives; for the network alone ———

  /** @internal */
  receive(data: string | Uint8Array): void {
    if (this.#state === 'closed') return;
    this.received.push(data);
    this.onMessage(data);
  }

  /** @internal */
  receivePing(): void {
    if (this.#state !== 'open') return;
    this.#line.toClient.push(0, () => this.#line.client?.receivePong());
    this.onPing();
  }

  /** @internal */
  receivePong(): void {
    if (this.#state !== 'closed') this.onPong();
  }

  /** @internal */
  receiveClose(close: SimulatedClose): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.#line.toClient.push(0, () => this.#line.client?.receiveClose(close));
    // The server ends the TCP connection, so that the port that lingers is its own (RFC 6455 section 7.1.1).
    this.#line.toClient.push(0, () => this.#line.client?.receiveEnd());
    this.#end(close);
  }

  /** @internal */
  receiveEnd(): void {
    this.#end({ code: 1006, reason: '' });
  }

  #hangUp(cause: Error | undefined): void {
    if (this.#state === 'closed') return;
    this.#line.toClient.push(0, () => this.#line.client?.receiveEnd(cause && { cause }));
    this.#end({ code: 1006, reason: '' });
  }

  #end(close: SimulatedClose): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#line.toServer.end();
    this.#onEnd(this);
    this.onClose(close);
  }
}
