import type { Quote, Ticker, Trade } from '../protocol.js';
import { Book } from './book.js';
import { Candles } from './candles.js';
import type { Listing } from './symbols.js';

/** The number of past trades that a client can request. */
const HISTORY = 1_000;
/** The usual change of a price in one second, as a fraction. */
const VOLATILITY = 0.000_3;
/** How strongly a price is drawn back to the price of its listing in one second. */
const PULL = 0.000_5;
/** The usual trade, in dollars. */
const USUAL_TRADE = 500;

/** One instrument with a price that wanders. */
export class Market {
  readonly symbol: string;
  readonly trades: Trade[] = [];
  /** The digits after the point of a price. */
  readonly decimals: number;
  readonly book: Book;
  readonly #listed: number;
  readonly #open: number;
  #price: number;
  #movedAt = performance.now();
  /** Dollars since the opening. */
  #volume: number;
  #candles: Candles | undefined;

  constructor({ symbol, price }: Listing, rank: number) {
    this.symbol = symbol;
    this.decimals = price >= 10 ? 2 : price >= 0.1 ? 4 : 6;
    this.#listed = price;
    this.#price = price;
    this.#open = price / (1 + 0.025 * noise());
    this.#volume = (1.8e9 * (0.7 + 0.6 * Math.random())) / (1 + rank) ** 1.2;
    this.book = new Book(price, this.decimals);
  }

  get price(): number {
    return this.#rounded(this.#price);
  }

  get ticker(): Ticker {
    return { symbol: this.symbol, last: this.price, change: this.#change };
  }

  /** Whether trades are made also while no client asks for them. */
  get isTraded(): boolean {
    return this.#candles !== undefined;
  }

  get candles(): Candles {
    this.#candles ??= new Candles(this.price, (price) => this.#rounded(price * (1 + VOLATILITY * noise())));
    return this.#candles;
  }

  /** Moves the price and quotes it. */
  quote(): Quote {
    this.#move();
    const { bid, ask } = this.book.around(this.#price);
    const volume = Math.round(this.#volume);
    return { symbol: this.symbol, bid, ask, last: this.price, change: this.#change, volume };
  }

  /** Moves the price and trades at it. */
  trade(quantity = this.#usualQuantity()): Trade {
    this.#move();
    const { price } = this;
    const trade = { symbol: this.symbol, price, quantity, time: Date.now() };
    this.#volume += price * quantity;
    this.trades.push(trade);
    if (this.trades.length > HISTORY) this.trades.shift();
    this.candles.add(trade);
    return trade;
  }

  get #change(): number {
    return Math.round((this.#price / this.#open - 1) * 1e5) / 1e5;
  }

  /** The longer since the last move, the farther, as a random walk goes. */
  #move(): void {
    const now = performance.now();
    const seconds = Math.min(1, (now - this.#movedAt) / 1_000);
    this.#movedAt = now;
    const pull = PULL * seconds * Math.log(this.#listed / this.#price);
    this.#price *= 1 + VOLATILITY * Math.sqrt(seconds) * noise() + pull;
  }

  /** Many small trades and a few large ones. */
  #usualQuantity(): number {
    const dollars = USUAL_TRADE * Math.exp(1.1 * noise());
    const decimals = this.#price >= 1_000 ? 4 : this.#price >= 1 ? 2 : 0;
    const unit = 10 ** -decimals;
    return Math.max(unit, Number((dollars / this.#price).toFixed(decimals)));
  }

  #rounded(value: number): number {
    return Number(value.toFixed(this.decimals));
  }
}

/** A number near 0, mostly between -2 and 2, as a normal distribution has them. */
function noise(): number {
  return (Math.random() + Math.random() + Math.random() - 1.5) * 2;
}
