import type { RateLimit } from '../protocol/handler-types.js';

/** The shortest default margin of a rate limit, in milliseconds. The usual jitter of a line is below it. */
const SHORTEST_MARGIN = 20;
/** The default margin as a part of the window. */
const MARGIN = 0.05;

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

/**
 * A limit of the server as the client keeps it. The server counts arrivals, and what left apart may arrive closer together:
 * so the window is longer by a margin.
 */
export function withMargin({
  count,
  window,
  margin = Math.max(MARGIN * window, SHORTEST_MARGIN),
}: RateLimit): RollingLimit {
  return { count, window: window + margin };
}
