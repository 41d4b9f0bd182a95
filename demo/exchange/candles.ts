import type { Candle, Trade } from '../protocol.js';

/** Seconds of history. */
const LENGTH = 900;

/** The candles of one instrument, one for each second, without holes. */
export class Candles {
  #candles: Candle[];

  /** @param walk - the price one second before a price, so that a new instrument has a past */
  constructor(price: number, walk: (price: number) => number) {
    const now = Math.floor(Date.now() / 1_000);
    const candles: Candle[] = [];
    let close = price;
    for (let n = 0; n < LENGTH / 2; n++) {
      const open = walk(close);
      const high = Math.max(open, close, walk(close));
      const low = Math.min(open, close, walk(open));
      candles.push({ time: now - n, open, high, low, close, volume: Math.round(40_000 * Math.random() ** 3) });
      close = open;
    }
    this.#candles = candles.reverse();
  }

  add({ price, quantity, time }: Trade): void {
    const second = Math.floor(time / 1_000);
    this.#fillTo(second);
    const last = this.#candles.at(-1) as Candle;
    this.#candles[this.#candles.length - 1] = {
      ...last,
      high: Math.max(last.high, price),
      low: Math.min(last.low, price),
      close: price,
      volume: last.volume + Math.round(price * quantity),
    };
  }

  /** The candles from this second on (Unix seconds). */
  since(second: number): Candle[] {
    this.#fillTo(Math.floor(Date.now() / 1_000));
    return this.#candles.filter(({ time }) => time >= second);
  }

  /** A second without a trade keeps the price of the second before. */
  #fillTo(second: number): void {
    for (;;) {
      const { time, close } = this.#candles.at(-1) as Candle;
      if (time >= second) return;
      this.#candles.push({ time: time + 1, open: close, high: close, low: close, close, volume: 0 });
      if (this.#candles.length > LENGTH) this.#candles.shift();
    }
  }
}
