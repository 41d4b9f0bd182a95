import { type MockConnection, MockWebSocketServer } from 'hpx-transport-ws/testing';
import { BinanceAccount, type BinanceKeys, BinanceRefusal } from './binance-account.js';
import { BinanceMarket } from './binance-market.js';

/** The venue counts frames in a window of one second. */
const MAX_FRAMES = 5;
/** Like the method of the venue: all that needs no signature. */
const PUBLIC_METHODS = /^(?:ping|time|depth|ticker\.price|session\.status|userDataStream\.(?:un)?subscribe)$/;

export interface BinanceServerOptions {
  /** The customer's keys. Without them nobody can log on or place an order. */
  readonly keys?: BinanceKeys;
  /**
   * Milliseconds between two moves of the markets.
   * @default 0: they move with `tick()` only, so that a test decides
   */
  readonly tickInterval?: number;
  /**
   * The id of the first order.
   * @default one that a JavaScript number cannot hold, so that a bot that loses digits is found out
   */
  readonly firstOrderId?: bigint;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default Date.now */
  readonly now?: () => number;
}

/** A frame of a customer. Integers beyond 2^53 are strings of digits. */
type Request = { readonly [name in 'id' | 'method' | 'params']?: unknown };

/**
 * Binance spot on the loopback interface: `/stream` and `/ws` with market streams, `/ws-api/v3` with orders and the events of
 * the account. It speaks the venue's words and keeps the venue's limits; a test steers the rest.
 */
export class BinanceServer {
  /** The server below, for drops, refused upgrades and what was received. */
  readonly server: MockWebSocketServer;
  readonly urls: { readonly public: string; readonly raw: string; readonly private: string };
  readonly markets: readonly BinanceMarket[];
  readonly #account: BinanceAccount;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Connections whose updates name their stream. */
  readonly #named = new WeakSet<MockConnection>();
  /** Arrivals of frames within the last second. */
  readonly #arrivals = new WeakMap<MockConnection, number[]>();
  /** Open user data streams of each connection, and the number of the next one. */
  readonly #userData = new WeakMap<MockConnection, { readonly open: Set<number>; next: number }>();
  #limitedUntil = 0;
  #timeOuts = 0;

  private constructor(server: MockWebSocketServer, options: BinanceServerOptions) {
    const { keys, tickInterval = 0, firstOrderId = 9_007_199_254_740_993n, random = Math.random } = options;
    this.#now = options.now ?? Date.now;
    this.server = server;
    this.urls = { public: `${server.url}/stream`, raw: `${server.url}/ws`, private: `${server.url}/ws-api/v3` };
    const market = (symbol: string, price: number, tick: number) =>
      new BinanceMarket(symbol, price, tick, random, this.#now);
    this.markets = [market('BTCUSDT', 91_234.5, 0.1), market('ETHUSDT', 3_100.1, 0.01), market('SOLUSDT', 148.3, 0.01)];
    this.#account = new BinanceAccount(keys, firstOrderId, this.#now);
    server.onConnection((connection) => this.#greet(connection));
    server.onMessage((connection, text) => this.#take(connection, text));
    if (tickInterval > 0) this.#timer = setInterval(() => this.tick(), tickInterval);
  }

  static async start(options: BinanceServerOptions = {}): Promise<BinanceServer> {
    return new BinanceServer(await MockWebSocketServer.start({ exchange: false }), options);
  }

  /** Every market moves once, and every subscriber of a stream gets what happened. */
  tick(): void {
    for (const market of this.markets) market.step();
    for (const connection of this.server.connections) {
      for (const stream of connection.subscriptions) {
        const data = this.#dataOf(stream);
        if (data) connection.send(encode(this.#named.has(connection) ? { stream, data } : data));
      }
    }
  }

  /** The venue announces that this server will go. */
  announceShutdown(): void {
    const event = { e: 'serverShutdown', E: this.#now() };
    for (const connection of this.server.connections) {
      if (isApi(connection)) connection.send(encode({ event }));
      else connection.send(encode(this.#named.has(connection) ? { stream: '!serverShutdown', data: event } : event));
    }
  }

  /** The user data streams end, and their connections live on. */
  endUserData(): void {
    this.#tell({ e: 'eventStreamTerminated', E: this.#now() });
    for (const connection of this.server.connections) this.#userData.get(connection)?.open.clear();
  }

  /** The key of each session is no longer good: the venue says so without being asked. */
  revokeSessions(): void {
    for (const connection of this.server.connections) {
      if (!connection.authenticated) continue;
      connection.authenticated = false;
      const error = { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' };
      connection.send(encode({ id: null, status: 401, error }));
    }
  }

  /** For so many milliseconds requests of the API are refused, because there were too many. */
  limitRequests(duration: number): void {
    this.#limitedUntil = this.#now() + duration;
  }

  /** The next order is placed, and the venue does not learn of it in time. */
  timeOutNextOrder(): void {
    this.#timeOuts++;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.server.close();
  }

  #greet(connection: MockConnection): void {
    connection.authenticated = false;
    if (connection.path.startsWith('/stream')) this.#named.add(connection);
  }

  #take(connection: MockConnection, text: string): void {
    const request = parse(text);
    if (isApi(connection)) return connection.send(encode(this.#answer(connection, request)));
    if (this.#isTooFast(connection)) return connection.close(1008, 'Too many requests');
    connection.send(encode(this.#answerStream(connection, request)));
  }

  /** The venue counts in a rolling window. */
  #isTooFast(connection: MockConnection): boolean {
    const now = this.#now();
    const arrivals = [...(this.#arrivals.get(connection) ?? []), now].filter((time) => time > now - 1_000);
    this.#arrivals.set(connection, arrivals);
    return arrivals.length > MAX_FRAMES;
  }

  // ——— Streams ———

  #answerStream(connection: MockConnection, { id = null, method, params }: Request): object {
    const streams = Array.isArray(params) ? params.map(String) : [];
    switch (method) {
      case 'SUBSCRIBE':
        if (!streams.every(BinanceMarket.isStream)) {
          return { error: { code: 2, msg: 'Invalid request: invalid stream' }, id };
        }
        for (const stream of streams) connection.subscriptions.add(stream);
        return { result: null, id };
      case 'UNSUBSCRIBE':
        for (const stream of streams) connection.subscriptions.delete(stream);
        return { result: null, id };
      case 'LIST_SUBSCRIPTIONS':
        return { result: [...connection.subscriptions], id };
      case 'GET_PROPERTY':
        return { result: this.#named.has(connection), id };
      case 'SET_PROPERTY':
        if (streams[1] === 'true') this.#named.add(connection);
        else this.#named.delete(connection);
        return { result: null, id };
      default:
        return { error: { code: 2, msg: `Invalid request: unknown variant \`${method}\`` }, id };
    }
  }

  #dataOf(stream: string): object | undefined {
    if (stream === '!miniTicker@arr') return this.markets.map(({ miniTicker }) => miniTicker);
    for (const market of this.markets) {
      const data = market.dataOf(stream);
      if (data) return data;
    }
    return undefined;
  }

  // ——— The WebSocket API ———

  #answer(connection: MockConnection, { id = null, method, params }: Request): object {
    const rateLimits = [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6_000, count: 70 },
    ];
    try {
      return { id, status: 200, result: this.#resultOf(connection, String(method), asParams(params)), rateLimits };
    } catch (cause) {
      if (!(cause instanceof BinanceRefusal)) throw cause;
      const { code, data, message: msg, status } = cause;
      return { id, status, error: { code, msg, ...(data && { data }) }, rateLimits };
    }
  }

  /** @throws BinanceRefusal */
  #resultOf(connection: MockConnection, method: string, params: Readonly<Record<string, unknown>>): object {
    this.#checkLimit();
    if (!PUBLIC_METHODS.test(method)) this.#account.check(params, connection.authenticated);
    const market = this.markets.find(({ symbol }) => symbol === params.symbol);
    switch (method) {
      case 'ping':
        return {};
      case 'time':
        return { serverTime: this.#now() };
      case 'depth':
        return (market ?? unknownSymbol()).snapshot(Number(params.limit ?? 100));
      case 'ticker.price':
        return { symbol: params.symbol, price: (market ?? unknownSymbol()).price };
      case 'session.logon':
        this.#account.checkLogon();
        connection.authenticated = true;
        return { apiKey: params.apiKey, authorizedSince: this.#now(), serverTime: this.#now(), userDataStream: false };
      case 'session.status':
        return { apiKey: null, authorizedSince: null, serverTime: this.#now(), userDataStream: false };
      case 'userDataStream.subscribe':
        if (!connection.authenticated) throw new BinanceRefusal(400, -2015, 'Session is not authenticated.');
        return this.#openUserData(connection);
      case 'userDataStream.subscribe.signature':
        return this.#openUserData(connection);
      case 'userDataStream.unsubscribe':
        this.#userData.get(connection)?.open.delete(Number(params.subscriptionId));
        return {};
      case 'account.status':
        return { canTrade: true, accountType: 'SPOT', balances: this.#account.balances };
      case 'order.place':
        market ?? unknownSymbol();
        return this.#tellOf(this.#account.place(params));
      case 'order.cancel':
        return this.#tellOf(this.#account.cancel(params));
      case 'order.status':
        return this.#account.state(params);
      default:
        throw new BinanceRefusal(400, -1000, `Unknown method: ${method}`);
    }
  }

  #checkLimit(): void {
    const serverTime = this.#now();
    if (serverTime >= this.#limitedUntil) return;
    throw new BinanceRefusal(
      429,
      -1003,
      'Too much request weight used; current limit is 6000 request weight per 1 MINUTE.',
      {
        serverTime,
        retryAfter: this.#limitedUntil,
      },
    );
  }

  #openUserData(connection: MockConnection): object {
    const streams = this.#userData.get(connection) ?? { open: new Set(), next: 0 };
    this.#userData.set(connection, streams);
    const subscriptionId = streams.next++;
    streams.open.add(subscriptionId);
    return { subscriptionId };
  }

  /** The account learns what happened to an order, even where the answer is late. */
  #tellOf({ answer, event }: { answer: object; event: object }): object {
    this.#tell(event);
    this.#tell(this.#account.position);
    if (this.#timeOuts === 0) return answer;
    this.#timeOuts--;
    const message = 'Timeout waiting for response from backend server. Send status unknown; execution status unknown.';
    throw new BinanceRefusal(500, -1007, message);
  }

  #tell(event: object): void {
    for (const connection of this.server.connections) {
      for (const subscriptionId of this.#userData.get(connection)?.open ?? []) {
        connection.send(encode({ subscriptionId, event }));
      }
    }
  }
}

/** Starts the scripted venue. */
export const startBinanceServer = BinanceServer.start;

function isApi({ path }: MockConnection): boolean {
  return path.startsWith('/ws-api');
}

function unknownSymbol(): never {
  throw new BinanceRefusal(400, -1121, 'Invalid symbol.');
}

function asParams(params: unknown): Readonly<Record<string, unknown>> {
  return typeof params === 'object' && params !== null ? (params as Record<string, unknown>) : {};
}

function parse(text: string): Request {
  return JSON.parse(text.replace(/:\s*(\d{16,})(?=\s*[,}])/g, ':"$1"')) as Request;
}

/** JSON with integers of any length. */
function encode(frame: object): string {
  const text = JSON.stringify(frame, (_, value) => (typeof value === 'bigint' ? `#${value}` : value));
  return text.replace(/"#(\d+)"/g, '$1');
}
