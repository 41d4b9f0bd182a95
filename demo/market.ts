import type { Ticker, Trade } from './protocol.js';

/** The number of past trades that a client can request. */
const HISTORY = 1_000;

/** One instrument with a random price. */
export class Market {
  readonly symbol: string;
  readonly trades: Trade[] = [];
  readonly #open: number;
  #price: number;

  constructor(symbol: string, price: number) {
    this.symbol = symbol;
    this.#open = price;
    this.#price = price;
  }

  get price(): number {
    return cents(this.#price);
  }

  get ticker(): Ticker {
    return { symbol: this.symbol, last: this.price, change: this.#price / this.#open - 1 };
  }

  /** Moves the price by up to a tenth of a percent and trades at the new price. */
  trade(quantity = cents(0.01 + Math.random())): Trade {
    this.#price *= 1 + (Math.random() - 0.5) / 500;
    const trade = { symbol: this.symbol, price: this.price, quantity, time: Date.now() };
    this.trades.push(trade);
    if (this.trades.length > HISTORY) this.trades.shift();
    return trade;
  }
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
