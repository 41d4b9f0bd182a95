import type { SimulatedConnection } from '../simulation/simulated-connection.js';
import type { SimulatedNetwork } from '../simulation/simulated-network.js';
import { type ExchangeFrame, parseExchangeFrame } from './exchange-frame.js';

/**
 * How the server confirms a subscribe frame:
 *
 * - `'batch'`: one answer with the id, for all topics of the frame.
 * - `'topic'`: one answer for each topic, with the id and the topic.
 * - `'topic-only'`: one answer for each topic, with the topic and without the id.
 * - `'echo'`: one answer for each topic, without the id; the topic comes back with a default that the server added.
 * - `'order'`: one answer without id and topics, in the order of the frames; only a refusal names topics.
 * - `'list'`: one answer without the id, with all topics of the connection.
 * - `'none'`: no answer.
 */
export type AcknowledgementStyle = 'batch' | 'topic' | 'topic-only' | 'echo' | 'order' | 'list' | 'none';

/** What happens to a frame that names a refused topic: the whole frame is refused, or its other topics are accepted. */
export type RefusalStyle = 'whole' | 'partial';

/** Options of `ReferenceServer`; all are optional. */
export interface ReferenceServerOptions {
  /** @default 'batch' */
  readonly acknowledge?: AcknowledgementStyle;
  /** @default 'whole' */
  readonly refuse?: RefusalStyle;
  /**
   * Whether a second subscribe for a topic is refused: `{"success":false,"error":"already subscribed"}`.
   * @default false
   */
  readonly benign?: boolean;
  /**
   * The key that a client must send first: `{"op":"auth","key":…}`.
   * @default undefined: the server requires no authentication
   */
  readonly key?: string;
  /**
   * The allowed number of frames in any `window` milliseconds. A connection that sends more is closed with code 1008.
   * @default undefined: no limit
   */
  readonly limit?: { readonly count: number; readonly window: number };
}

/** What the server knows about one connection. */
interface Peer {
  authenticated: boolean;
  readonly topics: Set<string>;
  /** The arrival times of its latest frames, in milliseconds of the network's clock. */
  readonly arrivals: number[];
}

/**
 * A small exchange on the simulated network, in the dialect of `GenericJsonHandler`. It behaves as a correct server
 * does, so that a test can check a client against it. The updates of a topic are numbered from 1, over all connections:
 * `{"topic":"trades.BTC","sequence":1,"data":…}`. The answer to a request holds the payload of the request.
 *
 * @example
 * ```ts
 * const network = new SimulatedNetwork();
 * const server = new ReferenceServer(network, 'ws://exchange', { acknowledge: 'topic' });
 * server.publish('trades.BTC', { price: 1 }); // 1
 * server.subscriptions; // the topics of all open connections
 * ```
 */
export class ReferenceServer {
  /** The refused topics, each with the error text. Add a topic to refuse it. */
  readonly refused = new Map<string, string>();
  /** Topics that make the server end the connection that asks for them. */
  readonly poisoned = new Set<string>();
  /** While true, the server sends no answers and no updates. Frames that come in meanwhile are never answered. */
  mute = false;
  /** Refuses the next `times` logins, even with the right key. With `final` the answers say that no key is accepted. */
  refuseLogins: { times: number; readonly final?: boolean } = { times: 0 };
  /**
   * Called for each frame that the server sends. No call of `send` loses the frame, two calls repeat it, and a later
   * call delays it.
   * @default calls `send` once
   */
  onSend: (frame: Readonly<Record<string, unknown>>, send: () => void, connection: SimulatedConnection) => void = (
    _frame,
    send,
  ) => send();
  /** Called for each accepted connection. */
  onConnection: (connection: SimulatedConnection) => void = () => {};
  readonly #options: ReferenceServerOptions;
  readonly #peers = new Map<SimulatedConnection, Peer>();
  readonly #sequences = new Map<string, number>();
  readonly #requests: string[] = [];
  readonly #now: () => number;
  readonly #stop: () => void;
  #duplicates = 0;

  constructor(network: SimulatedNetwork, url: string, options: ReferenceServerOptions = {}) {
    this.#options = options;
    this.#now = () => network.clock.now();
    this.#stop = network.listen(url, (connection) => this.#accept(connection));
  }

  /** The open connections, oldest first. */
  get connections(): readonly SimulatedConnection[] {
    return [...this.#peers.keys()];
  }

  /** The topics of all open connections, each once. */
  get subscriptions(): ReadonlySet<string> {
    return new Set([...this.#peers.values()].flatMap(({ topics }) => [...topics]));
  }

  /** The ids of all requests in the order of their arrival. The id of a request that came twice is here twice. */
  get requests(): readonly string[] {
    return this.#requests;
  }

  /** The number of topics that a connection subscribed although it had already subscribed them. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** The topics that a connection has subscribed. */
  topicsOf(connection: SimulatedConnection): ReadonlySet<string> {
    return this.#peers.get(connection)?.topics ?? new Set();
  }

  /** Sends an update to every connection that has subscribed the topic. Returns its sequence number. */
  publish(topic: string, data: unknown): number {
    const sequence = (this.#sequences.get(topic) ?? 0) + 1;
    this.#sequences.set(topic, sequence);
    for (const [connection, { topics }] of this.#peers) {
      if (topics.has(topic) && !this.mute) this.#send(connection, { topic, sequence, data });
    }
    return sequence;
  }

  /** Uses up one sequence number without an update, so that the next update leaves a gap. */
  skip(topic: string): void {
    this.#sequences.set(topic, (this.#sequences.get(topic) ?? 0) + 1);
  }

  /**
   * Ends a topic on every connection and informs the clients: `{"op":"revoked","args":["trades.BTC"],…}`.
   * @param final - adds `"final":true`: the topic will not come back
   */
  revoke(topic: string, final = false): void {
    for (const [connection, { topics }] of this.#peers) {
      if (!topics.delete(topic)) continue;
      this.#send(connection, { op: 'revoked', args: [topic], error: 'too many connections', ...(final && { final }) });
    }
  }

  /** Ends a topic on every connection because there is no more of it: `{"op":"completed","args":["trades.BTC"]}`. */
  complete(topic: string): void {
    for (const [connection, { topics }] of this.#peers) {
      if (topics.delete(topic)) this.#send(connection, { op: 'completed', args: [topic] });
    }
  }

  /** Ends a topic on every connection without a frame, as a defective server does. Without a topic it ends all. */
  forget(topic?: string): void {
    for (const { topics } of this.#peers.values()) {
      if (topic === undefined) topics.clear();
      else topics.delete(topic);
    }
  }

  /**
   * Resumes topics of an earlier connection, and informs the client: `{"op":"resumed","args":["trades.BTC"]}`. The client
   * does not get the updates that it missed.
   */
  resume(connection: SimulatedConnection, topics: readonly string[]): void {
    const peer = this.#peers.get(connection);
    for (const topic of topics) peer?.topics.add(topic);
    if (peer) this.#send(connection, { op: 'resumed', args: topics });
  }

  /** Ends every login and sends `{"op":"expired"}`. A connection can do nothing else before it logs in again. */
  expireLogins(): void {
    for (const [connection, peer] of this.#peers) {
      if (this.#options.key === undefined || !peer.authenticated) continue;
      peer.authenticated = false;
      this.#send(connection, { op: 'expired' });
    }
  }

  /** Tells every client that its connection is about to end: `{"op":"goaway"}`. */
  announceEnd(): void {
    for (const connection of this.connections) this.#send(connection, { op: 'goaway' });
  }

  /** Ends every connection without a close frame. */
  drop(): void {
    for (const connection of this.connections) connection.terminate();
  }

  /** Frees the port. Open connections stay open. */
  stop(): void {
    this.#stop();
  }

  #accept(connection: SimulatedConnection): void {
    const peer: Peer = { authenticated: this.#options.key === undefined, topics: new Set(), arrivals: [] };
    this.#peers.set(connection, peer);
    connection.onClose = () => this.#peers.delete(connection);
    this.onConnection(connection);
    connection.onMessage = (data) => {
      if (this.#isOverLimit(peer)) return connection.close(1008, 'too many frames');
      const frame = typeof data === 'string' ? parseExchangeFrame(data) : undefined;
      if (frame && !this.mute) this.#answer(connection, peer, frame);
    };
  }

  #isOverLimit({ arrivals }: Peer): boolean {
    const { limit } = this.#options;
    if (!limit) return false;
    arrivals.push(this.#now());
    return arrivals.length > limit.count && this.#now() - (arrivals.shift() ?? 0) < limit.window;
  }

  #send(connection: SimulatedConnection, frame: Readonly<Record<string, unknown>>): void {
    this.onSend(frame, () => connection.sendJson(frame), connection);
  }

  #answer(connection: SimulatedConnection, peer: Peer, frame: ExchangeFrame): void {
    const { op, req_id, args } = frame;
    if (op === 'ping') return this.#send(connection, { op: 'pong', req_id });
    if (op === 'auth') return this.#send(connection, { op, ...this.#login(peer, frame) });
    if (op === 'unsubscribe') {
      for (const topic of topicsOf(args)) peer.topics.delete(topic);
      return this.#send(connection, { op, req_id, success: true });
    }
    if (!peer.authenticated) return this.#send(connection, { op, req_id, success: false, error: 'not authenticated' });
    if (op === 'subscribe') return this.#subscribe(connection, peer, req_id, topicsOf(args));
    if (req_id === undefined) return;
    this.#requests.push(String(req_id));
    const { req_id: _, ...data } = frame;
    this.#send(connection, { req_id, data });
  }

  #login(peer: Peer, { key }: ExchangeFrame): object {
    const { times, final = false } = this.refuseLogins;
    if (times > 0) this.refuseLogins = { times: times - 1, final };
    peer.authenticated = times === 0 && key === this.#options.key;
    if (peer.authenticated) return { success: true };
    return { success: false, error: times === 0 ? 'wrong key' : 'not now', ...(times > 0 && final && { final }) };
  }

  #subscribe(connection: SimulatedConnection, peer: Peer, req_id: unknown, topics: readonly string[]): void {
    const { acknowledge = 'batch', refuse = 'whole', benign = false } = this.#options;
    const op = 'subscribe';
    if (topics.some((topic) => this.poisoned.has(topic))) return connection.close(1011, 'internal error');
    const refused = topics.filter((topic) => this.refused.has(topic));
    const known = topics.filter((topic) => peer.topics.has(topic));
    this.#duplicates += known.length;
    const error = this.refused.get(refused[0] ?? '');
    if (error !== undefined && refuse === 'whole') {
      if (acknowledge !== 'none') this.#send(connection, { op, req_id, success: false, error });
      return;
    }
    const accepted = topics.filter((topic) => !this.refused.has(topic));
    for (const topic of accepted) peer.topics.add(topic);
    if (benign && known.length > 0) {
      this.#send(connection, { op, req_id, args: known, success: false, error: 'already subscribed' });
      if (known.length === accepted.length) return;
    }
    switch (acknowledge) {
      case 'batch':
        return this.#send(connection, { op, req_id, args: accepted, success: accepted.length > 0, refused, error });
      case 'topic':
      case 'topic-only':
      case 'echo': {
        const id = acknowledge === 'topic' ? { req_id } : {};
        for (const topic of topics) {
          const reason = this.refused.get(topic);
          const args = acknowledge === 'echo' ? [{ depth: 10, topic }] : [topic];
          this.#send(connection, { op, ...id, args, success: reason === undefined, error: reason });
        }
        return;
      }
      case 'order':
        return this.#send(connection, {
          op,
          success: accepted.length > 0,
          ...(refused.length > 0 && { args: accepted, refused, error }),
        });
      case 'list':
        return this.#send(connection, { op, args: [...peer.topics], success: true });
      case 'none':
        return;
    }
  }
}

function topicsOf(args: unknown): string[] {
  if (!Array.isArray(args)) return [];
  return args.map((entry: unknown) =>
    typeof entry === 'object' && entry !== null ? String((entry as { topic?: unknown }).topic) : String(entry),
  );
}
