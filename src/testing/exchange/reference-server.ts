import type { SimulatedConnection } from '../simulation/simulated-connection.js';
import type { SimulatedNetwork } from '../simulation/simulated-network.js';

/**
 * How subscriptions are confirmed: one frame with the id for all topics of a frame (`batch`); one for each topic, with the
 * id (`topic`), with the topic alone (`topic-only`), or with the topic among defaults that the server added (`echo`); one
 * with neither id nor topics, in the order of the frames (`order`; a refusal names them); the full list of the connection,
 * without the id (`list`); or never.
 */
export type AcknowledgementStyle = 'batch' | 'topic' | 'topic-only' | 'echo' | 'order' | 'list' | 'none';

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
  /** More frames than that in any such time, and the connection is closed with 1008. Default: no limit. */
  readonly limit?: { readonly count: number; readonly window: number };
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
  /** When its latest frames came. */
  readonly arrivals: number[];
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
  /** How many logins in a row are refused from now on, whatever their key; `final` tells that no other will do either. */
  refuseLogins: { times: number; readonly final?: boolean } = { times: 0 };
  /**
   * Every frame on its way out passes here: not calling `send` loses it, calling it twice repeats it, later delays it.
   * Default: calls it.
   */
  onSend: (frame: Readonly<Record<string, unknown>>, send: () => void, connection: SimulatedConnection) => void = (
    _frame,
    send,
  ) => send();
  /** Is told of each connection once it was accepted. */
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
    for (const [connection, { topics }] of this.#peers) {
      if (topics.has(topic) && !this.mute) this.#send(connection, { topic, sequence, data });
    }
    return sequence;
  }

  /** Counts an update that nobody gets: the next one leaves a gap in the sequence. */
  skip(topic: string): void {
    this.#sequences.set(topic, (this.#sequences.get(topic) ?? 0) + 1);
  }

  /** Ends a topic on every connection, and tells so: `{"op":"revoked","args":["trades.BTC"]}`. */
  revoke(topic: string): void {
    for (const [connection, { topics }] of this.#peers) {
      if (topics.delete(topic)) this.#send(connection, { op: 'revoked', args: [topic], error: 'too many connections' });
    }
  }

  /** Ends a topic on every connection without a word, as a defective server does; without a topic, all of them. */
  forget(topic?: string): void {
    for (const { topics } of this.#peers.values()) {
      if (topic === undefined) topics.clear();
      else topics.delete(topic);
    }
  }

  /** Every login is over: `{"op":"expired"}` tells so, and until the next login nothing else is accepted. */
  expireLogins(): void {
    for (const [connection, peer] of this.#peers) {
      if (this.#options.key === undefined || !peer.authenticated) continue;
      peer.authenticated = false;
      this.#send(connection, { op: 'expired' });
    }
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
    const peer: Peer = { authenticated: this.#options.key === undefined, topics: new Set(), arrivals: [] };
    this.#peers.set(connection, peer);
    connection.onClose = () => this.#peers.delete(connection);
    this.onConnection(connection);
    connection.onMessage = (data) => {
      if (this.#isOverLimit(peer)) return connection.close(1008, 'too many frames');
      const frame = typeof data === 'string' ? parse(data) : undefined;
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

  #answer(connection: SimulatedConnection, peer: Peer, frame: Frame): void {
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

  #login(peer: Peer, { key }: Frame): object {
    const { times, final = false } = this.refuseLogins;
    if (times > 0) this.refuseLogins = { times: times - 1, final };
    peer.authenticated = times === 0 && key === this.#options.key;
    if (peer.authenticated) return { success: true };
    return { success: false, error: times === 0 ? 'wrong key' : 'not now', ...(times > 0 && final && { final }) };
  }

  #subscribe(connection: SimulatedConnection, peer: Peer, req_id: unknown, topics: readonly string[]): void {
    const { acknowledge = 'batch', refuse = 'whole', benign = false } = this.#options;
    const op = 'subscribe';
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

function parse(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
