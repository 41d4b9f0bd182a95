import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { Market } from './market.js';
import { type Credentials, type Order, type OrderReport, sign } from './protocol.js';

/** Milliseconds between two trades of a market, and between two tickers. */
const TICK = 50;
/** Milliseconds. The exchange refuses connections for this time after a drop. */
const OUTAGE = 300;
/** The largest allowed order, in dollars. */
const MAX_NOTIONAL = 100_000;
/** Milliseconds. The largest allowed difference between the clocks of bot and exchange. */
const MAX_CLOCK_SKEW = 5_000;

export interface ExchangeOptions {
  readonly credentials: Credentials;
  /** Milliseconds until the first drop of all connections, and between two later drops. */
  readonly firstDrop: number;
  readonly nextDrop: number;
}

interface Session {
  readonly socket: WebSocket;
  readonly topics: Set<string>;
  authenticated: boolean;
}

interface Request {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
}

/** The exchange refuses a request. */
class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A small exchange on the loopback interface: three markets, a login, and orders that fill at once. At fixed times it
 * executes an order and drops all connections before it answers. This is the worst moment for a lost connection.
 */
export class Exchange {
  readonly #server: WebSocketServer;
  readonly #options: ExchangeOptions;
  readonly #sessions = new Set<Session>();
  readonly #orders = new Map<string, OrderReport>();
  readonly #markets = [new Market('BTC-USD', 64_000), new Market('ETH-USD', 3_100), new Market('SOL-USD', 150)];
  readonly #tickTimer: NodeJS.Timeout;
  #dropTimer: NodeJS.Timeout;
  #dropAtNextOrder = false;
  #downUntil = 0;

  private constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      verifyClient: (_info, done) => done(Date.now() >= this.#downUntil, 503),
    });
    this.#server.on('connection', (socket) => this.#accept(socket));
    this.#tickTimer = setInterval(() => this.#tick(), TICK);
    this.#dropTimer = this.#scheduleDrop(options.firstDrop);
  }

  static async start(options: ExchangeOptions): Promise<Exchange> {
    const exchange = new Exchange(options);
    await once(exchange.#server, 'listening');
    return exchange;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    clearInterval(this.#tickTimer);
    clearTimeout(this.#dropTimer);
    for (const { socket } of this.#sessions) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  // ——— Market data ———

  #tick(): void {
    for (const market of this.#markets) {
      this.#publish(`trades.${market.symbol}`, market.trade());
      this.#publish(`ticker.${market.symbol}`, market.ticker);
    }
  }

  #publish(topic: string, data: unknown): void {
    for (const session of this.#sessions) {
      if (session.topics.has(topic)) send(session, { topic, data });
    }
  }

  #scheduleDrop(delay: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#dropAtNextOrder = true;
      this.#dropTimer = this.#scheduleDrop(this.#options.nextDrop);
    }, delay);
  }

  #drop(): void {
    this.#dropAtNextOrder = false;
    this.#downUntil = Date.now() + OUTAGE;
    for (const { socket } of this.#sessions) socket.terminate();
  }

  // ——— Sessions and requests ———

  #accept(socket: WebSocket): void {
    const session: Session = { socket, topics: new Set(), authenticated: false };
    this.#sessions.add(session);
    socket.on('message', (data) => this.#receive(session, String(data)));
    socket.on('close', () => this.#sessions.delete(session));
    socket.on('error', () => {}); // a 'close' event follows each error
  }

  #receive(session: Session, text: string): void {
    const { id, method, params } = parse(text);
    try {
      const answer = this.#answer(session, method, params);
      if (this.#dropAtNextOrder && method === 'order.place') this.#drop();
      else send(session, { id, method, ...answer });
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      send(session, { id, method, success: false, error: { code: cause.code, message: cause.message } });
    }
  }

  /** @throws Refusal */
  #answer(session: Session, method: unknown, params: unknown): object {
    if (method === 'auth') return this.#login(session, params);
    if (!session.authenticated) throw new Refusal('NOT_AUTHENTICATED', 'send auth first');
    switch (method) {
      case 'subscribe':
        return this.#subscribe(session, params);
      case 'unsubscribe':
        for (const topic of listOf(params)) session.topics.delete(topic);
        return { success: true };
      case 'order.place':
        return { data: this.#place(params as Order) };
      case 'order.status':
        return { data: this.#orders.get(String(membersOf(params).clientOrderId)) ?? null };
      case 'trades.since': {
        const { symbol, since } = membersOf(params);
        return { data: this.#marketOf(symbol).trades.filter(({ time }) => time > Number(since)) };
      }
      default:
        throw new Refusal('UNKNOWN_METHOD', `there is no method ${method}`);
    }
  }

  #login(session: Session, params: unknown): object {
    const { key, time, signature } = membersOf(params);
    const { credentials } = this.#options;
    const isValid = key === credentials.key && signature === sign(credentials, Number(time));
    if (!isValid) throw new Refusal('WRONG_SIGNATURE', 'the signature does not match the key');
    if (Math.abs(Date.now() - Number(time)) > MAX_CLOCK_SKEW) throw new Refusal('CLOCK', 'the login is too old');
    session.authenticated = true;
    return { success: true };
  }

  #subscribe(session: Session, params: unknown): object {
    const topics = listOf(params);
    const known = [
      ...this.#markets.flatMap(({ symbol }) => [`trades.${symbol}`, `ticker.${symbol}`]),
      'account.orders',
    ];
    const unknown = topics.find((topic) => !known.includes(topic));
    if (unknown !== undefined) throw new Refusal('UNKNOWN_TOPIC', `there is no topic ${unknown}`);
    for (const topic of topics) session.topics.add(topic);
    return { success: true };
  }

  #place(order: Order): OrderReport {
    const { clientOrderId, symbol, side, quantity } = order;
    const market = this.#marketOf(symbol);
    if (typeof clientOrderId !== 'string' || !(quantity > 0))
      throw new Refusal('BAD_ORDER', 'the order has no id or no valid quantity');
    if (this.#orders.has(clientOrderId)) throw new Refusal('DUPLICATE_ORDER', `${clientOrderId} was placed before`);
    const notional = Math.round(quantity * market.price);
    if (notional > MAX_NOTIONAL)
      throw new Refusal('ORDER_TOO_LARGE', `${notional} dollars are above the limit of ${MAX_NOTIONAL}`);
    const trade = market.trade(quantity);
    const report: OrderReport = { clientOrderId, symbol, side, quantity, status: 'filled', price: trade.price };
    this.#orders.set(clientOrderId, report);
    this.#publish(`trades.${symbol}`, trade);
    this.#publish('account.orders', report);
    return report;
  }

  #marketOf(symbol: unknown): Market {
    const market = this.#markets.find((candidate) => candidate.symbol === symbol);
    if (!market) throw new Refusal('UNKNOWN_SYMBOL', `there is no market ${symbol}`);
    return market;
  }
}

function send({ socket }: Session, frame: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
}

function parse(text: string): Request {
  try {
    return membersOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
