import type { Clock } from '../runtime.js';
import { LATE, Timer } from './timer.js';

/** An item with a deadline. `DeadlineQueue` sets the two fields. An item may be added only once in its life. */
export interface Expirable {
  /** Milliseconds of the queue's clock. */
  deadline: number;
  /** Whether the item waits for its deadline. */
  isQueued: boolean;
  /**
   * `true`: nothing is on the wire, so that a sleep of the host counts as time. `false`: an answer may be on its way, so that
   * a late timer waits for one more turn of the event loop.
   * @default undefined: neither
   */
  readonly isUnwritten?: boolean;
  /** Called once when the deadline has passed, unless the item was deleted before. */
  expire(): void;
}

/** The heap may hold this many deleted items more than live items. */
const SLACK = 64;
/** The host slept if its wall clock has advanced by so many milliseconds more than its monotonic clock. */
const SLEEP = 5_000;

/**
 * Expires many items with one timer. A binary heap by deadline (Knuth, The Art of Computer Programming 3, section
 * 5.2.3). Most items are deleted long before their deadline, in the order in which they were added. A deleted item is
 * only marked; it leaves the heap when it reaches the top, when half of the heap is marked, or with the last item. If all items have the
 * same duration, `add()` and `delete()` cost O(1); with mixed durations O(log n), spread over all calls.
 *
 * The monotonic clock of some hosts stands still while the host sleeps, and so do its timers. So the queue compares it
 * with the wall clock at every look.
 */
export class DeadlineQueue {
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #longestSleep: number;
  #heap: Expirable[] = [];
  #size = 0;
  /** When the timer will fire. After a deletion this may be too early; the timer is then started again. */
  #wakeAt = Infinity;
  /** Overdue items that get one more turn of the event loop, in which their answers may come. */
  #spared: Expirable[] = [];
  /** Those that a call found. If the event loop is blocked after that call, nothing is read before their turn is over. */
  #swept: Expirable[] = [];
  /** The two clocks at the latest look. */
  #lookedAt: number;
  #wallTime: number | undefined;

  /** @param longestSleep - the timer fires at least this often, in milliseconds */
  constructor(clock: Clock, longestSleep = Infinity) {
    this.#clock = clock;
    this.#timer = new Timer(clock);
    this.#longestSleep = longestSleep;
    this.#lookedAt = clock.now();
    this.#wallTime = clock.wallTime?.();
  }

  /** The number of items that wait for their deadline. */
  get size(): number {
    return this.#size;
  }

  /** Expires an item after `duration` milliseconds. With Infinity the item is not added. */
  add(item: Expirable, duration: number): void {
    if (duration === Infinity) return;
    const now = this.#look();
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
    if (this.#size === 0) this.#rest();
    else if (this.#heap.length > 2 * this.#size + SLACK) this.#rebuild();
  }

  /**
   * Expires every unwritten item whose deadline has passed, whether or not the timer has fired. The written items get one
   * more turn of the event loop.
   */
  sweep(): void {
    const now = this.#look();
    const first = this.#first();
    if (first && first.deadline <= now) this.#expire(now, this.#swept);
  }

  /** Stops the timer. The items stay until they are deleted. */
  stop(): void {
    this.#timer.stop();
    this.#wakeAt = Infinity;
    this.#spared = [];
    this.#swept = [];
  }

  /** Nothing waits: no timer may be left, because frameworks wait for the last one (zone.js). */
  #rest(): void {
    this.#heap.length = 0;
    this.stop();
  }

  /** Reads the clocks. Returns the monotonic time. */
  #look(): number {
    const now = this.#clock.now();
    const wallTime = this.#clock.wallTime?.();
    if (wallTime === undefined || this.#wallTime === undefined) return now;
    const slept = wallTime - this.#wallTime - (now - this.#lookedAt);
    this.#wallTime = wallTime;
    this.#lookedAt = now;
    if (slept > SLEEP) this.#advance(slept);
    return now;
  }

  /** The host slept, and the monotonic clock does not tell. */
  #advance(slept: number): void {
    for (const item of this.#heap) {
      if (item.isUnwritten) item.deadline -= slept;
    }
    this.#rebuild();
    this.#arm(this.#lookedAt);
  }

  /** A sorted array is a heap. */
  #rebuild(): void {
    this.#heap = this.#heap.filter((item) => item.isQueued).sort((a, b) => a.deadline - b.deadline);
  }

  #onTimer(lateness: number): void {
    this.#wakeAt = Infinity;
    const isLate = lateness > LATE;
    const over = isLate ? this.#spared : this.#spared.concat(this.#swept);
    this.#spared = isLate ? this.#swept : [];
    this.#swept = [];
    if (this.#spared.length > 0) this.#start(this.#clock.now(), 0);
    this.#end(over);
    this.#expire(this.#look(), isLate ? this.#spared : undefined);
  }

  /** @param spared - where the written items go that get one more turn of the event loop; missing: all expire */
  #expire(now: number, spared?: Expirable[]): void {
    const due: Expirable[] = [];
    const sparedBefore = spared?.length ?? 0;
    for (let first = this.#first(); first && first.deadline <= now; first = this.#first()) {
      this.#removeFirst();
      if (spared && first.isUnwritten === false) spared.push(first);
      else due.push(first);
    }
    // A timer that is overdue already would fire in this turn.
    if (spared && spared.length > sparedBefore) this.#start(now, 0);
    this.#end(due);
    this.#arm(this.#clock.now());
  }

  #end(items: readonly Expirable[]): void {
    for (const item of items) {
      if (!item.isQueued) continue;
      this.delete(item);
      item.expire();
    }
  }

  #arm(now: number): void {
    const first = this.#first();
    if (!first || first.deadline >= this.#wakeAt) return;
    this.#start(now, Math.min(Math.max(0, first.deadline - now), this.#longestSleep));
  }

  #start(now: number, delay: number): void {
    this.#wakeAt = now + delay;
    this.#timer.start(delay, (lateness) => this.#onTimer(lateness));
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
