/** Places of what was taken out that may stay in the array. */
const SLACK = 1_024;

/** First in, first out, where taking one out moves none of the others. */
export class Queue<T> {
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** A copy of what waits, first to last. */
  get waiting(): T[] {
    return this.#items.slice(this.#head);
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Puts items before those that wait: into the places of what was taken out, as long as there are any. */
  unshift(items: readonly T[]): void {
    if (items.length > this.#head) {
      this.#items = [...items, ...this.waiting];
      this.#head = 0;
      return;
    }
    this.#head -= items.length;
    for (const [index, item] of items.entries()) this.#items[this.#head + index] = item;
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head++];
    if (this.size === 0) this.clear();
    else if (this.#head > SLACK && this.#head * 2 > this.#items.length) {
      this.#items = this.waiting;
      this.#head = 0;
    }
    return item;
  }

  clear(): void {
    this.#items.length = this.#head = 0;
  }
}
