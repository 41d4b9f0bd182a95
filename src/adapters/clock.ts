import type { Clock } from '../runtime.js';

/** The longest delay of `setTimeout` in milliseconds. With a longer delay it fires at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * The clock of a real host. Globals are looked up at each call, so that fake timers and polyfills work even if they are
 * installed after this module was loaded.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimer: (callback, delay) => new SystemTimer(callback, delay),
  clearTimer: (timer) => {
    if (timer instanceof SystemTimer) timer.clear();
  },
};

/** One timer of any length. It uses several host timers if one is not enough. */
class SystemTimer {
  readonly #callback: () => void;
  readonly #due: number;
  #handle: ReturnType<typeof setTimeout>;

  constructor(callback: () => void, delay: number) {
    this.#callback = callback;
    this.#due = performance.now() + delay;
    this.#handle = this.#arm(delay);
  }

  clear(): void {
    clearTimeout(this.#handle);
  }

  #arm(delay: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#fire(), Math.min(Math.max(Math.ceil(delay), 0), LONGEST));
  }

  /** Hosts count whole milliseconds, so that a timer may fire up to one millisecond early. Then it waits again. */
  #fire(): void {
    const left = this.#due - performance.now();
    if (left > 0) this.#handle = this.#arm(left);
    else this.#callback();
  }
}
