type Side = 'bids' | 'asks';
type Level = [action: 'new' | 'change' | 'delete', price: number, amount: number];

const DEPTH = 10;

/** One instrument: its price walks, and its book changes by a chain of change ids. */
export class DeribitMarket {
  readonly name: string;
  readonly #tick: number;
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #levels: Record<Side, Map<number, number>> = { bids: new Map(), asks: new Map() };
  #price: number;
  #changeId: number;
  #previous = 0;
  #tradeSeq = 1_000;

  constructor(name: string, price: number, tick: number, random: () => number, now: () => number) {
    this.name = name;
    this.#price = price;
    this.#tick = tick;
    this.#random = random;
    this.#now = now;
    this.#changeId = 193_809_000_000 + Math.floor(random() * 1_000_000);
    this.#changes();
  }

  get price(): number {
    return this.#price;
  }

  /** The price moves by a few ticks. Returns the data of each channel. */
  step(): { readonly ticker: object; readonly trades: object[]; readonly book: object } {
    this.#price = this.#round(this.#price + Math.round((this.#random() - 0.5) * 6) * this.#tick);
    this.#previous = this.#changeId;
    this.#changeId += 1 + Math.floor(this.#random() * 40_000);
    const { bids, asks } = this.#changes();
    const book = { ...this.#head(), type: 'change', prev_change_id: this.#previous, bids, asks };
    return { ticker: this.ticker(), trades: [this.#trade()], book };
  }

  /** The venue loses a change: the next one does not fit to the last one that was sent. */
  skip(): void {
    this.step();
  }

  ticker(): object {
    const [bid, ask] = [this.#price, this.#round(this.#price + this.#tick)];
    return {
      timestamp: this.#now(),
      state: 'open',
      instrument_name: this.name,
      last_price: this.#price,
      mark_price: this.#round(this.#price + this.#tick / 2),
      index_price: this.#price,
      best_bid_price: bid,
      best_bid_amount: this.#levels.bids.get(bid) ?? 0,
      best_ask_price: ask,
      best_ask_amount: this.#levels.asks.get(ask) ?? 0,
      current_funding: 0.0001423,
      funding_8h: 5.149e-5,
      open_interest: 459_340_900,
    };
  }

  snapshot(): object {
    const all = (side: Side): Level[] => [...this.#levels[side]].map(([price, amount]) => ['new', price, amount]);
    return { ...this.#head(), type: 'snapshot', bids: all('bids'), asks: all('asks') };
  }

  #head(): object {
    return { timestamp: this.#now(), instrument_name: this.name, change_id: this.#changeId };
  }

  /** Levels around the price: new ones come, far ones go, the amount of the best changes. */
  #changes(): Record<Side, Level[]> {
    return { bids: this.#side('bids', -1, 0), asks: this.#side('asks', 1, 1) };
  }

  #side(side: Side, direction: 1 | -1, first: number): Level[] {
    const levels = this.#levels[side];
    const wanted = Array.from({ length: DEPTH }, (_, at) =>
      this.#round(this.#price + direction * at * this.#tick + first * this.#tick),
    );
    const changes: Level[] = [...levels.keys()]
      .filter((price) => !wanted.includes(price))
      .map((price) => ['delete', price, 0]);
    for (const [action, price] of changes) if (action === 'delete') levels.delete(price);
    wanted.forEach((price, at) => {
      if (levels.has(price) && at > 0) return;
      const amount = 10 * (1 + Math.floor(this.#random() * 700));
      changes.push([levels.has(price) ? 'change' : 'new', price, amount]);
      levels.set(price, amount);
    });
    return changes;
  }

  #trade(): object {
    return {
      trade_seq: ++this.#tradeSeq,
      trade_id: `${this.#tradeSeq}`,
      timestamp: this.#now(),
      instrument_name: this.name,
      direction: this.#random() < 0.5 ? 'buy' : 'sell',
      price: this.#price,
      amount: 10 * (1 + Math.floor(this.#random() * 50)),
      mark_price: this.#price,
      index_price: this.#price,
      tick_direction: 0,
    };
  }

  #round(price: number): number {
    return Math.round(price / this.#tick) * this.#tick;
  }
}
