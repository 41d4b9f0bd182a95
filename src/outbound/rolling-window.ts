/** At most `count` events in any `window` milliseconds. */
export interface RollingLimit {
  readonly count: number;
  readonly window: number;
}

/**
 * At most `count` events in any `window` milliseconds. A token bucket would let twice as many pass around a refill,
 * which venues that count in a rolling window answer with a disconnect.
 */
export class RollingWindow {
  readonly #limit: RollingLimit;
  /** When the latest events were, oldest first; never more than `count`. */
  readonly #times: number[] = [];

  constructor(limit: RollingLimit) {
    this.#limit = limit;
  }

  /** Milliseconds until one more event is allowed; 0 when it is now. */
  delay(now: number): number {
    const oldest = this.#times[this.#times.length - this.#limit.count];
    return oldest === undefined ? 0 : Math.max(0, oldest + this.#limit.window - now);
  }

  /** Counts an event; also one that was not ours to hold back. */
  record(now: number): void {
    this.#times.push(now);
    if (this.#times.length > this.#limit.count) this.#times.shift();
  }
}
