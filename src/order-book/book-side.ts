import { ProtocolError } from '../errors.js';
import type { Level, VenueLevel } from './book-adapter.js';
import { asText, compareDecimals, isZero, toNumber } from './decimal.js';
import * as texts from './texts.js';

/** Up to so many levels a loop moves faster than `copyWithin` and `splice`. */
const FEW = 24;

/**
 * One side of a book: two sorted arrays, best level last. Nearly all changes are near the best price, so that a new level
 * moves few others. `#keys` are the prices as numbers, for the search: of two different numbers, the decimals compare alike.
 * Only decimals with the same number are compared digit by digit.
 */
export class BookSide {
  readonly #sign: 1 | -1;
  #keys = new Float64Array(64);
  /** Each level is replaced, never changed, so that `top()` can hand it out. */
  #levels: Level[] = [];

  constructor(side: 'bids' | 'asks') {
    this.#sign = side === 'bids' ? 1 : -1;
  }

  get size(): number {
    return this.#levels.length;
  }

  get best(): Level | undefined {
    return this.#levels[this.#levels.length - 1];
  }

  /** The best levels, best first. */
  top(count: number): Level[] {
    const top: Level[] = [];
    const end = Math.max(0, this.#levels.length - count);
    for (let index = this.#levels.length - 1; index >= end; index--) top.push(this.#levels[index] as Level);
    return top;
  }

  /** Replaces all levels. Levels that come best first need no search. */
  replace(levels: readonly VenueLevel[]): void {
    this.#levels = [];
    const first = levels[0];
    const last = levels[levels.length - 1];
    const isBestFirst = first && last && this.#key(asText(first[0], 'price')) > this.#key(asText(last[0], 'price'));
    // From the worst to the best each level comes to the end of the arrays.
    if (isBestFirst) for (let index = levels.length - 1; index >= 0; index--) this.set(levels[index] as VenueLevel);
    else this.apply(levels);
  }

  apply(levels: readonly VenueLevel[]): void {
    for (let index = 0; index < levels.length; index++) this.set(levels[index] as VenueLevel);
  }

  /**
   * Sets or removes one level.
   * @throws ProtocolError if the price or the size is no decimal
   */
  set(level: VenueLevel): void {
    const price = asText(level[0], 'price');
    const size = asText(level[1], 'size');
    const key = this.#key(price);
    const isGone = isZero(size);
    let index = this.#find(key);
    while (this.#keys[index] === key && index < this.#levels.length) {
      const [other] = this.#levels[index] as Level;
      const order = other === price ? 0 : this.#sign * compareDecimals(other, price);
      if (order === 0) {
        if (isGone) this.#remove(index);
        else this.#levels[index] = [price, size];
        return;
      }
      if (order > 0) break;
      index++;
    }
    if (!isGone) this.#insert(index, key, [price, size]);
  }

  /** Larger is better. */
  #key(price: string): number {
    const key = this.#sign * toNumber(price);
    if (Number.isNaN(key)) throw new ProtocolError(texts.notADecimal('price'));
    return key;
  }

  /** The index of the first key that is not less. */
  #find(key: number): number {
    const keys = this.#keys;
    let high = this.#levels.length;
    // From the best price on, in steps that double: most changes are found at once.
    let step = 1;
    let low = high - 1;
    while (low >= 0 && (keys[low] as number) >= key) {
      high = low;
      low -= step;
      step *= 2;
    }
    low = low < 0 ? 0 : low + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(index: number, key: number, level: Level): void {
    const levels = this.#levels;
    const count = levels.length;
    if (count === this.#keys.length) this.#grow();
    const keys = this.#keys;
    if (count - index <= FEW) {
      levels.push(level);
      for (let at = count; at > index; at--) {
        keys[at] = keys[at - 1] as number;
        levels[at] = levels[at - 1] as Level;
      }
      levels[index] = level;
    } else {
      keys.copyWithin(index + 1, index, count);
      levels.splice(index, 0, level);
    }
    keys[index] = key;
  }

  #remove(index: number): void {
    const levels = this.#levels;
    const keys = this.#keys;
    const last = levels.length - 1;
    if (last - index <= FEW) {
      for (let at = index; at < last; at++) {
        keys[at] = keys[at + 1] as number;
        levels[at] = levels[at + 1] as Level;
      }
      levels.pop();
    } else {
      keys.copyWithin(index, index + 1, last + 1);
      levels.splice(index, 1);
    }
  }

  #grow(): void {
    const keys = new Float64Array(2 * this.#keys.length);
    keys.set(this.#keys);
    this.#keys = keys;
  }
}
