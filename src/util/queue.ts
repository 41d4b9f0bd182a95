/** The array may hold this many empty places at its start. */
const SLACK = 1_024;

/** A first-in, first-out queue. Taking an item out does not move the other items. */
export class Queue<T> {
  /** A place that was taken out is empty, so that the queue holds no item longer than it waits. */
  #items: (T | undefined)[] = [];
  #head = 0;

  /** The number of items that wait. */
  get size(): number {
    return this.#items.length - this.#head;
  }

  /** The item that `shift()` takes out next. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  /** A copy of the items that wait, first to last. */
  get waiting(): T[] {
    return this.#items.slice(this.#head) as T[];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Puts items before those that wait. It uses the empty places at the start of the array if there are enough. */
  unshift(items: readonly T[]): void {
    if (items.length > this.#head) {
      this.#items = [...items, ...this.waiting];
      this.#head = 0;
      return;
    }
    this.#head -= items.length;
    for (const [index, item] of items.entries()) this.#items[this.#head + index] = item;
  }

  /** Takes out the first item. */
  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
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
