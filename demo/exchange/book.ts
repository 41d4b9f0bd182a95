import type { BookLevel, BookUpdate } from '../protocol.js';

/** Levels of each side. */
const DEPTH = 40;
/** Levels of each side that change their size with an update. */
const CHANGES = 4;

/** Sizes by the number of the level: the price in steps. */
type Side = Map<number, number>;

/** The order book of one instrument. It follows the price, and numbers its updates. */
export class Book {
  readonly #decimals: number;
  /** The distance of two levels, in dollars. */
  readonly #step: number;
  /** The usual size of the best level. */
  readonly #size: number;
  readonly #sizeDecimals: number;
  readonly #bids: Side = new Map();
  readonly #asks: Side = new Map();
  #sequence = 0;

  constructor(price: number, decimals: number) {
    this.#decimals = decimals;
    this.#step = Math.max(10 ** -decimals, 10 ** Math.round(Math.log10(price * 1.5e-5)));
    this.#size = 9_000 / price;
    this.#sizeDecimals = price >= 1_000 ? 4 : price >= 1 ? 2 : 0;
    this.advance(price);
  }

  /** The best prices around a price. */
  around(price: number): { readonly bid: number; readonly ask: number } {
    const best = this.#bestBid(price);
    return { bid: Number(this.#priceOf(best)), ask: Number(this.#priceOf(best + 1)) };
  }

  /** Moves the book to a price. The update has the levels that changed. */
  advance(price: number): BookUpdate {
    const best = this.#bestBid(price);
    const bids = this.#moveSide(this.#bids, (n) => best - n);
    const asks = this.#moveSide(this.#asks, (n) => best + 1 + n);
    const previous = this.#sequence++;
    return { type: 'delta', bids: this.#levels(bids), asks: this.#levels(asks), sequence: this.#sequence, previous };
  }

  snapshot(): BookUpdate {
    const sequence = this.#sequence;
    return {
      type: 'snapshot',
      bids: this.#levels(this.#bids),
      asks: this.#levels(this.#asks),
      sequence,
      previous: sequence - 1,
    };
  }

  /** @param levelAt - the number of the level at a distance from the best level */
  #moveSide(side: Side, levelAt: (distance: number) => number): Side {
    const changed: Side = new Map();
    const wanted = new Set(Array.from({ length: DEPTH }, (_, n) => levelAt(n)));
    for (const level of [...side.keys()]) {
      if (wanted.has(level)) continue;
      side.delete(level);
      changed.set(level, 0);
    }
    const set = (distance: number) => {
      const size = this.#randomSize(distance);
      side.set(levelAt(distance), size);
      changed.set(levelAt(distance), size);
    };
    for (let n = 0; n < DEPTH; n++) if (!side.has(levelAt(n))) set(n);
    for (let n = 0; n < CHANGES; n++) set(Math.floor(DEPTH * Math.random() ** 2));
    return changed;
  }

  /** Sizes grow with the distance from the best price. */
  #randomSize(distance: number): number {
    const usual = this.#size * (0.6 + distance / 7);
    return Math.max(10 ** -this.#sizeDecimals, usual * (0.2 + 1.8 * Math.random() ** 2));
  }

  #bestBid(price: number): number {
    return Math.floor(price / this.#step);
  }

  #priceOf(level: number): string {
    return (level * this.#step).toFixed(this.#decimals);
  }

  #levels(side: Side): BookLevel[] {
    return [...side].map(([level, size]) => [
      this.#priceOf(level),
      size === 0 ? '0' : size.toFixed(this.#sizeDecimals),
    ]);
  }
}
