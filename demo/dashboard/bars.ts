import type { Candle, Trade } from '../protocol.js';

/** One second of the chart; without a candle it is empty. */
export interface Bar {
  /** Unix seconds. */
  readonly time: number;
  readonly candle: Candle | undefined;
}

/** The candles of a chart: one place for each second, whether there were trades or not. */
export class Bars {
  #bars: Bar[] = [];

  get all(): readonly Bar[] {
    return this.#bars;
  }

  get length(): number {
    return this.#bars.length;
  }

  /** The second of the first place. */
  get first(): number {
    return this.#bars[0]?.time ?? 0;
  }

  /**
   * Adds places up to a second. Returns the places that are new.
   * @param isLive - whether each trade comes in: then a second without a trade keeps its price, else its place is empty
   */
  extendTo(second: number, isLive: boolean): readonly Bar[] {
    const before = this.#bars.length;
    if (before === 0) return [];
    for (let time = this.first + before; time <= second; time++) {
      const close = isLive ? this.#bars.at(-1)?.candle?.close : undefined;
      const flat = close === undefined ? undefined : { time, open: close, high: close, low: close, close, volume: 0 };
      this.#bars.push({ time, candle: flat });
    }
    return this.#bars.slice(before);
  }

  /** Counts a trade. Returns the place that has changed. */
  add({ price, quantity, time }: Trade): Bar | undefined {
    const second = Math.floor(time / 1_000);
    this.extendTo(second, true);
    const old = this.#bars[second - this.first];
    if (!old) return undefined;
    // A flat candle was only a guess: a late trade replaces it.
    const candle = old.candle?.volume ? old.candle : undefined;
    const volume = price * quantity;
    return this.#set({
      time: second,
      open: candle?.open ?? price,
      high: Math.max(candle?.high ?? price, price),
      low: Math.min(candle?.low ?? price, price),
      close: price,
      volume: (candle?.volume ?? 0) + volume,
    });
  }

  /** Takes candles of the exchange over: its history, or what was missed. */
  merge(candles: readonly Candle[]): void {
    const [first] = candles;
    if (!first) return;
    if (this.#bars.length === 0) this.#bars = [{ time: first.time, candle: undefined }];
    this.extendTo(candles.at(-1)?.time ?? first.time, false);
    for (const candle of candles) if (candle.time >= this.first) this.#set(candle);
  }

  clear(): void {
    this.#bars = [];
  }

  #set(candle: Candle): Bar {
    const bar = { time: candle.time, candle };
    this.#bars[candle.time - this.first] = bar;
    return bar;
  }
}
