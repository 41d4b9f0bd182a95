import type { Clock } from '../runtime.js';

/** What `setTimeout` can count; it fires at once for anything longer. */
const LONGEST = 2 ** 31 - 1;

/**
 * The clock of a real host. Globals are looked up at each call, never captured: fake timers and polyfills that are
 * installed after this module was loaded still count.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimer: (callback, delay) => new SystemTimer(callback, delay),
  clearTimer: (timer) => {
    if (timer instanceof SystemTimer) timer.clear();
  },
};

/** One promise to call back, kept across as many host timers as it takes. */
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

  /** Hosts count in whole milliseconds and fire up to one too early, measured by `performance.now()`. */
  #fire(): void {
    const left = this.#due - performance.now();
    if (left > 0) this.#handle = this.#arm(left);
    else this.#callback();
  }
}
