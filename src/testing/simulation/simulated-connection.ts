import { byteLength } from '../../protocol/frames.js';
import type { SimulatedClose, SimulatedLine, SimulatedReports } from './simulated-line.js';
import type { SimulatedPipe } from './simulated-pipe.js';

/** A direction as the client sees it: what the client sends, what it receives, or both. */
export type Direction = 'to-server' | 'to-client' | 'both';

/** The server's end of a simulated connection, and the faults of the line between client and server. */
export class SimulatedConnection {
  /** The number of this connection among all that the network accepted, counted from 1. */
  readonly id: number;
  readonly url: string;
  /** The agreed subprotocol; empty without one. */
  readonly protocol: string;
  /** Every message that came in, in order. */
  readonly received: (string | Uint8Array)[] = [];
  /** Set this function to receive messages. */
  onMessage: (data: string | Uint8Array) => void = () => {};
  /** Set this function to learn of ping frames. The connection answers each one before the call. */
  onPing: () => void = () => {};
  /** Set this function to learn of pong frames. */
  onPong: () => void = () => {};
  /** Set this function to learn of the end. It is called once. */
  onClose: (close: SimulatedClose) => void = () => {};
  readonly #line: SimulatedLine;
  readonly #connections: Set<SimulatedConnection>;
  #state: 'open' | 'closing' | 'closed' = 'open';

  /**
   * For the network only.
   * @param connections - the connections of the network; this one is a member until it ends
   */
  constructor(
    line: SimulatedLine,
    about: { readonly id: number; readonly url: string; readonly protocol: string },
    connections: Set<SimulatedConnection>,
  ) {
    this.id = about.id;
    this.url = about.url;
    this.protocol = about.protocol;
    this.#line = line;
    this.#connections = connections;
    connections.add(this);
    line.server = {
      receive: (data) => this.#receive(data),
      receivePing: () => this.#receivePing(),
      receivePong: () => this.#receivePong(),
      receiveClose: (close) => this.#receiveClose(close),
      receiveEnd: () => this.#receiveEnd(),
    };
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** What the client's socket reports when it ends; change it to simulate an unsound platform. */
  get reports(): SimulatedReports {
    return this.#line.reports;
  }

  /** Sends a message. After the end of the connection the message is dropped. */
  send(data: string | Uint8Array): void {
    if (this.#state !== 'open') return;
    const frame = typeof data === 'string' ? data : new Uint8Array(data);
    this.#line.toClient.push(byteLength(frame), () => this.#line.client?.receive(frame));
  }

  sendJson(value: unknown): void {
    this.send(JSON.stringify(value));
  }

  /** Sends a ping frame. The client's socket answers it. */
  ping(): void {
    if (this.#state === 'open') this.#line.toClient.push(0, () => this.#line.client?.receivePing());
  }

  /**
   * Sends a frame that breaks the WebSocket protocol. The client closes the connection with the given code.
   * @param code - 1007 by default: text that is not UTF-8
   */
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

  /**
   * Reads nothing more, so that every write of the client fails at once. What was sent before still arrives there, also a
   * close frame.
   */
  refuseWrites(): void {
    this.#line.isBroken = true;
  }

  /** Ends the TCP connection without a close frame. The client reads code 1006 and no error. */
  terminate(): void {
    this.#hangUp(undefined);
  }

  /** Resets the TCP connection. The client reads an error, then code 1006. */
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

  /** Makes the link half open: in this direction nothing arrives any more, and neither end learns of it. */
  blackHole(direction: Direction = 'both'): void {
    for (const pipe of this.#pipes(direction)) pipe.end();
  }

  /** Holds back everything in this direction. `release()` delivers it in one burst. */
  stall(direction: Direction = 'both'): void {
    for (const pipe of this.#pipes(direction)) pipe.stall();
  }

  release(direction: Direction = 'both'): void {
    for (const pipe of this.#pipes(direction)) pipe.release();
  }

  /**
   * Makes the line slow: a message arrives when its last byte is through. Without a rate the line is fast again.
   * @param rate - bytes per second
   */
  slowDown(rate = Infinity, direction: Direction = 'both'): void {
    for (const pipe of this.#pipes(direction)) pipe.limit(rate / 1_000);
  }

  /**
   * Resets the connection in this direction after so many more bytes. The frame that crosses the limit does not arrive.
   */
  cutAfter(bytes: number, direction: Direction): void {
    for (const pipe of this.#pipes(direction)) {
      pipe.cutAfter(bytes, () => {
        this.#line.client?.receiveEnd({ cause: new Error('read ECONNRESET') });
        this.#receiveEnd();
      });
    }
  }

  #pipes(direction: Direction): SimulatedPipe[] {
    const { toClient, toServer } = this.#line;
    return direction === 'both' ? [toServer, toClient] : [direction === 'to-server' ? toServer : toClient];
  }

  // ——— What arrives ———

  #receive(data: string | Uint8Array): void {
    if (this.#state === 'closed') return;
    this.received.push(data);
    this.onMessage(data);
  }

  #receivePing(): void {
    if (this.#state !== 'open') return;
    this.#line.toClient.push(0, () => this.#line.client?.receivePong());
    this.onPing();
  }

  #receivePong(): void {
    if (this.#state !== 'closed') this.onPong();
  }

  #receiveClose(close: SimulatedClose): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.#line.toClient.push(0, () => this.#line.client?.receiveClose(close));
    // The server ends the TCP connection first, so that its own port lingers (RFC 6455 section 7.1.1).
    this.#line.toClient.push(0, () => this.#line.client?.receiveEnd());
    this.#end(close);
  }

  #receiveEnd(): void {
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
    this.#connections.delete(this);
    this.onClose(close);
  }
}
