/** The number of levels of a book on each side. */
const DEPTH = 50;

/** One symbol whose price walks. It speaks the words of the public streams. */
export class BybitMarket {
  readonly symbol: string;
  readonly #tick: number;
  readonly #random: () => number;
  readonly #now: () => number;
  #price: number;
  /** The number of the last update of the book. */
  #u = 88_120_000;
  #sequence = 9_100_450_000;
  #sizes: { bids: Map<string, string>; asks: Map<string, string> };
  #trades = 0;

  constructor(symbol: string, price: number, tick: number, random: () => number, now: () => number) {
    this.symbol = symbol;
    this.#price = price;
    this.#tick = tick;
    this.#random = random;
    this.#now = now;
    this.#sizes = this.#levels();
  }

  get price(): string {
    return this.#digits(this.#price);
  }

  /** The first update of a topic; undefined for a topic without one. */
  snapshot(topic: string): object | undefined {
    const ts = this.#now();
    if (topic === `tickers.${this.symbol}`) {
      return { topic, type: 'snapshot', data: { ...this.#ticker(), symbol: this.symbol }, cs: this.#sequence, ts };
    }
    if (!this.#isBook(topic)) return undefined;
    return this.#book(topic, 'snapshot', this.#sizes.bids, this.#sizes.asks);
  }

  /** The price moves, and with it the book. Returns what the subscribers of a topic learn. */
  step(): (topic: string) => object | undefined {
    this.#price = Math.max(this.#tick, this.#price + this.#tick * Math.round((this.#random() - 0.5) * 8));
    const before = this.#sizes;
    this.#sizes = this.#levels();
    this.#u++;
    this.#sequence += 1 + Math.floor(this.#random() * 40);
    const bids = changes(before.bids, this.#sizes.bids);
    const asks = changes(before.asks, this.#sizes.asks);
    const trade = this.#trade();
    return (topic) => {
      if (this.#isBook(topic)) return this.#book(topic, 'delta', bids, asks);
      const ts = this.#now();
      if (topic === `publicTrade.${this.symbol}`) return { topic, type: 'snapshot', ts, data: [trade] };
      if (topic !== `tickers.${this.symbol}`) return undefined;
      return { topic, type: 'delta', data: { symbol: this.symbol, ...this.#ticker() }, cs: this.#sequence, ts };
    };
  }

  /** As after a restart of the service: the books count from 1 again. */
  restart(): void {
    this.#u = 1;
  }

  has(topic: string): boolean {
    const isOther = topic === `publicTrade.${this.symbol}` || topic === `tickers.${this.symbol}`;
    return isOther || this.#isBook(topic);
  }

  #isBook(topic: string): boolean {
    return topic === `orderbook.50.${this.symbol}`;
  }

  #book(topic: string, type: string, bids: ReadonlyMap<string, string>, asks: ReadonlyMap<string, string>): object {
    const ts = this.#now();
    const data = { s: this.symbol, b: [...bids], a: [...asks], u: this.#u, seq: this.#sequence };
    return { topic, type, ts, data, cts: ts };
  }

  #ticker(): object {
    const [bid = ['', '']] = this.#sizes.bids;
    const [ask = ['', '']] = this.#sizes.asks;
    return { lastPrice: this.price, bid1Price: bid[0], bid1Size: bid[1], ask1Price: ask[0], ask1Size: ask[1] };
  }

  #trade(): object {
    const S = this.#random() < 0.5 ? 'Buy' : 'Sell';
    const i = `3d0c3f8e-0c1b-5a0e-8a39-${String(++this.#trades).padStart(12, '0')}`;
    return {
      T: this.#now(),
      s: this.symbol,
      S,
      v: this.#size(),
      p: this.price,
      L: 'PlusTick',
      i,
      BT: false,
      RPI: false,
    };
  }

  #levels(): { bids: Map<string, string>; asks: Map<string, string> } {
    const side = (direction: 1 | -1) =>
      new Map(
        Array.from({ length: DEPTH }, (_, at) => {
          return [this.#digits(this.#price + direction * this.#tick * (at + 1)), this.#size()] as const;
        }),
      );
    return { bids: side(-1), asks: side(1) };
  }

  #size(): string {
    return (0.001 + this.#random() * 2).toFixed(3);
  }

  #digits(price: number): string {
    return price.toFixed(2);
  }
}

/** The levels of `after` that are new, and size 0 for those that are gone. */
function changes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Map<string, string> {
  const gone = [...before.keys()].filter((price) => !after.has(price)).map((price) => [price, '0'] as const);
  return new Map([...gone, ...[...after].filter(([price, size]) => before.get(price) !== size)]);
}
