import { setInterval } from 'node:timers/promises';
import {
  type Channel,
  type CloseCause,
  ConnectionClosedError,
  type Gap,
  RequestRejectedError,
  TransportError,
  WebSocketClient,
  type WebSocketConfigInput,
} from 'hpx-transport-ws';
import { closeText } from './close-codes.js';
import { money } from './money.js';
import { type Credentials, DemoHandler, type Methods, type Order, type OrderReport, type Topics } from './protocol.js';

const MARKETS = ['BTC-USD', 'ETH-USD', 'SOL-USD'] as const;
/** Milliseconds between two orders. */
const ORDER_INTERVAL = 400;
/** Milliseconds. An order that waits longer is out of date. */
const ORDER_TIMEOUT = 2_000;
/** Every fifth order is too large, so that the demo shows a refusal. */
const TOO_LARGE_EVERY = 5;

export type NewsKind = 'link' | 'lost' | 'topic' | 'gap' | 'order' | 'refused' | 'unknown' | 'error';

/** What the bot has seen on one topic. */
export interface TopicNews {
  readonly topic: string;
  updates: number;
  gaps: number;
  /** The newest price. */
  last: number | undefined;
  /** The first price. The screen shows the change since then. */
  first: number | undefined;
}

/** What the bot has seen and done, as plain data. */
export interface Tally {
  readonly topics: TopicNews[];
  readonly orders: {
    placed: number;
    filled: number;
    refused: number;
    unknown: number;
    recovered: number;
    unsent: number;
  };
  /** Trades that the bot missed in a gap and requested later. */
  backfilled: number;
  attempts: number;
  errors: number;
}

/**
 * Follows three markets and places orders. After a lost connection an application has only two tasks, and this bot shows
 * both: it fills the gaps, and it asks for the status of each order whose answer never came.
 */
export class Bot {
  readonly client: WebSocketClient<Topics, Methods>;
  readonly tally: Tally = {
    topics: [],
    orders: { placed: 0, filled: 0, refused: 0, unknown: 0, recovered: 0, unsent: 0 },
    backfilled: 0,
    attempts: 0,
    errors: 0,
  };
  readonly #report: (kind: NewsKind, text: string) => void;
  /** Orders with an unknown outcome. The bot asks for their status after each reconnect. */
  readonly #unresolved = new Map<string, Order>();
  #lastErrorAt = -Infinity;
  /** The server's words at the end of the last connection. */
  #closeReason = '';

  constructor(config: WebSocketConfigInput, credentials: Credentials, report: (kind: NewsKind, text: string) => void) {
    this.#report = report;
    this.client = new WebSocketClient(config, new DemoHandler(credentials));
    this.client
      .on('connecting', () => this.tally.attempts++)
      .on('authenticated', () => report('link', `logged in as ${credentials.key}`))
      .on('ready', (epoch) => report('link', `session ${epoch} is ready`))
      .on('disconnected', ({ reason }) => {
        this.#closeReason = reason;
      })
      .on('reconnecting', ({ attempt, delay, cause }) => {
        report('lost', `${lossText(cause, this.#closeReason)}; attempt ${attempt} in ${Math.round(delay)} ms`);
      })
      .on('reconnected', () => void this.#resolveOrders())
      .on('message', (message) => this.#reportError(`an unknown frame: ${message.text.slice(0, 40)}`))
      .on('warning', ({ message }) => report('error', message))
      .on('error', ({ message }) => this.#reportError(message));
  }

  /** Trades until `signal` aborts or the client gives up. Resolves with the reason why the client ended. */
  async run(signal: AbortSignal): Promise<CloseCause> {
    // AbortSignal.any is not safe in Node 20: the garbage collector may remove a combined signal before it aborts.
    const end = new AbortController();
    signal.addEventListener('abort', () => end.abort());
    void this.client.closed.then(() => end.abort());
    try {
      await this.client.connect({ signal: end.signal });
      await this.#follow();
      for await (const _ of setInterval(ORDER_INTERVAL, undefined, { signal: end.signal })) void this.#trade();
    } catch (cause) {
      // If the client has ended, `closed` below has the reason.
      if (!end.signal.aborted && this.client.state !== 'closed') throw cause;
    }
    // Wait for the answers to orders that are already sent.
    await this.client.close({ drain: true });
    return this.client.closed;
  }

  // ——— Subscriptions ———

  async #follow(): Promise<void> {
    const { client } = this;
    const results = await Promise.allSettled([
      ...MARKETS.map(async (symbol) => this.#followTrades(symbol, await client.subscribe(`trades.${symbol}`))),
      // A screen needs only the newest state, at most ten times a second.
      client.subscribe('ticker.BTC-USD', { overflow: 'latest', conflateInterval: 100 }).then((channel) => {
        const news = this.#addTopic(channel);
        channel.on('message', ({ last }) => addPrice(news, last));
      }),
      client.subscribe('account.orders').then((channel) => {
        const news = this.#addTopic(channel);
        channel.on('message', () => void news.updates++);
      }),
    ]);
    for (const result of results) {
      if (result.status === 'rejected') this.#reportError((result.reason as Error).message);
    }
    if (this.tally.topics.length > 0) this.#report('topic', this.tally.topics.map(({ topic }) => topic).join(', '));
  }

  #followTrades(symbol: string, channel: Channel<Topics[`trades.${string}`]>): void {
    const news = this.#addTopic(channel);
    channel.on('message', ({ price }) => addPrice(news, price));
    channel.on('gap', (gap) => void this.#fillGap(symbol, gap));
  }

  #addTopic(channel: Channel<unknown>): TopicNews {
    const news: TopicNews = { topic: channel.topic, updates: 0, gaps: 0, last: undefined, first: undefined };
    this.tally.topics.push(news);
    channel.on('gap', () => news.gaps++);
    channel.on('error', ({ message }) => this.#reportError(message));
    return news;
  }

  /** Requests the trades that a gap has hidden. The request only reads, so it may be sent again after another drop. */
  async #fillGap(symbol: string, { since, until }: Gap): Promise<void> {
    try {
      const trades = await this.client.request(
        { method: 'trades.since', params: { symbol, since } },
        { retry: 'idempotent' },
      );
      const missed = trades.filter(({ time }) => time <= until).length;
      this.tally.backfilled += missed;
      this.#report('gap', `trades.${symbol} missed ${Math.round(until - since)} ms, fetched ${missed} trades`);
    } catch (cause) {
      this.#reportError(`trades.${symbol} has a gap of ${Math.round(until - since)} ms: ${(cause as Error).message}`);
    }
  }

  // ——— Orders ———

  async #trade(): Promise<void> {
    const { orders } = this.tally;
    const number = ++orders.placed;
    const order: Order = {
      clientOrderId: `${process.pid}-${Date.now()}-${number}`,
      symbol: MARKETS[number % MARKETS.length] as string,
      side: number % 2 === 0 ? 'sell' : 'buy',
      quantity: number % TOO_LARGE_EVERY === 0 ? 10_000 : Math.ceil(Math.random() * 100) / 100,
    };
    const summary = `${number}: ${order.side} ${order.quantity} ${order.symbol}`;
    const startedAt = performance.now();
    try {
      const { price } = await this.client.request({ method: 'order.place', params: order }, { timeout: ORDER_TIMEOUT });
      const taken = (performance.now() - startedAt).toFixed(1);
      orders.filled++;
      this.#report('order', `${summary} filled at ${money(price)} in ${taken} ms`);
    } catch (cause) {
      this.#orderFailed(summary, order, cause);
    }
  }

  /** Sorts a failed order by the most important question: may the exchange have executed the order? */
  #orderFailed(summary: string, order: Order, cause: unknown): void {
    const { orders } = this.tally;
    if (cause instanceof TransportError && cause.delivery === 'unsent') {
      orders.unsent++;
      this.#report('refused', `${summary} was not sent: ${cause.message}`);
    } else if (cause instanceof RequestRejectedError && cause.delivery !== 'unknown') {
      orders.refused++;
      this.#report('refused', `${summary} refused: ${cause.serverCode}, ${cause.message}`);
    } else {
      orders.unknown++;
      this.#unresolved.set(order.clientOrderId, order);
      this.#report('unknown', `${summary}: ${(cause as Error).message}`);
      if (this.client.isConnected()) void this.#resolveOrders();
    }
  }

  async #resolveOrders(): Promise<void> {
    for (const [clientOrderId, order] of [...this.#unresolved]) {
      this.#unresolved.delete(clientOrderId);
      try {
        const params = { clientOrderId };
        const report = await this.client.request({ method: 'order.status', params }, { retry: 'idempotent' });
        this.tally.orders.recovered++;
        this.#report('order', `${describe(order)} ${outcomeOf(report)}`);
      } catch (cause) {
        this.#unresolved.set(clientOrderId, order);
        this.#reportError(`${describe(order)} is still unknown: ${(cause as Error).message}`);
      }
    }
  }

  /** Reports at most one error per second: a broken server may cause many errors. */
  #reportError(text: string): void {
    this.tally.errors++;
    const now = performance.now();
    if (now - this.#lastErrorAt < 1_000) return;
    this.#lastErrorAt = now;
    this.#report('error', text);
  }
}

/** @throws TypeError for an update without a valid price; the client reports it as an `error` event */
function addPrice(news: TopicNews, price: number): void {
  if (!Number.isFinite(price)) throw new TypeError(`${price} is not a price`);
  news.updates++;
  news.first ??= price;
  news.last = price;
}

function describe({ side, quantity, symbol }: Order): string {
  return `the open order, ${side} ${quantity} ${symbol},`;
}

function outcomeOf(report: OrderReport | null): string {
  return report ? `was filled at ${money(report.price)}` : 'was never executed';
}

/** Why the connection is lost. Of a close code it says what the code means. */
function lossText(cause: TransportError, reason: string): string {
  if (!(cause instanceof ConnectionClosedError) || cause.closeCode === undefined)
    return cause.message.replace(/\.$/, '');
  return closeText(cause.closeCode, reason);
}
