import type { MarketInfo, Quote } from '../protocol.js';
import type { Client, Feed } from './feed.js';
import type { Log } from './log.js';

/** The markets of the exchange, the newest quote of each, and the market that the page shows. */
export class Markets {
  readonly #feed: Feed;
  readonly #log: Log;
  readonly #quotes = new Map<string, Quote>();
  readonly #listListeners: (() => void)[] = [];
  readonly #selectListeners: (() => void)[] = [];
  #all: readonly MarketInfo[] = [];
  #selected: MarketInfo | undefined;

  constructor(feed: Feed, log: Log) {
    this.#feed = feed;
    this.#log = log;
    // Each client asks anew, so that a recording has all that a replay needs.
    feed.use((client) => this.#load(client).catch((error) => log.failed('The list of markets', error)));
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

  /** The visitor wants another market. A replay shows the market that the page showed then: of others it has only quotes. */
  choose(market: MarketInfo): void {
    if (market === this.#selected) return;
    if (!this.#feed.replay) return this.#show(market);
    this.#log.add(
      'replay',
      `The replay stays with ${this.#selected?.symbol}: ${market.symbol} was not shown when it was recorded`,
    );
  }

  /** The replay comes to a place where the page showed another market. */
  follow(symbol: string): void {
    const market = this.get(symbol);
    if (market && market !== this.#selected) this.#show(market);
  }

  /** The exchange, or the recording, has told its markets. */
  onList(listener: () => void): void {
    this.#listListeners.push(listener);
  }

  /** Another market is shown, or the same of another client. */
  onSelect(listener: () => void): void {
    this.#selectListeners.push(listener);
  }

  async #load(client: Client): Promise<void> {
    // It only reads, so it may wait for the connection and be sent again after a drop.
    const all = await client.request({ method: 'markets', params: {} }, { retry: 'idempotent', timeout: Infinity });
    const { client: current, replay } = this.#feed;
    if (client !== current) return;
    const wanted = replay?.facts.market ?? this.#selected?.symbol;
    this.#all = all;
    for (const quote of all) this.setQuote(quote);
    for (const listener of this.#listListeners) listener();
    const selected = all.find(({ symbol }) => symbol === wanted) ?? all[0];
    if (selected) this.#show(selected);
  }

  #show(market: MarketInfo): void {
    this.#selected = market;
    for (const listener of this.#selectListeners) listener();
  }
}
