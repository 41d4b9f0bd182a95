/** Price, size, a member that is always '0', number of orders. */
type Level = [price: string, size: string, deprecated: string, orders: string];

/** Levels on each side of the book. */
const DEPTH = 20;

/** One instrument whose price walks, with the channels of OKX. */
export class OkxMarket {
  readonly instId: string;
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #tick: number;
  readonly #digits: number;
  readonly #open: number;
  /** In ticks, so that no price is rounded. */
  #price: number;
  #high: number;
  #low: number;
  #volume = 0;
  #tradeId = 1_000;
  #side: 'buy' | 'sell' = 'buy';
  #seqId = 450_001;
  #prevSeqId = -1;
  readonly #bids = new Map<number, number>();
  readonly #asks = new Map<number, number>();
  #changes: { bids: Level[]; asks: Level[] } = { bids: [], asks: [] };

  constructor(instId: string, price: number, tick: number, random: () => number, now: () => number) {
    this.instId = instId;
    this.#random = random;
    this.#now = now;
    this.#tick = tick;
    this.#digits = Math.round(-Math.log10(tick));
    this.#price = Math.round(price / tick);
    this.#open = this.#price;
    this.#high = this.#price;
    this.#low = this.#price;
    this.#fill();
  }

  get price(): string {
    return this.#text(this.#price);
  }

  /** The market moves: a trade, and the changes of the book that follow it. */
  step(): void {
    const move = Math.round((this.#random() - 0.5) * 8);
    this.#side = move < 0 ? 'sell' : 'buy';
    this.#price = Math.max(DEPTH + 1, this.#price + move);
    this.#high = Math.max(this.#high, this.#price);
    this.#low = Math.min(this.#low, this.#price);
    this.#tradeId++;
    this.#volume += 0.01;
    this.#changes = { bids: [], asks: [] };
    this.#fill();
    // The trade changes the best level, also where the price stays.
    this.#set(move < 0 ? 'bids' : 'asks', this.#price + (move < 0 ? -1 : 1), this.#size());
    // The numbers of the venue skip, and say themselves which number was before.
    this.#number(this.#seqId + 1 + Math.floor(this.#random() * 5));
  }

  /** Nothing has changed: the book is sent with the number that it had. */
  keepAlive(): void {
    this.#changes = { bids: [], asks: [] };
    this.#number(this.#seqId);
  }

  /** After a maintenance the numbers begin anew. */
  maintain(): void {
    this.#changes = { bids: [], asks: [] };
    this.#number(7);
  }

  /** One change of the book is never sent. */
  skip(): void {
    this.#number(this.#seqId + 1);
  }

  /** The first update of the book. */
  get snapshot(): object {
    const { bids, asks } = this.#top(DEPTH);
    return { bids, asks, ts: this.#time, checksum: 0, seqId: this.#seqId, prevSeqId: -1 };
  }

  /** What a channel says after the last step; nothing for a channel that the venue does not have here. */
  dataOf(channel: string): object | undefined {
    switch (channel) {
      case 'tickers':
        return this.#ticker;
      case 'trades':
        return { ...this.#trade, count: '1', seqId: this.#seqId };
      case 'trades-all':
        return this.#trade;
      case 'books':
        return { ...this.#changes, ts: this.#time, checksum: 0, seqId: this.#seqId, prevSeqId: this.#prevSeqId };
      case 'books5':
        return { ...this.#top(5), ts: this.#time, seqId: this.#seqId };
      case 'bbo-tbt':
        return { ...this.#top(1), ts: this.#time, seqId: this.#seqId };
      case 'candle1m':
        return this.#candle;
      default:
        return undefined;
    }
  }

  get #ticker(): object {
    const { bids, asks } = this.#top(1);
    const open = this.#text(this.#open);
    return {
      instType: 'SPOT',
      instId: this.instId,
      last: this.price,
      lastSz: '0.01',
      askPx: asks[0]?.[0],
      askSz: asks[0]?.[1],
      bidPx: bids[0]?.[0],
      bidSz: bids[0]?.[1],
      open24h: open,
      high24h: this.#text(this.#high),
      low24h: this.#text(this.#low),
      volCcy24h: (this.#volume * this.#price * this.#tick).toFixed(4),
      vol24h: this.#volume.toFixed(4),
      sodUtc0: open,
      sodUtc8: open,
      ts: this.#time,
    };
  }

  get #trade(): object {
    const { instId, price: px } = this;
    return { instId, tradeId: String(this.#tradeId), px, sz: '0.01', side: this.#side, ts: this.#time };
  }

  get #candle(): string[] {
    const start = String(Math.floor(this.#now() / 60_000) * 60_000);
    const prices = [this.#open, this.#high, this.#low, this.#price].map((price) => this.#text(price));
    return [start, ...prices, this.#volume.toFixed(4), '0', '0', '0'];
  }

  get #time(): string {
    return String(this.#now());
  }

  #number(seqId: number): void {
    this.#prevSeqId = this.#seqId;
    this.#seqId = seqId;
  }

  #top(count: number): { bids: Level[]; asks: Level[] } {
    const levels = (side: ReadonlyMap<number, number>, sign: number) =>
      [...side]
        .sort(([a], [b]) => (a - b) * sign)
        .slice(0, count)
        .map(([price, size]) => this.#level(price, size));
    return { bids: levels(this.#bids, -1), asks: levels(this.#asks, 1) };
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
      if (!this.#bids.has(this.#price - distance)) this.#set('bids', this.#price - distance, this.#size());
      if (!this.#asks.has(this.#price + distance)) this.#set('asks', this.#price + distance, this.#size());
    }
  }

  #size(): number {
    return 1 + Math.floor(this.#random() * 500);
  }

  #set(side: 'bids' | 'asks', price: number, size: number): void {
    const levels = side === 'bids' ? this.#bids : this.#asks;
    if (size === 0) levels.delete(price);
    else levels.set(price, size);
    this.#changes[side].push(this.#level(price, size));
  }

  /** @param size - in hundredths */
  #level(price: number, size: number): Level {
    return [this.#text(price), String(size / 100), '0', size === 0 ? '0' : '1'];
  }

  #text(ticks: number): string {
    return (ticks * this.#tick).toFixed(this.#digits);
  }
}
