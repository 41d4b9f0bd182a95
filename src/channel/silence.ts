import type { Clock } from '../runtime.js';
import { Timer } from '../util/timer.js';
import { wallTime } from '../util/wall-time.js';

/**
 * Watches over the updates of one channel: tells once when none came for `maxSilence` milliseconds. An update only writes
 * down its time; the timer looks at that time when it fires, and is not set anew for each update.
 */
export class Silence {
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #maxSilence: number;
  readonly #onStale: (since: number) => void;
  /** By `now()`. */
  #lastAt = 0;
  /** Unix milliseconds. */
  #since = 0;

  constructor(clock: Clock, maxSilence: number, onStale: (since: number) => void) {
    this.#clock = clock;
    this.#timer = new Timer(clock);
    this.#maxSilence = maxSilence;
    this.#onStale = onStale;
  }

  /** An update came, or the channel went live: a silence ends, and another one may begin. */
  end(): void {
    this.#lastAt = this.#clock.now();
    this.#since = wallTime(this.#clock);
    if (!this.#timer.active) this.#watch(this.#maxSilence);
  }

  /** The channel is not live any more. */
  stop(): void {
    this.#timer.stop();
  }

  #watch(delay: number): void {
    this.#timer.startPatiently(delay, () => {
      const rest = this.#lastAt + this.#maxSilence - this.#clock.now();
      if (rest > 0) this.#watch(rest);
      else this.#onStale(this.#since);
    });
  }
}
