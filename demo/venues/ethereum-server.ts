import { type MockConnection, MockWebSocketServer } from 'hpx-transport-ws/testing';

export interface EthereumServerOptions {
  /**
   * Milliseconds between two blocks.
   * @default 0: blocks come with `mine()` only, so that a test decides
   */
  readonly blockInterval?: number;
  /** @default Math.random */
  readonly random?: () => number;
  /**
   * Whether the node tells a subscriber of the newest head, or of a pending transaction, before it confirms the subscription.
   * @default false
   */
  readonly early?: boolean;
}

interface ChainLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly transactionHash: string;
  readonly logIndex: string;
  readonly removed: boolean;
}

interface ChainBlock {
  readonly number: string;
  readonly hash: string;
  readonly parentHash: string;
  readonly timestamp: string;
  readonly gasLimit: string;
  readonly gasUsed: string;
  readonly baseFeePerGas: string;
  readonly logs: readonly ChainLog[];
}

interface Filter {
  readonly address?: string | readonly string[];
  readonly topics?: readonly (string | null | readonly string[])[];
}

interface Call {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: readonly unknown[];
}

type Outcome = { readonly result: unknown } | { readonly error: NodeError };
interface NodeError {
  readonly code: number;
  readonly message: string;
  readonly data?: string;
}

/** One `eth_subscribe` of a connection. */
interface Subscribed {
  readonly id: string;
  readonly kind: string;
  readonly option: unknown;
}

const KINDS = ['newHeads', 'logs', 'newPendingTransactions', 'syncing'];
const FIRST_BLOCK = 0x1348c8;
const FIRST_TIME = 0x6ab0d2b4;

/** A node on the loopback interface with a small chain. It speaks the words of geth. */
export class EthereumServer {
  /** The server below, for drops, refused upgrades and what was received. */
  readonly server: MockWebSocketServer;
  readonly url: string;
  readonly #random: () => number;
  readonly #early: boolean;
  readonly #subscribed = new WeakMap<MockConnection, Subscribed[]>();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #pool = new Set<string>();
  #chain: ChainBlock[] = [];
  #baseFee = 1_000_000_000;
  /** Calls that are refused because there were too many. */
  #limited = 0;
  #timeOuts = 0;

  private constructor(server: MockWebSocketServer, options: EthereumServerOptions) {
    this.server = server;
    this.url = server.url;
    this.#random = options.random ?? Math.random;
    this.#early = options.early ?? false;
    this.#chain.push(this.#block([]));
    server.onMessage((connection, text) => this.#take(connection, text));
    const { blockInterval = 0 } = options;
    if (blockInterval > 0) this.#timer = setInterval(() => this.mine([{}]), blockInterval);
  }

  /** @internal */
  static async start(options: EthereumServerOptions): Promise<EthereumServer> {
    return new EthereumServer(await MockWebSocketServer.start({ exchange: false }), options);
  }

  get head(): ChainBlock {
    return this.#chain.at(-1) as ChainBlock;
  }

  /** The ids of the subscriptions that live now, by what they are about. */
  get subscriptions(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#living.flatMap(([, all]) => all.map(({ kind, id }) => [kind, id])));
  }

  /** A new block with these logs; everybody who asked for it is told. */
  mine(
    logs: readonly { readonly address?: string; readonly topic?: string; readonly data?: string }[] = [],
  ): ChainBlock {
    const block = this.#block(logs);
    this.#chain.push(block);
    this.#tell('newHeads', header(block));
    for (const log of block.logs) this.#tell('logs', log);
    return block;
  }

  /** The last block is replaced by one without logs: the logs of the old block are taken back. */
  reorganise(): ChainBlock {
    const old = this.#chain.pop();
    const block = this.#block([]);
    this.#chain.push(block);
    for (const log of old?.logs ?? []) this.#tell('logs', { ...log, removed: true });
    this.#tell('newHeads', header(block));
    return block;
  }

  /** A transaction of somebody else. */
  pend(hash = this.#hash()): string {
    this.#pool.add(hash);
    this.#tell('newPendingTransactions', hash);
    return hash;
  }

  /** The provider refuses the next calls. */
  limit(calls: number): void {
    this.#limited = calls;
  }

  /** The node gives up the next call in its middle. */
  timeOut(): void {
    this.#timeOuts++;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.server.close();
  }

  #take(connection: MockConnection, text: string): void {
    let frame: unknown;
    try {
      frame = JSON.parse(text);
    } catch {
      return connection.send(encode({ jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'parse error' } }));
    }
    const calls = (Array.isArray(frame) ? frame : [frame]) as Call[];
    const answers = calls
      .map((call) => ({ jsonrpc: '2.0', id: call.id, ...this.#answer(connection, call) }))
      .filter(({ id }) => id !== undefined);
    // A node answers the calls of a batch in any order.
    if (Array.isArray(frame)) connection.send(encode(answers.reverse()));
    else for (const answer of answers) connection.send(encode(answer));
  }

  #answer(connection: MockConnection, { method = '', params = [] }: Call): Outcome {
    if (this.#limited > 0) {
      this.#limited--;
      return { error: { code: -32_005, message: 'daily request count exceeded, request rate limited' } };
    }
    if (this.#timeOuts > 0) {
      this.#timeOuts--;
      return { error: { code: -32_002, message: 'request timed out' } };
    }
    switch (method) {
      case 'eth_subscribe':
        return this.#subscribe(connection, params);
      case 'eth_unsubscribe':
        return this.#unsubscribe(connection, params[0]);
      case 'eth_chainId':
        return { result: '0x1' };
      case 'net_version':
        return { result: '1' };
      case 'eth_blockNumber':
        return { result: this.head.number };
      case 'eth_getBlockByNumber':
        return { result: this.#blockOf(params[0]) };
      case 'eth_getLogs':
        return { result: this.#logsIn(params[0] as Filter & { fromBlock?: string; toBlock?: string }) };
      case 'eth_call':
        return { error: { code: 3, message: 'execution reverted', data: '0x08c379a0' } };
      case 'eth_sendRawTransaction':
        return this.#send(String(params[0]));
    }
    return { error: { code: -32_601, message: `the method ${method} does not exist/is not available` } };
  }

  #subscribe(connection: MockConnection, [kind, option]: readonly unknown[]): Outcome {
    if (!KINDS.includes(kind as string)) {
      return { error: { code: -32_601, message: `no "${kind}" subscription in eth namespace` } };
    }
    const one = { id: `0x${this.#digits(32)}`, kind: String(kind), option };
    this.#subscribed.set(connection, [...(this.#subscribed.get(connection) ?? []), one]);
    if (this.#early && kind === 'newHeads') connection.send(notification(one, header(this.head)));
    return { result: one.id };
  }

  #unsubscribe(connection: MockConnection, id: unknown): Outcome {
    const all = this.#subscribed.get(connection) ?? [];
    const others = all.filter((one) => one.id !== id);
    if (others.length === all.length) return { error: { code: -32_000, message: 'subscription not found' } };
    this.#subscribed.set(connection, others);
    return { result: true };
  }

  #send(signed: string): Outcome {
    const hash = `0x${signed.slice(2).padEnd(64, '0').slice(0, 64)}`;
    if (this.#pool.has(hash)) return { error: { code: -32_000, message: 'already known' } };
    if (signed.startsWith('0x00')) {
      return { error: { code: -32_000, message: 'insufficient funds for gas * price + value' } };
    }
    this.pend(hash);
    return { result: hash };
  }

  #blockOf(reference: unknown): object | null {
    const block = reference === 'latest' ? this.head : this.#chain.find(({ number }) => number === reference);
    return block ? { ...header(block), transactions: block.logs.map(({ transactionHash }) => transactionHash) } : null;
  }

  #logsIn(query: Filter & { readonly fromBlock?: string; readonly toBlock?: string }): ChainLog[] {
    const [from, to] = [Number(query.fromBlock ?? 0), Number(query.toBlock ?? this.head.number)];
    const blocks = this.#chain.filter(({ number }) => Number(number) >= from && Number(number) <= (to || Infinity));
    return blocks.flatMap(({ logs }) => logs).filter((log) => fits(log, query));
  }

  get #living(): (readonly [MockConnection, readonly Subscribed[]])[] {
    return this.server.connections.map((connection) => [connection, this.#subscribed.get(connection) ?? []]);
  }

  #tell(kind: string, result: unknown): void {
    for (const [connection, all] of this.#living) {
      for (const one of all) {
        if (one.kind !== kind || (kind === 'logs' && !fits(result as ChainLog, one.option as Filter))) continue;
        const isFull = kind === 'newPendingTransactions' && one.option === true;
        connection.send(notification(one, isFull ? { hash: result, nonce: '0x0', value: '0x1', input: '0x' } : result));
      }
    }
  }

  #block(logs: readonly { readonly address?: string; readonly topic?: string; readonly data?: string }[]): ChainBlock {
    const at = this.#chain.length;
    const [number, hash] = [hex(FIRST_BLOCK + at), this.#hash()];
    this.#baseFee = Math.round(this.#baseFee * (0.95 + this.#random() * 0.1));
    return {
      number,
      hash,
      parentHash: this.#chain.at(-1)?.hash ?? this.#hash(),
      timestamp: hex(FIRST_TIME + 12 * at),
      gasLimit: '0x1c9c380',
      gasUsed: hex(Math.round(this.#random() * 0x1c9c380)),
      baseFeePerGas: hex(this.#baseFee),
      logs: logs.map(({ address, topic, data = '0x01' }, n) => ({
        address: address ?? `0x${this.#digits(40)}`,
        topics: [topic ?? this.#hash()],
        data,
        blockNumber: number,
        blockHash: hash,
        transactionHash: this.#hash(),
        logIndex: hex(n),
        removed: false,
      })),
    };
  }

  #hash(): string {
    return `0x${this.#digits(64)}`;
  }

  #digits(count: number): string {
    return Array.from({ length: count }, () => Math.floor(this.#random() * 16).toString(16)).join('');
  }
}

/** Starts a node with an empty chain. */
export function startEthereumServer(options: EthereumServerOptions = {}): Promise<EthereumServer> {
  return EthereumServer.start(options);
}

function fits({ address, topics }: ChainLog, filter: Filter = {}): boolean {
  const isIn = (value: string | undefined, wanted: string | null | readonly string[] | undefined) =>
    wanted === undefined ||
    wanted === null ||
    [wanted].flat().some((one) => one.toLowerCase() === value?.toLowerCase());
  return isIn(address, filter.address) && (filter.topics ?? []).every((wanted, at) => isIn(topics[at], wanted));
}

function header({ logs: _, ...rest }: ChainBlock): Omit<ChainBlock, 'logs'> {
  return rest;
}

function notification({ id }: Subscribed, result: unknown): string {
  return encode({ jsonrpc: '2.0', method: 'eth_subscription', params: { subscription: id, result } });
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function encode(value: unknown): string {
  return JSON.stringify(value);
}
