import type { Clock } from '../../runtime.js';
import { type VirtualTimer, VirtualTimers } from './virtual-timers.js';

export interface VirtualClockOptions {
  /** Unix milliseconds at the start. Default: 2024-01-01T00:00:00Z, so that a trace is the same on every day. */
  readonly wallTime?: number;
  /** Microtask turns that follow each timer. Default 64. */
  readonly turns?: number;
}

const DEFAULT_WALL_TIME = Date.UTC(2024, 0, 1);
/**
 * No platform tells when its microtask queue is empty, so a fixed number of turns is given. A chain of promises takes one
 * turn per link; the longest of this package (a batch of subscriptions behind an asynchronous decode) has about 15.
 */
const DEFAULT_TURNS = 64;

const SETTLED = Promise.resolve();

/** Lets code behind promises have so many turns. A loop of `await` costs over half as much again. */
function pass(turns: number): Promise<void> {
  return new Promise((resolve) => {
    let left = turns;
    const turn = () => {
      if (left-- > 0) void SETTLED.then(turn);
      else resolve();
    };
    turn();
  });
}

/**
 * Time that stands still until a test moves it. Timers fire in the order of their due times, those of the same time in
 * the order in which they were set, and after each the code that awaits something gets its turns, as on a real host.
 * Real time plays no part: an hour takes as long as what happens in it.
 *
 * @example
 * ```ts
 * const clock = new VirtualClock();
 * clock.setTimer(() => show(clock.now()), 60_000);
 * await clock.advance(60_000); // shows 60000
 * ```
 */
export class VirtualClock implements Clock {
  readonly #timers = new VirtualTimers();
  /** What comes from outside (a network), and therefore is neither throttled nor ahead of timers after a sleep. */
  readonly #arrivals = new VirtualTimers();
  readonly #turns: number;
  #now = 0;
  #wallOffset: number;
  #sequence = 0;
  #grid = 0;
  #moving = false;
  /** How many things happened in the callback under way. */
  #crowd = 1;

  constructor(options: VirtualClockOptions = {}) {
    this.#wallOffset = options.wallTime ?? DEFAULT_WALL_TIME;
    this.#turns = options.turns ?? DEFAULT_TURNS;
  }

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  /** Unix milliseconds; goes with `now()` except for `stepWall()`. */
  wallTime(): number {
    return this.#wallOffset + this.#now;
  }

  /** Timers that were set and have neither fired nor been cleared; after `client.close()` there are none. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** @throws RangeError for a delay that is not a finite number: no host can wait for that */
  setTimer(callback: () => void, delay: number): VirtualTimer {
    return this.#set(this.#timers, callback, delay);
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as VirtualTimer | undefined);
    this.#arrivals.delete(timer as VirtualTimer | undefined);
  }

  /**
   * For simulated worlds: calls back when something comes in from outside. Counts as no timer of the program under test,
   * is not throttled, and after a `jump()` comes behind the overdue timers, as sockets do in Node.
   */
  setArrival(callback: () => void, delay: number): VirtualTimer {
    return this.#set(this.#arrivals, callback, delay);
  }

  /** For simulated worlds, inside a callback: so many more things came in with it, and the code behind each has its turns. */
  alsoArrived(count: number): void {
    this.#crowd += count;
  }

  /**
   * Lets time pass, and everything that is due meanwhile happen.
   * @throws whatever a timer's callback throws; the rest is then still to come
   * @throws Error while another call moves this clock
   */
  advance(ms: number): Promise<void> {
    return this.#move(async () => {
      const end = this.#now + ms;
      for (let next = this.#next(end); next; next = this.#next(end)) {
        this.#now = Math.max(this.#now, next.at);
        await this.#fire(next.queue, next.timer);
      }
      this.#now = end;
    });
  }

  /** Lets everything happen that is due now. */
  settle(): Promise<void> {
    return this.advance(0);
  }

  /**
   * The machine sleeps, or the event loop is blocked: time passes and no timer fires. Then the overdue ones do, late, and
   * after them what came in from outside.
   * @throws as `advance()` does
   */
  jump(ms: number): Promise<void> {
    return this.#move(async () => {
      this.#now += ms;
      const last = this.#sequence;
      const overdue = () => this.#timers.first;
      for (let timer = overdue(); timer && this.#isOverdue(timer, last); timer = overdue()) {
        await this.#fire(this.#timers, timer);
      }
      for (let next = this.#next(this.#now); next; next = this.#next(this.#now)) {
        await this.#fire(next.queue, next.timer);
      }
    });
  }

  /**
   * Lets timers fire only at multiples of `grid` milliseconds, as browsers do in hidden pages (1 000, and 60 000 after
   * some minutes); 0 ends it.
   */
  throttle(grid: number): void {
    this.#grid = grid;
  }

  /** Sets the wall clock forward, or back with a negative number; `now()` and timers are not touched. */
  stepWall(ms: number): void {
    this.#wallOffset += ms;
  }

  #set(queue: VirtualTimers, callback: () => void, delay: number): VirtualTimer {
    if (!Number.isFinite(delay)) throw new RangeError(`A timer cannot wait for ${delay} ms; pass a finite number.`);
    const timer = { due: this.#now + Math.max(0, delay), sequence: this.#sequence++, callback, index: -1 };
    queue.add(timer);
    return timer;
  }

  /** What comes next, up to a time. */
  #next(end: number): { queue: VirtualTimers; timer: VirtualTimer; at: number } | undefined {
    const timer = this.#timers.first;
    const arrival = this.#arrivals.first;
    const timerAt = timer ? this.#firesAt(timer) : Infinity;
    const arrivalAt = arrival ? arrival.due : Infinity;
    if (Math.min(timerAt, arrivalAt) > end) return undefined;
    const isTimer =
      timerAt < arrivalAt || (timer && arrival && timerAt === arrivalAt && timer.sequence < arrival.sequence);
    if (timer && isTimer) return { queue: this.#timers, timer, at: timerAt };
    return arrival && { queue: this.#arrivals, timer: arrival, at: arrivalAt };
  }

  #firesAt({ due }: VirtualTimer): number {
    return this.#grid > 0 ? Math.ceil(due / this.#grid) * this.#grid : due;
  }

  #isOverdue(timer: VirtualTimer, last: number): boolean {
    return timer.sequence < last && this.#firesAt(timer) <= this.#now;
  }

  #fire(queue: VirtualTimers, timer: VirtualTimer): Promise<void> {
    queue.delete(timer);
    this.#crowd = 1;
    timer.callback();
    return pass(this.#turns * this.#crowd);
  }

  async #move(through: () => Promise<void>): Promise<void> {
    if (this.#moving) throw new Error('This clock is moving already; await advance() or jump() before the next one.');
    this.#moving = true;
    try {
      await pass(this.#turns);
      await through();
    } finally {
      this.#moving = false;
    }
  }
}
