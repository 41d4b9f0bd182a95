import { createHmac } from 'node:crypto';
import type { Credentials, Order, OrderReport } from '../protocol.js';
import { Market } from './market.js';
import { Refusal } from './refusal.js';
import type { Session } from './session.js';
import { LISTINGS } from './symbols.js';

/** Milliseconds between two looks for trades, and between two updates of a book. */
const TICK = 50;
/** How often a tick brings a trade, as a share of the ticks. */
const LIVELINESS = 0.7;
/** Milliseconds between two bursts of quotes. */
const BURST = 20;
/** The markets with trades from the beginning. The others start with their first reader. */
const BUSY_MARKETS = 3;
/** The largest allowed order, in dollars. */
const MAX_NOTIONAL = 100_000;
/** Milliseconds. The largest allowed difference between the clocks of client and exchange. */
const MAX_CLOCK_SKEW = 5_000;
/** The topics of a market. */
const STREAMS = ['trades', 'ticker', 'quote', 'book'];

export interface ExchangeOptions {
  readonly credentials: Credentials;
  /** Quotes per second, of all markets together, while a client reads them. */
  readonly rate: number;
}

export interface Request {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
}

/** A small exchange: 200 markets, a login, and orders that fill at once. Clients come in through a `Door`. */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #markets = new Map(LISTINGS.map((listing, rank) => [listing.symbol, new Market(listing, rank)]));
  readonly #ranked = [...this.#markets.values()];
  readonly #orders = new Map<string, OrderReport>();
  /** The sessions that read each topic. */
  readonly #readers = new Map<string, Set<Session>>();
  readonly #timers: readonly NodeJS.Timeout[];
  #quotedAt = performance.now();

  constructor(options: ExchangeOptions) {
    this.#options = options;
    for (const market of this.#ranked.slice(0, BUSY_MARKETS)) market.trade();
    this.#timers = [setInterval(() => this.#tick(), TICK), setInterval(() => this.#quote(), BURST)];
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** The answer to a request. */
  answer(session: Session, { id, method, params }: Request): object {
    try {
      return { id, method, ...this.#carryOut(session, method, params) };
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      return { id, method, success: false, error: { code: cause.code, message: cause.message } };
    }
  }

  refuseLogin({ id, method }: Request): object {
    const error = { code: 'KEY_EXPIRED', message: 'the key is not valid any more' };
    return { id, method, success: false, error };
  }

  /** Sends what a new reader of these topics gets first. */
  greet(session: Session, { params }: Request): void {
    for (const topic of listOf(params)) {
      const { stream, market } = this.#find(topic);
      if (!market || !session.topics.has(topic)) continue;
      if (stream === 'book') session.send(frame(topic, market.book.snapshot()));
      if (stream === 'quote') session.send(frame(topic, market.quote()));
    }
  }

  /** The session has ended. */
  leave(session: Session): void {
    for (const topic of session.topics) this.#readers.get(topic)?.delete(session);
  }

  // ——— Market data ———

  #tick(): void {
    for (const market of this.#ranked) {
      const { symbol } = market;
      if (market.isTraded && Math.random() < LIVELINESS) {
        this.#publish(`trades.${symbol}`, () => market.trade(), true);
        this.#publish(`ticker.${symbol}`, () => market.ticker);
      }
      this.#publish(`book.${symbol}`, () => market.book.advance(market.price));
    }
  }

  /** Quotes as many markets as the rate wants, the busy ones more often. */
  #quote(): void {
    const now = performance.now();
    const count = (this.#options.rate * Math.min(now - this.#quotedAt, 10 * BURST)) / 1_000;
    this.#quotedAt = now;
    for (let n = 0; n < count; n++) {
      const market = this.#ranked[Math.floor(this.#ranked.length * Math.random() ** 1.6)] as Market;
      const topic = `quote.${market.symbol}`;
      const readers = this.#readers.get(topic);
      if (!readers?.size) continue;
      const text = frame(topic, market.quote());
      for (const session of readers) session.offer(text);
    }
  }

  /** @param isMade - whether the data is made also if nobody reads it */
  #publish(topic: string, data: () => unknown, isMade = false): void {
    const readers = this.#readers.get(topic);
    if (!readers?.size) return void (isMade && data());
    const text = frame(topic, data());
    for (const session of readers) session.send(text);
  }

  #find(topic: string): { readonly stream: string; readonly market: Market | undefined } {
    const [stream = '', symbol = ''] = topic.split('.');
    return { stream, market: STREAMS.includes(stream) ? this.#markets.get(symbol) : undefined };
  }

  // ——— Requests ———

  /** @throws Refusal */
  #carryOut(session: Session, method: unknown, params: unknown): object {
    if (method === 'auth') return this.#login(session, params);
    if (!session.isLoggedIn) throw new Refusal('NOT_AUTHENTICATED', 'send auth first');
    const { symbol, since, clientOrderId } = membersOf(params);
    switch (method) {
      case 'subscribe':
        return this.#subscribe(session, listOf(params));
      case 'unsubscribe':
        return this.#unsubscribe(session, listOf(params));
      case 'order.place':
        return { data: this.#place(membersOf(params) as Partial<Order>) };
      case 'order.status':
        return { data: this.#orders.get(String(clientOrderId)) ?? null };
      case 'trades.since':
        return { data: this.#marketOf(symbol).trades.filter(({ time }) => time > Number(since)) };
      case 'candles.since':
        return { data: this.#marketOf(symbol).candles.since(Number(since)) };
      case 'markets':
        return { data: this.#ranked.map((market) => ({ ...market.quote(), decimals: market.decimals })) };
      default:
        throw new Refusal('UNKNOWN_METHOD', `there is no method ${method}`);
    }
  }

  #login(session: Session, params: unknown): object {
    const { key, time, signature } = membersOf(params);
    const { credentials } = this.#options;
    const expected = createHmac('sha256', credentials.secret).update(`${credentials.key}:${time}`).digest('hex');
    if (key !== credentials.key || signature !== expected)
      throw new Refusal('WRONG_SIGNATURE', 'the signature does not match the key');
    if (!(Math.abs(Date.now() - Number(time)) <= MAX_CLOCK_SKEW)) throw new Refusal('CLOCK', 'the login is too old');
    session.isLoggedIn = true;
    return { success: true };
  }

  #subscribe(session: Session, topics: readonly string[]): object {
    const unknown = topics.find((topic) => topic !== 'account.orders' && !this.#find(topic).market);
    if (unknown !== undefined) throw new Refusal('UNKNOWN_TOPIC', `there is no topic ${unknown}`);
    for (const topic of topics) {
      session.topics.add(topic);
      const readers = this.#readers.get(topic) ?? new Set();
      this.#readers.set(topic, readers.add(session));
      // The first reader of its trades starts a market.
      const { stream, market } = this.#find(topic);
      if (stream === 'trades') market?.trade();
    }
    return { success: true };
  }

  #unsubscribe(session: Session, topics: readonly string[]): object {
    for (const topic of topics) {
      session.topics.delete(topic);
      this.#readers.get(topic)?.delete(session);
    }
    return { success: true };
  }

  #place(order: Partial<Order>): OrderReport {
    const { clientOrderId, symbol, side, quantity } = order;
    const market = this.#marketOf(symbol);
    if (typeof clientOrderId !== 'string' || !(typeof quantity === 'number' && quantity > 0))
      throw new Refusal('BAD_ORDER', 'the order has no id or no valid quantity');
    if (side !== 'buy' && side !== 'sell') throw new Refusal('BAD_ORDER', 'the side is buy or sell');
    if (this.#orders.has(clientOrderId)) throw new Refusal('DUPLICATE_ORDER', `${clientOrderId} was placed before`);
    const notional = quantity * market.price;
    if (notional > MAX_NOTIONAL)
      throw new Refusal('ORDER_TOO_LARGE', `${dollars(notional)} is above the limit of ${dollars(MAX_NOTIONAL)}`);
    const trade = market.trade(quantity);
    const { symbol: name } = market;
    const report: OrderReport = { clientOrderId, symbol: name, side, quantity, status: 'filled', price: trade.price };
    this.#orders.set(clientOrderId, report);
    this.#publish(`trades.${name}`, () => trade);
    this.#publish('account.orders', () => report);
    return report;
  }

  #marketOf(symbol: unknown): Market {
    const market = this.#markets.get(String(symbol));
    if (!market) throw new Refusal('UNKNOWN_SYMBOL', `there is no market ${symbol}`);
    return market;
  }
}

function frame(topic: string, data: unknown): string {
  return JSON.stringify({ topic, data });
}

function dollars(value: number): string {
  return `$${Math.round(value).toLocaleString('en-US')}`;
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
