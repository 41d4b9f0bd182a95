import type { OpenSocket, SocketEvents, SocketRequest } from '../../runtime.js';
import { SeededRandom } from './seeded-random.js';
import { SimulatedConnection } from './simulated-connection.js';
import type { SimulatedLine, SimulatedReports } from './simulated-line.js';
import { SimulatedPipe } from './simulated-pipe.js';
import { SimulatedRuntime } from './simulated-runtime.js';
import { SimulatedSocket } from './simulated-socket.js';
import { VirtualClock } from './virtual-clock.js';

/** One attempt to connect, as it reaches the server. */
export interface SimulatedAttempt {
  readonly url: string;
  readonly protocols: readonly string[];
  /** When it was made, by the network's clock. */
  readonly at: number;
  /** Set it to learn that the client gave up, or that the refusal was read. */
  onGone: () => void;
}

/**
 * What becomes of an attempt: it is accepted; the port is closed; nobody ever answers; the upgrade is refused with an
 * HTTP status (`retryAfter` in milliseconds); it is accepted with a subprotocol of the server's choice, right or wrong; or
 * it is accepted after so many milliseconds.
 */
export type Admission =
  | 'accept'
  | 'refuse'
  | 'hang'
  | { readonly status: number; readonly retryAfter?: number }
  | { readonly protocol: string }
  | { readonly after: number };

export interface SimulatedNetworkOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Default: a clock of its own. */
  readonly clock?: VirtualClock;
  /** Milliseconds for each way; two numbers are bounds of a random one for each frame. Default 1. */
  readonly latency?: number | readonly [min: number, max: number];
  /**
   * `chunk`, the default: frames that arrive together are handed out in one go, as Node does. `frame`: each in a turn of
   * its own, as browsers do.
   */
  readonly delivery?: 'chunk' | 'frame';
  /** Bytes that the system takes from a client although nobody reads them. Default 1 MiB. */
  readonly kernelBuffer?: number;
}

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

/**
 * A network in memory, in virtual time, from a seed: the real client runs on it unchanged, and every run is the same.
 *
 * @example
 * ```ts
 * const network = new SimulatedNetwork({ seed: 7 });
 * network.listen('ws://server', (connection) => {
 *   connection.onMessage = (data) => connection.send(data);
 * });
 * const client = new WebSocketClient({ url: 'ws://server' }, handler, network.runtime());
 * const connected = client.connect();
 * await network.clock.advance(10);
 * await connected;
 *
 * network.admission = 'refuse';
 * for (const connection of network.connections) connection.terminate();
 * await network.clock.advance(60_000); // a minute of outage
 * ```
 */
export class SimulatedNetwork {
  readonly clock: VirtualClock;
  /** Where everything random of this world comes from; take a `stream()` of it for faults of your own. */
  readonly random: SeededRandom;
  /** What becomes of attempts from now on. */
  admission: Admission | ((attempt: SimulatedAttempt) => Admission) = 'accept';
  /** What new sockets tell of their end; change it for an unsound platform. */
  readonly reports: SimulatedReports = { error: true, closes: 1, closeDelay: 0 };
  readonly #latency: () => number;
  readonly #inChunks: boolean;
  readonly #kernelBuffer: number;
  readonly #listeners = new Map<string, (connection: SimulatedConnection) => void>();
  readonly #connections = new Set<SimulatedConnection>();
  readonly #sockets = new Set<SimulatedSocket>();
  readonly #attempts: number[] = [];
  #lastId = 0;

  constructor(options: SimulatedNetworkOptions = {}) {
    const { seed = 1, clock = new VirtualClock(), latency = 1, delivery = 'chunk' } = options;
    this.clock = clock;
    this.random = new SeededRandom(seed);
    const random = this.random.stream('latency');
    this.#latency = typeof latency === 'number' ? () => latency : () => random.between(...latency);
    this.#inChunks = delivery === 'chunk';
    this.#kernelBuffer = options.kernelBuffer ?? 1_024 * 1_024;
  }

  /** A host on this network; hosts of different names draw different jitter and ids. */
  runtime(name = 'client'): SimulatedRuntime {
    return new SimulatedRuntime(this.#openSocket, this.clock, this.random.stream(name));
  }

  /** Serves the host and port of a URL, whatever the path; returns a function that frees the port. */
  listen(url: string, accept: (connection: SimulatedConnection) => void): () => void {
    const { host } = new URL(url);
    this.#listeners.set(host, accept);
    return () => void this.#listeners.delete(host);
  }

  /** The servers' ends that are open or closing. */
  get connections(): readonly SimulatedConnection[] {
    return [...this.#connections];
  }

  /** The clients' ends that have not ended, in whatever state (C1). */
  get sockets(): number {
    return this.#sockets.size;
  }

  /** When each attempt was made, by the network's clock (C5). */
  get attempts(): readonly number[] {
    return this.#attempts;
  }

  readonly #openSocket: OpenSocket = (request, events) => {
    const { protocols } = request;
    if (!protocols.every((name) => TOKEN.test(name)) || new Set(protocols).size < protocols.length) {
      throw new SyntaxError(`A subprotocol is not valid, or named twice: ${protocols.join(', ')}`);
    }
    const { host } = new URL(request.url);
    const attempt = { url: request.url, protocols, at: this.clock.now(), onGone: () => {} };
    this.#attempts.push(attempt.at);
    const line = this.#line(request, events, attempt);
    line.toServer.push(0, () => this.#admit(line, attempt, this.#listeners.get(host)));
    return line.client as SimulatedSocket;
  };

  #line(request: SocketRequest, events: SocketEvents, attempt: SimulatedAttempt): SimulatedLine {
    const pipe = () => new SimulatedPipe(this.clock, this.#latency, this.#inChunks);
    const line: SimulatedLine = {
      clock: this.clock,
      toServer: pipe(),
      toClient: pipe(),
      kernelBuffer: this.#kernelBuffer,
      reports: { ...this.reports },
      client: undefined,
      server: undefined,
      dropped: () => (line.server ? line.server.receiveEnd() : attempt.onGone()),
      ended: (socket) => void this.#sockets.delete(socket),
    };
    line.client = new SimulatedSocket(line, events, request.maxMessageSize);
    this.#sockets.add(line.client);
    return line;
  }

  #admit(
    line: SimulatedLine,
    attempt: SimulatedAttempt,
    accept: ((connection: SimulatedConnection) => void) | undefined,
  ): void {
    const admission = typeof this.admission === 'function' ? this.admission(attempt) : this.admission;
    if (!accept || admission === 'refuse')
      return this.#refuse(line, attempt, { cause: new Error('connect ECONNREFUSED') });
    if (admission === 'hang') return;
    if (typeof admission === 'object' && 'after' in admission) {
      this.clock.setArrival(() => {
        if (!line.client?.isClosed) this.#accept(line, attempt, accept);
      }, admission.after);
    } else if (typeof admission === 'object' && 'status' in admission) {
      const cause = new Error(`The server refused the upgrade with HTTP status ${admission.status}`);
      this.#refuse(line, attempt, { ...admission, cause });
    } else {
      this.#accept(line, attempt, accept, typeof admission === 'object' ? admission.protocol : undefined);
    }
  }

  #accept(
    line: SimulatedLine,
    attempt: SimulatedAttempt,
    accept: (connection: SimulatedConnection) => void,
    protocol = attempt.protocols[0] ?? '',
  ): void {
    // A client that offers subprotocols insists on one of them, and one that offers none on none.
    if (attempt.protocols.length > 0 ? !attempt.protocols.includes(protocol) : protocol !== '') {
      return this.#refuse(line, attempt, { cause: new Error('Server sent an invalid subprotocol') });
    }
    const connection = new SimulatedConnection(line, { id: ++this.#lastId, url: attempt.url, protocol }, (ended) =>
      this.#connections.delete(ended),
    );
    line.server = connection;
    this.#connections.add(connection);
    line.toClient.push(0, () => line.client?.receiveOpen());
    accept(connection);
  }

  #refuse(
    line: SimulatedLine,
    attempt: SimulatedAttempt,
    error: { readonly status?: number; readonly retryAfter?: number; readonly cause: unknown },
  ): void {
    line.toClient.push(0, () => {
      line.client?.receiveEnd(error);
      attempt.onGone();
    });
  }
}
