import type { Clock } from '../runtime.js';
import { Timer } from './timer.js';

/** An item with a deadline. `DeadlineQueue` sets the two fields. An item may be added only once in its life. */
export interface Expirable {
  /** Milliseconds of the queue's clock. */
  deadline: number;
  /** Whether the item waits for its deadline. */
  isQueued: boolean;
  /** Called once when the deadline has passed, unless the item was deleted before. */
  expire(): void;
}

/** The heap may hold this many deleted items more than live items. */
const SLACK = 64;

/**
 * Expires many items with one timer. A binary heap by deadline (Knuth, The Art of Computer Programming 3, section
 * 5.2.3). Most items are deleted long before their deadline, in the order in which they were added. A deleted item is
 * only marked; it leaves the heap when it reaches the top, or when half of the heap is marked. If all items have the
 * same duration, `add()` and `delete()` cost O(1); with mixed durations O(log n), spread over all calls.
 */
export class DeadlineQueue {
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #longestSleep: number;
  #heap: Expirable[] = [];
  #size = 0;
  /** When the timer will fire. After a deletion this may be too early; the timer is then started again. */
  #wakeAt = Infinity;

  /** @param longestSleep - the timer fires at least this often, in milliseconds */
  constructor(clock: Clock, longestSleep = Infinity) {
    this.#clock = clock;
    this.#timer = new Timer(clock);
    this.#longestSleep = longestSleep;
  }

  /** The number of items that wait for their deadline. */
  get size(): number {
    return this.#size;
  }

  /** Expires an item after `duration` milliseconds. With Infinity the item is not added. */
  add(item: Expirable, duration: number): void {
    if (duration === Infinity) return;
    const now = this.#clock.now();
    item.deadline = now + duration;
    item.isQueued = true;
    this.#size++;
    this.#rise(item);
    if (item.deadline < this.#wakeAt) this.#arm(now);
  }

  /** Takes an item out; does nothing if the item does not wait. */
  delete(item: Expirable): void {
    if (!item.isQueued) return;
    item.isQueued = false;
    this.#size--;
    if (this.#heap.length <= 2 * this.#size + SLACK) return;
    // A sorted array is a heap.
    this.#heap = this.#heap.filter((other) => other.isQueued).sort((a, b) => a.deadline - b.deadline);
  }

  /** Expires every item whose deadline has passed. Returns their number. */
  sweep(): number {
    let count = 0;
    for (let first = this.#first(); first && first.deadline <= this.#clock.now(); first = this.#first()) {
      this.delete(first);
      first.expire();
      count++;
    }
    this.#arm(this.#clock.now());
    return count;
  }

  /** Stops the timer. The items stay until they are deleted. */
  stop(): void {
    this.#timer.stop();
    this.#wakeAt = Infinity;
  }

  #arm(now: number): void {
    const first = this.#first();
    if (!first || first.deadline >= this.#wakeAt) return;
    const delay = Math.min(Math.max(0, first.deadline - now), this.#longestSleep);
    this.#wakeAt = now + delay;
    this.#timer.start(delay, () => {
      this.#wakeAt = Infinity;
      this.sweep();
    });
  }

  /** The next item to expire. */
  #first(): Expirable | undefined {
    let first = this.#heap[0];
    for (; first && !first.isQueued; first = this.#heap[0]) this.#removeFirst();
    return first;
  }

  #rise(item: Expirable): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as Expirable;
      if (parent.deadline <= item.deadline) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = item;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const item = heap.pop() as Expirable;
    const size = heap.length;
    if (size === 0) return;
    let index = 0;
    for (let child = 1; child < size; child = 2 * index + 1) {
      const right = heap[child + 1];
      if (right && right.deadline < (heap[child] as Expirable).deadline) child++;
      const smaller = heap[child] as Expirable;
      if (item.deadline <= smaller.deadline) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = item;
  }
}
