/** Price and quantity, as the venue writes them. */
type Level = [price: string, quantity: string];

const STREAM =
  /^([a-z0-9]+)@(aggTrade|trade|miniTicker|ticker|bookTicker|kline_(?:1s|1m|5m|1h|1d)|depth(5|10|20)?(?:@100ms)?)$/;
/** Levels on each side of the book. */
const DEPTH = 20;

/** One market whose price walks, with the streams of Binance spot. */
export class BinanceMarket {
  readonly symbol: string;
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #tick: number;
  readonly #open: number;
  /** In ticks, so that no price is rounded. */
  #price: number;
  #high: number;
  #low: number;
  #tradeId = 1_000;
  #updateId = 70_100_000;
  #firstUpdateId = 70_100_000;
  #volume = 0;
  readonly #bids = new Map<number, number>();
  readonly #asks = new Map<number, number>();
  #changes: { bids: Level[]; asks: Level[] } = { bids: [], asks: [] };

  constructor(symbol: string, price: number, tick: number, random: () => number, now: () => number) {
    this.symbol = symbol;
    this.#random = random;
    this.#now = now;
    this.#tick = tick;
    this.#price = Math.round(price / tick);
    this.#open = this.#price;
    this.#high = this.#price;
    this.#low = this.#price;
    this.#fill();
  }

  /** Whether the venue has a stream of this name, of whatever market. */
  static isStream(stream: string): boolean {
    return stream === '!miniTicker@arr' || STREAM.test(stream);
  }

  get price(): string {
    return this.#text(this.#price);
  }

  /** The market moves: a trade, and the changes of the book that follow it. */
  step(): void {
    const move = Math.round((this.#random() - 0.5) * 8);
    this.#price = Math.max(DEPTH + 1, this.#price + move);
    this.#high = Math.max(this.#high, this.#price);
    this.#low = Math.min(this.#low, this.#price);
    this.#tradeId++;
    this.#volume += 0.01;
    this.#firstUpdateId = this.#updateId + 1;
    this.#changes = { bids: [], asks: [] };
    this.#fill();
    // An event has at least one update id, also where no level changed.
    if (this.#updateId < this.#firstUpdateId) this.#updateId++;
  }

  /** The book as REST and the method `depth` give it. */
  snapshot(limit = DEPTH): { lastUpdateId: number; bids: Level[]; asks: Level[] } {
    const levels = (side: ReadonlyMap<number, number>, sign: number) =>
      [...side]
        .sort(([a], [b]) => (a - b) * sign)
        .slice(0, limit)
        .map(([price, quantity]) => this.#level(price, quantity));
    return { lastUpdateId: this.#updateId, bids: levels(this.#bids, -1), asks: levels(this.#asks, 1) };
  }

  /** What a stream of this market says after the last step; nothing for a stream of another market. */
  dataOf(stream: string): object | undefined {
    const [, symbol, name = '', count] = STREAM.exec(stream) ?? [];
    if (symbol?.toUpperCase() !== this.symbol) return undefined;
    const event = { E: this.#now(), s: this.symbol };
    if (count !== undefined) return this.snapshot(Number(count));
    if (name.startsWith('kline_')) return { e: 'kline', ...event, k: this.#candle(name.slice(6)) };
    switch (name) {
      case 'trade':
        return { e: 'trade', ...event, t: this.#tradeId, ...this.#trade };
      case 'aggTrade':
        return { e: 'aggTrade', ...event, a: this.#tradeId, f: this.#tradeId, l: this.#tradeId, ...this.#trade };
      case 'miniTicker':
        return this.miniTicker;
      case 'ticker':
        return { ...this.miniTicker, e: '24hrTicker', ...this.#change, ...this.#best };
      case 'bookTicker':
        return { u: this.#updateId, s: this.symbol, ...this.#best };
      default:
        return {
          e: 'depthUpdate',
          ...event,
          U: this.#firstUpdateId,
          u: this.#updateId,
          b: this.#changes.bids,
          a: this.#changes.asks,
        };
    }
  }

  get miniTicker(): object {
    return {
      e: '24hrMiniTicker',
      E: this.#now(),
      s: this.symbol,
      c: this.price,
      o: this.#text(this.#open),
      h: this.#text(this.#high),
      l: this.#text(this.#low),
      v: this.#volume.toFixed(8),
      q: (this.#volume * this.#price * this.#tick).toFixed(8),
    };
  }

  get #trade(): object {
    return { p: this.price, q: '0.01000000', T: this.#now(), m: this.#tradeId % 2 === 0, M: true };
  }

  get #change(): object {
    const change = this.#price - this.#open;
    return {
      p: this.#text(change),
      P: ((change / this.#open) * 100).toFixed(3),
      w: this.price,
      x: this.#text(this.#open),
      Q: '0.01000000',
      O: this.#now() - 86_400_000,
      C: this.#now(),
      F: 1_000,
      L: this.#tradeId,
      n: this.#tradeId - 1_000,
    };
  }

  get #best(): object {
    const { bids, asks } = this.snapshot(1);
    return { b: bids[0]?.[0], B: bids[0]?.[1], a: asks[0]?.[0], A: asks[0]?.[1] };
  }

  #candle(interval: string): object {
    const start = Math.floor(this.#now() / 60_000) * 60_000;
    const [o, c, h, l] = [this.#open, this.#price, this.#high, this.#low].map((price) => this.#text(price));
    const volume = { v: this.#volume.toFixed(8), n: 1, x: false, q: '0.00000000', V: '0', Q: '0', B: '0' };
    return { t: start, T: start + 59_999, s: this.symbol, i: interval, f: 1, L: this.#tradeId, o, c, h, l, ...volume };
  }

  /** Makes the book fit the price: levels that crossed it go, levels that are missing come. */
  #fill(): void {
    for (const [price] of this.#bids) {
      if (price >= this.#price || price < this.#price - DEPTH) this.#set('bids', price, 0);
    }
    for (const [price] of this.#asks) {
      if (price <= this.#price || price > this.#price + DEPTH) this.#set('asks', price, 0);
    }
    for (let distance = 1; distance <= DEPTH; distance++) {
      if (!this.#bids.has(this.#price - distance)) this.#set('bids', this.#price - distance, this.#quantity());
      if (!this.#asks.has(this.#price + distance)) this.#set('asks', this.#price + distance, this.#quantity());
    }
  }

  #quantity(): number {
    return 1 + Math.floor(this.#random() * 500);
  }

  #set(side: 'bids' | 'asks', price: number, quantity: number): void {
    const levels = side === 'bids' ? this.#bids : this.#asks;
    if (quantity === 0) levels.delete(price);
    else levels.set(price, quantity);
    this.#updateId++;
    this.#changes[side].push(this.#level(price, quantity));
  }

  /** @param quantity - in hundredths */
  #level(price: number, quantity: number): Level {
    return [this.#text(price), (quantity / 100).toFixed(8)];
  }

  #text(ticks: number): string {
    return (ticks * this.#tick).toFixed(8);
  }
}
