import { setInterval } from 'node:timers/promises';
import {
  type Channel,
  type CloseCause,
  type Gap,
  RequestRejectedError,
  TransportError,
  WebSocketClient,
  type WebSocketConfigInput,
} from 'hpx-transport-ws';
import { type Credentials, DemoHandler, type Methods, type Order, type OrderReport, type Topics } from './protocol.js';

const MARKETS = ['BTC-USD', 'ETH-USD', 'SOL-USD'] as const;
/** Between two orders. */
const ORDER_INTERVAL = 400;
/** An order that waits longer for a connection is no longer worth placing. */
const ORDER_TIMEOUT = 2_000;
/** One in so many orders is too large, so that a refusal can be seen. */
const TOO_LARGE = 5;

export type NewsKind = 'link' | 'lost' | 'topic' | 'gap' | 'order' | 'refused' | 'unknown' | 'error';

/** What happened on one topic. */
export interface TopicNews {
  readonly topic: string;
  updates: number;
  gaps: number;
  /** The newest price. */
  last: number | undefined;
  /** The first price, to compare with. */
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
  /** Trades that were asked for because a gap had hidden them. */
  backfilled: number;
  attempts: number;
  errors: number;
}

/**
 * Follows three markets and places an order now and then. It shows what an application has to do itself when the
 * connection is lost, and it is not much: fill the gaps, and ask what became of an order whose answer never came.
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
  readonly #tell: (kind: NewsKind, text: string) => void;
  /** Orders whose fate is open; asked about after each reconnect. */
  readonly #open = new Map<string, Order>();
  #lastErrorAt = -Infinity;

  constructor(config: WebSocketConfigInput, credentials: Credentials, tell: (kind: NewsKind, text: string) => void) {
    this.#tell = tell;
    this.client = new WebSocketClient(config, new DemoHandler(credentials));
    this.client
      .on('connecting', () => this.tally.attempts++)
      .on('authenticated', () => tell('link', `logged in as ${credentials.key}`))
      .on('ready', (epoch) => tell('link', `session ${epoch} is ready`))
      .on('reconnecting', ({ attempt, delay, cause }) => {
        tell('lost', `${cause.message.replace(/\.$/, '')}; attempt ${attempt} in ${Math.round(delay)} ms`);
      })
      .on('reconnected', () => void this.#askAboutOpenOrders())
      .on('message', (message) => this.#complain(`a frame that means nothing here: ${message.text.slice(0, 40)}`))
      .on('warning', ({ message }) => tell('error', message))
      .on('error', ({ message }) => this.#complain(message));
  }

  /** Trades until `signal` ends it, or the client gives up; resolves with what ended the client. */
  async run(signal: AbortSignal): Promise<CloseCause> {
    // Not AbortSignal.any: in Node 20 the garbage collector may take a combined signal before it fires.
    const end = new AbortController();
    signal.addEventListener('abort', () => end.abort());
    void this.client.closed.then(() => end.abort());
    try {
      await this.client.connect({ signal: end.signal });
      await this.#follow();
      for await (const _ of setInterval(ORDER_INTERVAL, undefined, { signal: end.signal })) void this.#trade();
    } catch (cause) {
      // What ended the client is told below.
      if (!end.signal.aborted && this.client.state !== 'closed') throw cause;
    }
    // Answers that are under way are worth waiting for.
    await this.client.close({ drain: true });
    return this.client.closed;
  }

  // ——— Subscriptions ———

  async #follow(): Promise<void> {
    const { client } = this;
    const results = await Promise.allSettled([
      ...MARKETS.map(async (symbol) => this.#followTrades(symbol, await client.subscribe(`trades.${symbol}`))),
      // For a screen the newest state is enough, ten times a second at the most.
      client.subscribe('ticker.BTC-USD', { overflow: 'latest', conflateInterval: 100 }).then((channel) => {
        const news = this.#listed(channel);
        channel.on('message', ({ last }) => seen(news, last));
      }),
      client.subscribe('account.orders').then((channel) => {
        const news = this.#listed(channel);
        channel.on('message', () => void news.updates++);
      }),
    ]);
    for (const result of results) {
      if (result.status === 'rejected') this.#complain((result.reason as Error).message);
    }
    if (this.tally.topics.length > 0) this.#tell('topic', this.tally.topics.map(({ topic }) => topic).join(', '));
  }

  #followTrades(symbol: string, channel: Channel<Topics[`trades.${string}`]>): void {
    const news = this.#listed(channel);
    channel.on('message', ({ price }) => seen(news, price));
    channel.on('gap', (gap) => void this.#fill(symbol, gap));
  }

  #listed(channel: Channel<unknown>): TopicNews {
    const news: TopicNews = { topic: channel.topic, updates: 0, gaps: 0, last: undefined, first: undefined };
    this.tally.topics.push(news);
    channel.on('gap', () => news.gaps++);
    channel.on('error', ({ message }) => this.#complain(message));
    return news;
  }

  /** Asks for the trades that a gap has hidden. A question may be asked twice, so it survives another drop. */
  async #fill(symbol: string, { since, until }: Gap): Promise<void> {
    try {
      const trades = await this.client.request(
        { method: 'trades.since', params: { symbol, since } },
        { retry: 'idempotent' },
      );
      const missed = trades.filter(({ time }) => time <= until).length;
      this.tally.backfilled += missed;
      this.#tell('gap', `trades.${symbol} missed ${Math.round(until - since)} ms, fetched ${missed} trades`);
    } catch (cause) {
      this.#complain(`trades.${symbol} has a gap of ${Math.round(until - since)} ms: ${(cause as Error).message}`);
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
      quantity: number % TOO_LARGE === 0 ? 10_000 : Math.ceil(Math.random() * 100) / 100,
    };
    const words = `${number}: ${order.side} ${order.quantity} ${order.symbol}`;
    const startedAt = performance.now();
    try {
      const { price } = await this.client.request({ method: 'order.place', params: order }, { timeout: ORDER_TIMEOUT });
      const taken = (performance.now() - startedAt).toFixed(1);
      orders.filled++;
      this.#tell('order', `${words} filled at ${money(price)} in ${taken} ms`);
    } catch (cause) {
      this.#failed(words, order, cause);
    }
  }

  /** The one question that matters after a failure: may the order have been carried out? */
  #failed(words: string, order: Order, cause: unknown): void {
    const { orders } = this.tally;
    if (cause instanceof TransportError && cause.delivery === 'unsent') {
      orders.unsent++;
      this.#tell('refused', `${words} was not sent: ${cause.message}`);
    } else if (cause instanceof RequestRejectedError && cause.delivery !== 'unknown') {
      orders.refused++;
      this.#tell('refused', `${words} refused: ${cause.serverCode}, ${cause.message}`);
    } else {
      orders.unknown++;
      this.#open.set(order.clientOrderId, order);
      this.#tell('unknown', `${words}: ${(cause as Error).message}`);
      if (this.client.isConnected()) void this.#askAboutOpenOrders();
    }
  }

  async #askAboutOpenOrders(): Promise<void> {
    for (const [clientOrderId, order] of [...this.#open]) {
      this.#open.delete(clientOrderId);
      try {
        const params = { clientOrderId };
        const report = await this.client.request({ method: 'order.status', params }, { retry: 'idempotent' });
        this.tally.orders.recovered++;
        this.#tell('order', `${describe(order)} ${fateOf(report)}`);
      } catch (cause) {
        this.#open.set(clientOrderId, order);
        this.#complain(`${describe(order)} is still open: ${(cause as Error).message}`);
      }
    }
  }

  /** At most once a second: a peer that talks rubbish may do so fast. */
  #complain(text: string): void {
    this.tally.errors++;
    const now = performance.now();
    if (now - this.#lastErrorAt < 1_000) return;
    this.#lastErrorAt = now;
    this.#tell('error', text);
  }
}

/** @throws TypeError for an update that does not say a price; the client reports it as an error event */
function seen(news: TopicNews, price: number): void {
  if (!Number.isFinite(price)) throw new TypeError(`${price} is no price`);
  news.updates++;
  news.first ??= price;
  news.last = price;
}

function describe({ side, quantity, symbol }: Order): string {
  return `the open order, ${side} ${quantity} ${symbol},`;
}

function fateOf(report: OrderReport | null): string {
  return report ? `was filled at ${money(report.price)}` : 'was never carried out';
}

export function money(value: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
