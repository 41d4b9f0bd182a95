/** Milliseconds over which a rate is measured. */
const WINDOW = 1_000;

/** How fast a counter grows, per second. */
export class Rate {
  readonly #read: () => number;
  #at = performance.now();
  #last: number;
  #rate = 0;

  constructor(read: () => number) {
    this.#read = read;
    this.#last = read();
  }

  /** Units in a second, measured over the last second or more. */
  perSecond(): number {
    const now = performance.now();
    if (now - this.#at >= WINDOW) {
      const value = this.#read();
      // A new connection counts its bytes from 0.
      this.#rate = (Math.max(0, value - this.#last) * 1_000) / (now - this.#at);
      this.#at = now;
      this.#last = value;
    }
    return this.#rate;
  }
}
