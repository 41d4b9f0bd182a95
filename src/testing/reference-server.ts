import type { SimulatedConnection } from './simulated-connection.js';
import type { SimulatedNetwork } from './simulated-network.js';

/**
 * How subscriptions are confirmed: one frame with the id for all topics of a frame (`batch`); one for each topic, with the
 * id (`topic`) or with the topic alone (`topic-only`); the full list of the connection, without the id (`list`); or never.
 */
export type AcknowledgementStyle = 'batch' | 'topic' | 'topic-only' | 'list' | 'none';

/** What becomes of a frame with a topic that is refused: all of it is, or the others are accepted. */
export type RefusalStyle = 'whole' | 'partial';

export interface ReferenceServerOptions {
  /** Default `batch`. */
  readonly acknowledge?: AcknowledgementStyle;
  /** Default `whole`. */
  readonly refuse?: RefusalStyle;
  /** A topic that is subscribed already is refused in words: `{"success":false,"error":"already subscribed"}`. Default false. */
  readonly benign?: boolean;
  /** The key that `{"op":"auth","key":…}` has to bring before anything else. Default: none is asked for. */
  readonly key?: string;
}

interface Frame {
  readonly op?: unknown;
  readonly req_id?: unknown;
  readonly args?: unknown;
  readonly key?: unknown;
}

/** What the server knows of one connection. */
interface Peer {
  authenticated: boolean;
  readonly topics: Set<string>;
}

/**
 * A small exchange on the simulated network, in the dialect of `GenericJsonHandler`: what a correct server does, to hold a
 * client against. Each update of a topic has the next `sequence`, counted from 1 over all connections:
 * `{"topic":"trades.BTC","sequence":1,"data":…}`. A request comes back as its own answer.
 *
 * @example
 * ```ts
 * const network = new SimulatedNetwork();
 * const server = new ReferenceServer(network, 'ws://exchange', { acknowledge: 'topic' });
 * server.publish('trades.BTC', { price: 1 }); // 1
 * server.subscriptions; // the topics of every live connection
 * ```
 */
export class ReferenceServer {
  /** Topics that are refused, each with the reason. */
  readonly refused = new Map<string, string>();
  /** Answers nothing while it is true; what came in meanwhile stays unanswered. */
  mute = false;
  readonly #options: ReferenceServerOptions;
  readonly #peers = new Map<SimulatedConnection, Peer>();
  readonly #sequences = new Map<string, number>();
  readonly #requests: string[] = [];
  readonly #stop: () => void;
  #duplicates = 0;

  constructor(network: SimulatedNetwork, url: string, options: ReferenceServerOptions = {}) {
    this.#options = options;
    this.#stop = network.listen(url, (connection) => this.#accept(connection));
  }

  /** Connections that are open, oldest first. */
  get connections(): readonly SimulatedConnection[] {
    return [...this.#peers.keys()];
  }

  /** The topics of every live connection, each once (S3). */
  get subscriptions(): ReadonlySet<string> {
    return new Set([...this.#peers.values()].flatMap(({ topics }) => [...topics]));
  }

  /** The ids of all requests, in the order in which they came in; one that came twice is here twice (R5). */
  get requests(): readonly string[] {
    return this.#requests;
  }

  /** Topics that a connection subscribed a second time without ending the first (S2). */
  get duplicates(): number {
    return this.#duplicates;
  }

  topicsOf(connection: SimulatedConnection): ReadonlySet<string> {
    return this.#peers.get(connection)?.topics ?? new Set();
  }

  /** Sends an update to every connection that subscribed the topic; returns its sequence number. */
  publish(topic: string, data: unknown): number {
    const sequence = (this.#sequences.get(topic) ?? 0) + 1;
    this.#sequences.set(topic, sequence);
    const frame = JSON.stringify({ topic, sequence, data });
    for (const [connection, { topics }] of this.#peers) if (topics.has(topic) && !this.mute) connection.send(frame);
    return sequence;
  }

  /** Ends every connection without a close frame. */
  drop(): void {
    for (const connection of this.connections) connection.terminate();
  }

  /** Frees the port; open connections live on. */
  stop(): void {
    this.#stop();
  }

  #accept(connection: SimulatedConnection): void {
    const peer: Peer = { authenticated: this.#options.key === undefined, topics: new Set() };
    this.#peers.set(connection, peer);
    connection.onClose = () => this.#peers.delete(connection);
    connection.onMessage = (data) => {
      const frame = typeof data === 'string' ? parse(data) : undefined;
      if (frame && !this.mute) this.#answer(connection, peer, frame);
    };
  }

  #answer(connection: SimulatedConnection, peer: Peer, frame: Frame): void {
    const { op, req_id, args } = frame;
    if (op === 'ping') return connection.sendJson({ op: 'pong', req_id });
    if (op === 'auth') {
      peer.authenticated = frame.key === this.#options.key;
      return connection.sendJson({
        op,
        success: peer.authenticated,
        ...(!peer.authenticated && { error: 'wrong key' }),
      });
    }
    if (!peer.authenticated) return connection.sendJson({ op, req_id, success: false, error: 'not authenticated' });
    if (op === 'subscribe') return this.#subscribe(connection, peer, req_id, topicsOf(args));
    if (op === 'unsubscribe') {
      for (const topic of topicsOf(args)) peer.topics.delete(topic);
      return connection.sendJson({ op, req_id, success: true });
    }
    if (req_id === undefined) return;
    this.#requests.push(String(req_id));
    const { req_id: _, ...data } = frame;
    connection.sendJson({ req_id, data });
  }

  #subscribe(connection: SimulatedConnection, peer: Peer, req_id: unknown, topics: readonly string[]): void {
    const { acknowledge = 'batch', refuse = 'whole', benign = false } = this.#options;
    const op = 'subscribe';
    const refused = topics.filter((topic) => this.refused.has(topic));
    const known = topics.filter((topic) => peer.topics.has(topic));
    this.#duplicates += known.length;
    const error = this.refused.get(refused[0] ?? '');
    if (error !== undefined && refuse === 'whole') {
      if (acknowledge !== 'none') connection.sendJson({ op, req_id, success: false, error });
      return;
    }
    const accepted = topics.filter((topic) => !this.refused.has(topic));
    for (const topic of accepted) peer.topics.add(topic);
    if (benign && known.length > 0) {
      connection.sendJson({ op, req_id, args: known, success: false, error: 'already subscribed' });
      if (known.length === accepted.length) return;
    }
    switch (acknowledge) {
      case 'batch':
        return connection.sendJson({ op, req_id, args: accepted, success: accepted.length > 0, refused, error });
      case 'topic':
      case 'topic-only': {
        const id = acknowledge === 'topic' ? { req_id } : {};
        for (const topic of topics) {
          const reason = this.refused.get(topic);
          connection.sendJson({ op, ...id, args: [topic], success: reason === undefined, error: reason });
        }
        return;
      }
      case 'list':
        return connection.sendJson({ op, args: [...peer.topics], success: true });
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

function parse(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
