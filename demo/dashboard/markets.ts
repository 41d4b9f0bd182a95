import type { MarketInfo, Quote } from '../protocol.js';
import type { Client, Feed } from './feed.js';
import type { Log } from './log.js';

/** The markets of the exchange, the newest quote of each, and the market that the page shows. */
export class Markets {
  readonly #quotes = new Map<string, Quote>();
  readonly #listListeners: (() => void)[] = [];
  readonly #selectListeners: (() => void)[] = [];
  #all: readonly MarketInfo[] = [];
  #selected: MarketInfo | undefined;

  constructor(feed: Feed, log: Log) {
    feed.use((client) => {
      if (this.#all.length === 0) this.#load(client).catch((error) => log.failed('The list of markets', error));
    });
  }

  /** The busiest first; empty until the exchange has told them. */
  get all(): readonly MarketInfo[] {
    return this.#all;
  }

  get selected(): MarketInfo | undefined {
    return this.#selected;
  }

  get(symbol: string): MarketInfo | undefined {
    return this.#all.find((market) => market.symbol === symbol);
  }

  quote(symbol: string): Quote | undefined {
    return this.#quotes.get(symbol);
  }

  setQuote(quote: Quote): void {
    this.#quotes.set(quote.symbol, quote);
  }

  select(market: MarketInfo): void {
    if (market === this.#selected) return;
    this.#selected = market;
    for (const listener of this.#selectListeners) listener();
  }

  onList(listener: () => void): void {
    this.#listListeners.push(listener);
  }

  onSelect(listener: () => void): void {
    this.#selectListeners.push(listener);
  }

  async #load(client: Client): Promise<void> {
    // It only reads, so it may wait for the connection and be sent again after a drop.
    const all = await client.request({ method: 'markets', params: {} }, { retry: 'idempotent', timeout: Infinity });
    this.#all = all;
    for (const quote of all) this.setQuote(quote);
    for (const listener of this.#listListeners) listener();
    if (all[0]) this.select(all[0]);
  }
}
