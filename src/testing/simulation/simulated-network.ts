import type { OpenSocket, SocketError } from '../../runtime.js';
import { SeededRandom } from './seeded-random.js';
import type { Admission, SimulatedAttempt } from './simulated-attempt.js';
import { SimulatedConnection } from './simulated-connection.js';
import { type LineOptions, SimulatedLine, type SimulatedReports } from './simulated-line.js';
import { SimulatedRuntime } from './simulated-runtime.js';
import { SimulatedSocket } from './simulated-socket.js';
import { VirtualClock } from './virtual-clock.js';

/** Options of `SimulatedNetwork`; all are optional. */
export interface SimulatedNetworkOptions {
  /**
   * The seed of everything random. The same seed gives the same run.
   * @default 1
   */
  readonly seed?: number;
  /**
   * The clock of the network and of its hosts.
   * @default a new `VirtualClock`
   */
  readonly clock?: VirtualClock;
  /**
   * Milliseconds that a frame takes for one way. With two numbers each frame draws its own latency between them.
   * @default 1
   */
  readonly latency?: number | readonly [min: number, max: number];
  /**
   * How frames that arrive at the same time are handed out: `'chunk'` in one turn, as Node does; `'frame'` each in a
   * turn of its own, as browsers do.
   * @default 'chunk'
   */
  readonly delivery?: 'chunk' | 'frame';
  /**
   * Bytes that the operating system takes from a client although the server does not read them. Bytes beyond count in
   * `bufferedAmount`.
   * @default 1 MiB
   */
  readonly kernelBuffer?: number;
}

type Accept = (connection: SimulatedConnection) => void;

/** What a subprotocol name may contain (RFC 9110 section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

/**
 * A network in memory and in virtual time. The real client runs on it unchanged, and the same seed gives the same run.
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
  /** The source of everything random on this network. For faults of your own take a `stream()` of it. */
  readonly random: SeededRandom;
  /** What becomes of attempts from now on: one answer for all, or a function of the attempt. */
  admission: Admission | ((attempt: SimulatedAttempt) => Admission) = 'accept';
  /** What new sockets report when they end. Change it to simulate an unsound platform. */
  readonly reports: SimulatedReports = { error: true, closes: 1, closeDelay: 0 };
  readonly #lineOptions: LineOptions;
  readonly #listeners = new Map<string, Accept>();
  readonly #connections = new Set<SimulatedConnection>();
  readonly #sockets = new Set<SimulatedSocket>();
  readonly #attempts: number[] = [];
  #lastId = 0;

  constructor(options: SimulatedNetworkOptions = {}) {
    const { seed = 1, clock = new VirtualClock(), latency = 1, delivery = 'chunk' } = options;
    this.clock = clock;
    this.random = new SeededRandom(seed);
    const random = this.random.stream('latency');
    this.#lineOptions = {
      clock,
      latency: typeof latency === 'number' ? () => latency : () => random.between(...latency),
      inChunks: delivery === 'chunk',
      kernelBuffer: options.kernelBuffer ?? 1_024 * 1_024,
      reports: this.reports,
    };
  }

  /** The runtime of a host on this network. Hosts with different names draw different jitter and ids. */
  runtime(name = 'client'): SimulatedRuntime {
    return new SimulatedRuntime(this.#openSocket, this.clock, this.random.stream(name));
  }

  /** Serves the host and port of a URL, for every path. Returns a function that frees the port. */
  listen(url: string, accept: (connection: SimulatedConnection) => void): () => void {
    const { host } = new URL(url);
    this.#listeners.set(host, accept);
    return () => void this.#listeners.delete(host);
  }

  /** The connections that are open or closing, as the servers see them. */
  get connections(): readonly SimulatedConnection[] {
    return [...this.#connections];
  }

  /** The number of client sockets that have not ended, in any state. */
  get sockets(): number {
    return this.#sockets.size;
  }

  /** The times of all attempts, in milliseconds of the network's clock. */
  get attempts(): readonly number[] {
    return this.#attempts;
  }

  readonly #openSocket: OpenSocket = (request, events) => {
    const { protocols } = request;
    if (!protocols.every((name) => TOKEN.test(name)) || new Set(protocols).size < protocols.length) {
      throw new SyntaxError(`A subprotocol is not valid or is named twice: ${protocols.join(', ')}`);
    }
    const { host } = new URL(request.url);
    const attempt = { url: request.url, protocols, at: this.clock.now(), onGone: () => {} };
    this.#attempts.push(attempt.at);
    const line = new SimulatedLine(attempt, this.#lineOptions);
    const socket = new SimulatedSocket(line, events, request.maxMessageSize, this.#sockets);
    line.toServer.push(0, () => this.#admit(line, attempt, this.#listeners.get(host)));
    return socket;
  };

  #admit(line: SimulatedLine, attempt: SimulatedAttempt, accept: Accept | undefined): void {
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

  #accept(line: SimulatedLine, attempt: SimulatedAttempt, accept: Accept, protocol = attempt.protocols[0] ?? ''): void {
    // A client that offers subprotocols accepts only one of them; a client that offers none accepts none.
    if (attempt.protocols.length > 0 ? !attempt.protocols.includes(protocol) : protocol !== '') {
      return this.#refuse(line, attempt, { cause: new Error('Server sent an invalid subprotocol') });
    }
    const about = { id: ++this.#lastId, url: attempt.url, protocol };
    const connection = new SimulatedConnection(line, about, this.#connections);
    line.toClient.push(0, () => line.client?.receiveOpen());
    accept(connection);
  }

  #refuse(line: SimulatedLine, attempt: SimulatedAttempt, error: SocketError): void {
    line.toClient.push(0, () => {
      line.client?.receiveEnd(error);
      attempt.onGone();
    });
  }
}
