import { createHmac } from 'node:crypto';
import { type MockConnection, MockWebSocketServer } from 'hpx-transport-ws/testing';
import { DeribitMarket } from './deribit-market.js';

export interface DeribitServerOptions {
  /** The customer's keys. Without them nobody can log in. */
  readonly keys?: { readonly apiKey: string; readonly secret: string };
  /**
   * Milliseconds between two moves of the markets.
   * @default 0: they move with `tick()` only, so that a test decides
   */
  readonly tickInterval?: number;
  /**
   * Seconds for which a token is good.
   * @default 900
   */
  readonly expiresIn?: number;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default Date.now */
  readonly now?: () => number;
}

interface Call {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

type Outcome = { readonly result: unknown } | { readonly error: VenueError };
interface VenueError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

interface Session {
  readonly channels: Set<string>;
  isLoggedIn: boolean;
  refreshToken?: string;
}

const CHANNEL = /^(book|ticker|trades)\.([\w-]+)\.(raw|100ms|agg2)$/;
/** What a customer can pay. */
const FUNDS = 1_000_000;
/** The difference between two clocks that the venue allows. */
const CLOCK = 60_000;

/** Deribit on the loopback interface, in the venue's words. A test steers what happens. */
export class DeribitServer {
  /** The server below, for drops, refused upgrades and what was received. */
  readonly server: MockWebSocketServer;
  readonly url: string;
  readonly markets: readonly DeribitMarket[];
  readonly #options: DeribitServerOptions;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #sessions = new WeakMap<MockConnection, Session>();
  readonly #timer: NodeJS.Timeout | undefined;
  #orders = 584_849_852;
  #tokens = 0;
  #limited = 0;
  #timeOuts = 0;

  private constructor(server: MockWebSocketServer, options: DeribitServerOptions) {
    const { tickInterval = 0, random = Math.random, now = Date.now } = options;
    this.#options = options;
    this.#now = now;
    this.#random = random;
    this.server = server;
    this.url = `${server.url}/ws/api/v2`;
    this.markets = [
      new DeribitMarket('BTC-PERPETUAL', 91_234.5, 0.5, random, now),
      new DeribitMarket('ETH-PERPETUAL', 3_100.05, 0.05, random, now),
    ];
    server.onMessage((connection, text) => this.#take(connection, text));
    if (tickInterval > 0) this.#timer = setInterval(() => this.tick(), tickInterval);
  }

  /** @internal */
  static async start(options: DeribitServerOptions): Promise<DeribitServer> {
    return new DeribitServer(await MockWebSocketServer.start({ exchange: false }), options);
  }

  /** Every market moves once, and every subscriber is told. */
  tick(): void {
    for (const market of this.markets) {
      const data: Readonly<Record<string, unknown>> = market.step();
      for (const kind of ['ticker', 'trades', 'book']) {
        this.#publish((channel) => channel.startsWith(`${kind}.${market.name}.`), data[kind]);
      }
    }
  }

  /** The venue asks each customer whether they are there. */
  testRequest(): void {
    for (const connection of this.server.connections) {
      connection.send(encode({ params: { type: 'test_request' }, method: 'heartbeat', jsonrpc: '2.0' }));
    }
  }

  /** The heartbeat that wants no answer. */
  heartbeat(): void {
    for (const connection of this.server.connections) {
      connection.send(encode({ params: { type: 'heartbeat' }, method: 'heartbeat', jsonrpc: '2.0' }));
    }
  }

  /** The venue announces maintenance. */
  announceMaintenance(): void {
    this.#publish((channel) => channel === 'platform_state', { maintenance: true });
  }

  /** The tokens of all sessions end, and the connections live on. */
  endSessions(): void {
    for (const connection of this.server.connections) {
      const session = this.#session(connection);
      session.isLoggedIn = false;
      delete session.refreshToken;
    }
  }

  /** The next calls are refused, because there were too many. */
  limit(calls: number): void {
    this.#limited = calls;
  }

  /** The next order is placed, and the venue does not learn of it in time. */
  timeOutNextOrder(): void {
    this.#timeOuts++;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.server.close();
  }

  #take(connection: MockConnection, text: string): void {
    let call: Call;
    try {
      call = JSON.parse(text) as Call;
    } catch {
      const error = { code: 11_050, data: 'invalid json', message: 'bad_request' };
      return connection.send(encode({ jsonrpc: '2.0', error, ...this.#times() }));
    }
    const outcome = this.#answer(connection, call);
    connection.send(encode({ jsonrpc: '2.0', id: call.id, ...outcome, ...this.#times() }));
    this.#greet(connection, call, outcome);
  }

  #answer(connection: MockConnection, { method = '', params = {} }: Call): Outcome {
    const session = this.#session(connection);
    const isOwn = method === 'public/auth' || method === 'public/set_heartbeat' || method === 'public/test';
    if (this.#limited > 0 && !isOwn) {
      this.#limited--;
      return refusal(10_028, 'too_many_requests', { wait: 1 });
    }
    if (method.startsWith('private/') && !session.isLoggedIn) {
      return refusal(13_009, 'unauthorized', { reason: 'invalid_token' });
    }
    switch (method) {
      case 'public/set_heartbeat':
        return { result: 'ok' };
      case 'public/test':
        return { result: { version: '1.2.26' } };
      case 'public/get_time':
        return { result: this.#now() };
      case 'public/auth':
        return this.#auth(session, params);
      case 'public/subscribe':
      case 'private/subscribe':
        return this.#subscribe(session, params);
      case 'public/unsubscribe':
      case 'private/unsubscribe':
        for (const channel of channelsIn(params)) session.channels.delete(channel);
        return { result: channelsIn(params) };
      case 'private/buy':
      case 'private/sell':
        return this.#order(method === 'private/buy' ? 'buy' : 'sell', params);
      case 'private/cancel':
        return { result: this.#tell({ ...this.#orderOf(String(params.order_id)), order_state: 'cancelled' }) };
    }
    return refusal(-32_601, 'Method not found');
  }

  #auth(session: Session, params: Readonly<Record<string, unknown>>): Outcome {
    if (params.grant_type === 'refresh_token') {
      const isGood = session.refreshToken !== undefined && params.refresh_token === session.refreshToken;
      return isGood ? this.#login(session) : refusal(13_009, 'invalid_token', { reason: 'invalid_token' });
    }
    const { keys } = this.#options;
    const { timestamp, nonce, data, client_id, signature } = params;
    const isSigned = keys && signature === sign(keys.secret, `${timestamp}\n${nonce}\n${data}`);
    if (!isSigned || client_id !== keys.apiKey) return refusal(13_004, 'invalid_credentials');
    if (Math.abs(Number(timestamp) - this.#now()) > CLOCK) {
      return refusal(13_004, 'invalid_credentials', { reason: 'timestamp is too old' });
    }
    return this.#login(session);
  }

  #login(session: Session): Outcome {
    const number = ++this.#tokens;
    session.isLoggedIn = true;
    session.refreshToken = `1790000000328.INVrefresh${number}`;
    return {
      result: {
        token_type: 'bearer',
        scope: 'connection mainaccount trade:read_write',
        refresh_token: session.refreshToken,
        expires_in: this.#options.expiresIn ?? 900,
        enabled_features: [],
        access_token: `1790000000328.INVaccess${number}`,
      },
    };
  }

  #subscribe(session: Session, params: Readonly<Record<string, unknown>>): Outcome {
    const channels = channelsIn(params);
    const isRaw = channels.some((channel) => channel.endsWith('.raw'));
    if (isRaw && !session.isLoggedIn) return refusal(13_778, 'raw_subscriptions_not_available_for_unauthorized');
    const accepted = channels.filter((channel) => this.#isKnown(channel));
    for (const channel of accepted) session.channels.add(channel);
    // The venue answers in an order of its own.
    return { result: [...accepted].reverse() };
  }

  /** A book begins with a snapshot, once. */
  #greet(connection: MockConnection, { method = '' }: Call, outcome: Outcome): void {
    if (!method.endsWith('/subscribe') || !('result' in outcome)) return;
    for (const channel of outcome.result as string[]) {
      const market = channel.startsWith('book.') ? this.#marketOf(channel) : undefined;
      if (market) connection.send(update(channel, market.snapshot()));
    }
  }

  #order(direction: 'buy' | 'sell', params: Readonly<Record<string, unknown>>): Outcome {
    if (Number(params.amount) > FUNDS) return refusal(10_009, 'not_enough_funds');
    const { instrument_name, amount, price, label, type = 'limit' } = params;
    const order = { ...this.#orderOf(`BTC-${++this.#orders}`), instrument_name, direction, amount, price, label };
    const placed = { ...order, order_type: type, order_state: 'open', filled_amount: 0 };
    this.#tell(placed);
    if (this.#timeOuts > 0) {
      this.#timeOuts--;
      return refusal(13_888, 'timed_out');
    }
    return { result: { order: placed, trades: [] } };
  }

  #orderOf(id: string): object {
    return { order_id: id, creation_timestamp: this.#now() };
  }

  /** Tells the customer what became of an order. */
  #tell(order: object): object {
    this.#publish((channel) => channel.startsWith('user.orders.'), order);
    return order;
  }

  #publish(isMeant: (channel: string) => boolean, data: unknown): void {
    for (const connection of this.server.connections) {
      for (const channel of this.#session(connection).channels) {
        if (isMeant(channel)) connection.send(update(channel, data));
      }
    }
  }

  #isKnown(channel: string): boolean {
    return /^(?:user\.\w|platform_state$)/.test(channel) || this.#marketOf(channel) !== undefined;
  }

  #marketOf(channel: string): DeribitMarket | undefined {
    const [, , name] = CHANNEL.exec(channel) ?? [];
    return this.markets.find((market) => market.name === name);
  }

  #session(connection: MockConnection): Session {
    const session = this.#sessions.get(connection) ?? { channels: new Set<string>(), isLoggedIn: false };
    this.#sessions.set(connection, session);
    return session;
  }

  #times(): object {
    const usIn = this.#now() * 1_000;
    const usDiff = Math.floor(this.#random() * 2_000);
    return { usIn, usOut: usIn + usDiff, usDiff, testnet: true };
  }
}

/** Starts the venue with two perpetuals. */
export function startDeribitServer(options: DeribitServerOptions = {}): Promise<DeribitServer> {
  return DeribitServer.start(options);
}

function channelsIn({ channels }: Readonly<Record<string, unknown>>): string[] {
  return Array.isArray(channels) ? channels.map(String) : [];
}

function update(channel: string, data: unknown): string {
  return encode({ jsonrpc: '2.0', method: 'subscription', params: { channel, data } });
}

function refusal(code: number, message: string, data?: unknown): Outcome {
  return { error: { code, message, ...(data !== undefined && { data }) } };
}

function sign(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

function encode(value: unknown): string {
  return JSON.stringify(value);
}
