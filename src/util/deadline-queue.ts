import type { Clock } from '../runtime.js';
import { Timer } from './timer.js';

/** Something that ends by itself at a time; `DeadlineQueue` fills the two fields. In its life it is queued once. */
export interface Expirable {
  deadline: number;
  /** Whether it is still to expire. */
  isQueued: boolean;
  expire(): void;
}

/** Removed items that may stay in the heap, beside as many as there are live ones. */
const SLACK = 64;

/**
 * Expires many items with one timer: a binary heap by deadline (Knuth, The Art of Computer Programming 3, section 5.2.3).
 * Most items are removed long before they expire, in the order in which they came: a removed one is only marked, and taken
 * out when it reaches the top or when half of the heap is marked. So with one duration for all, adding and removing cost
 * O(1); with any mix of durations O(log n), spread over the removals.
 */
export class DeadlineQueue {
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #longestSleep: number;
  #heap: Expirable[] = [];
  #size = 0;
  /** When the timer will fire. It may be too early after a removal; then it is simply set again. */
  #wakeAt = Infinity;

  /** @param longestSleep - milliseconds after which the timer looks again, whatever it waits for */
  constructor(clock: Clock, longestSleep = Infinity) {
    this.#clock = clock;
    this.#timer = new Timer(clock);
    this.#longestSleep = longestSleep;
  }

  get size(): number {
    return this.#size;
  }

  /** Expires an item after `duration` milliseconds; never, for Infinity. */
  add(item: Expirable, duration: number): void {
    if (duration === Infinity) return;
    const now = this.#clock.now();
    item.deadline = now + duration;
    item.isQueued = true;
    this.#size++;
    this.#rise(item);
    if (item.deadline < this.#wakeAt) this.#arm(now);
  }

  delete(item: Expirable): void {
    if (!item.isQueued) return;
    item.isQueued = false;
    this.#size--;
    if (this.#heap.length <= 2 * this.#size + SLACK) return;
    // A sorted list is a heap.
    this.#heap = this.#heap.filter((other) => other.isQueued).sort((a, b) => a.deadline - b.deadline);
  }

  /** Expires what is due; returns how many items that were. */
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

  /** Stops the timer; items stay until they are deleted. */
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
