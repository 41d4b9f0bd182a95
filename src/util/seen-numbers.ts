/** Up to so many numbers are remembered one by one. */
const FEW = 1_024;

/**
 * The numbers that were seen, in bounded memory. Many numbers are remembered as one range, so that a number inside the
 * range counts as seen. A number that was seen never counts as unseen.
 */
export class SeenNumbers {
  #few: Set<number> | undefined = new Set();
  #min = Infinity;
  #max = -Infinity;

  add(value: number): void {
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    this.#few?.add(value);
    if (this.#few && this.#few.size > FEW) this.#few = undefined;
  }

  has(value: number): boolean {
    return this.#few ? this.#few.has(value) : value >= this.#min && value <= this.#max;
  }
}
