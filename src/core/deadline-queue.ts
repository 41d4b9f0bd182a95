import type { Clock } from './runtime.js';
import { Timer } from './timer.js';

/** Something that ends by itself at a time; `DeadlineQueue` fills the two fields. */
export interface Expirable {
  deadline: number;
  /** Its place in the queue; -1 while it is in none. */
  queueIndex: number;
  expire(): void;
}

/**
 * Expires many items with one timer: a binary heap by deadline whose items know their place, so that adding and
 * removing cost O(log n) whatever the mix of durations (Knuth, The Art of Computer Programming 3, section 5.2.3).
 */
export class DeadlineQueue {
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #longestSleep: number;
  readonly #heap: Expirable[] = [];
  /** When the timer will fire. It may be too early after a removal; then it is simply set again. */
  #wakeAt = Infinity;

  /** @param longestSleep - milliseconds after which the timer looks again, whatever it waits for */
  constructor(clock: Clock, longestSleep = Infinity) {
    this.#clock = clock;
    this.#timer = new Timer(clock);
    this.#longestSleep = longestSleep;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Expires an item after `duration` milliseconds; never, for Infinity. */
  add(item: Expirable, duration: number): void {
    item.queueIndex = -1;
    item.deadline = this.#clock.now() + duration;
    if (duration === Infinity) return;
    this.#rise(item, this.#heap.length);
    this.#arm();
  }

  delete(item: Expirable): void {
    const index = item.queueIndex;
    if (index === -1) return;
    item.queueIndex = -1;
    const last = this.#heap.pop() as Expirable;
    if (last === item) return;
    if (last.deadline < item.deadline) this.#rise(last, index);
    else this.#sink(last, index);
  }

  /** Expires what is due; returns how many items that were. */
  sweep(): number {
    let count = 0;
    for (let first = this.#heap[0]; first && first.deadline <= this.#clock.now(); first = this.#heap[0]) {
      this.delete(first);
      first.expire();
      count++;
    }
    this.#arm();
    return count;
  }

  /** Stops the timer; items stay until they are deleted. */
  stop(): void {
    this.#timer.stop();
    this.#wakeAt = Infinity;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (!first || first.deadline >= this.#wakeAt) return;
    const delay = Math.min(Math.max(0, first.deadline - this.#clock.now()), this.#longestSleep);
    this.#wakeAt = this.#clock.now() + delay;
    this.#timer.start(delay, () => {
      this.#wakeAt = Infinity;
      this.sweep();
    });
  }

  #rise(item: Expirable, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#heap[parentIndex] as Expirable;
      if (parent.deadline <= item.deadline) break;
      this.#place(parent, index);
      index = parentIndex;
    }
    this.#place(item, index);
  }

  #sink(item: Expirable, from: number): void {
    const size = this.#heap.length;
    let index = from;
    for (let child = 2 * index + 1; child < size; child = 2 * index + 1) {
      const right = this.#heap[child + 1];
      if (right && right.deadline < (this.#heap[child] as Expirable).deadline) child++;
      const smaller = this.#heap[child] as Expirable;
      if (item.deadline <= smaller.deadline) break;
      this.#place(smaller, index);
      index = child;
    }
    this.#place(item, index);
  }

  #place(item: Expirable, index: number): void {
    this.#heap[index] = item;
    item.queueIndex = index;
  }
}
