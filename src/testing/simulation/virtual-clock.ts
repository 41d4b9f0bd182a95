import type { Clock } from '../../runtime.js';
import { type VirtualTimer, VirtualTimers } from './virtual-timers.js';

/** Options of `VirtualClock`; all are optional. */
export interface VirtualClockOptions {
  /**
   * The wall time at the start, in Unix milliseconds.
   * @default 2024-01-01T00:00:00Z, so that traces do not depend on the date
   */
  readonly wallTime?: number;
  /**
   * Microtask turns after each timer, for the code that awaits something.
   * @default 64, four times the longest chain of promises in this package
   */
  readonly turns?: number;
}

const DAY = 86_400_000;
const DEFAULT_WALL_TIME = Date.UTC(2024, 0, 1);
/**
 * No platform reports when its microtask queue is empty, so the clock waits for a fixed number of turns. A chain of
 * promises takes one turn per promise; the longest chain in this package has about 15.
 */
const DEFAULT_TURNS = 64;

const resolved = Promise.resolve();

/** Waits for so many microtask turns. It runs for each timer; a loop with `await` takes half as long again. */
function pass(turns: number): Promise<void> {
  return new Promise((resolve) => {
    let left = turns;
    const turn = () => {
      if (left-- > 0) void resolved.then(turn);
      else resolve();
    };
    turn();
  });
}

/**
 * A clock whose time stands still until a test moves it. Timers fire in the order of their due times; timers that are
 * due at the same time fire in the order in which they were set. After each timer, code that awaits a promise gets its
 * turns, as on a real host. Real time has no influence: an hour takes only as long as the work that is done in it.
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
  /**
   * What arrives from outside, such as network data. It is not throttled, and after a sleep it comes after the timers.
   */
  readonly #arrivals = new VirtualTimers();
  readonly #turns: number;
  #now = 0;
  #wallOffset: number;
  #sequence = 0;
  #grid = 0;
  #moving = false;
  /** How many events the current callback handles; see `alsoArrived()`. */
  #eventCount = 1;

  constructor(options: VirtualClockOptions = {}) {
    this.#wallOffset = options.wallTime ?? DEFAULT_WALL_TIME;
    this.#turns = options.turns ?? DEFAULT_TURNS;
  }

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  /** Unix milliseconds. Moves together with `now()`, and alone with `stepWall()`. */
  wallTime(): number {
    return this.#wallOffset + this.#now;
  }

  /** The number of timers that are set. After `client.close()` it is 0. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /**
   * Calls back once, after `delay` milliseconds.
   * @throws RangeError for a delay that is not a finite number
   */
  setTimer(callback: () => void, delay: number): VirtualTimer {
    return this.#set(this.#timers, callback, delay);
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as VirtualTimer | undefined);
    this.#arrivals.delete(timer as VirtualTimer | undefined);
  }

  /**
   * For a simulated network: calls back when data arrives from outside. An arrival does not count in `pendingTimers`,
   * is not throttled, and after a `jump()` comes after the overdue timers, as socket data does in Node.
   */
  setArrival(callback: () => void, delay: number): VirtualTimer {
    return this.#set(this.#arrivals, callback, delay);
  }

  /** For a simulated network, inside a callback: `count` more events arrived with this one. Each gets its turns. */
  alsoArrived(count: number): void {
    this.#eventCount += count;
  }

  /**
   * Moves time forward by `ms` milliseconds and fires every timer that is due on the way.
   * @throws what the callback of a timer throws; later timers have then not fired
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

  /**
   * Moves time forward, timer by timer, until a promise settles. Time then stands where the promise settled.
   *
   * @param limit - milliseconds that may pass at most: a client that sends pings always has a timer
   * @returns what the promise resolves to
   * @throws what the promise rejects with
   * @throws Error when the promise is pending and no timer is left, or `limit` has passed
   * @throws the same as `advance()`
   *
   * @example
   * ```ts
   * const network = new SimulatedNetwork();
   * new ReferenceServer(network, 'ws://exchange');
   * const client = new WebSocketClient({ url: 'ws://exchange' }, new GenericJsonHandler(), network.runtime());
   * await network.clock.until(client.connect());
   * const trades = await network.clock.until(client.subscribe('trades.BTC'));
   * ```
   */
  async until<T>(promise: PromiseLike<T>, limit = DAY): Promise<T> {
    let isSettled = false;
    const settled = () => {
      isSettled = true;
    };
    promise.then(settled, settled);
    await this.#move(async () => {
      const end = this.#now + limit;
      while (!isSettled) {
        const next = this.#next(end);
        if (!next) throw new Error(this.#whyPending(limit));
        this.#now = Math.max(this.#now, next.at);
        await this.#fire(next.queue, next.timer);
      }
    });
    return promise;
  }

  /** Fires every timer that is due now. */
  settle(): Promise<void> {
    return this.advance(0);
  }

  /**
   * Moves time forward by `ms` milliseconds as if the machine slept or its event loop was blocked. Overdue timers fire
   * late, at the end; after them come the arrivals from outside.
   * @throws the same as `advance()`
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
   * Lets timers fire only at multiples of `grid` milliseconds, as browsers do in hidden pages: 1 000, and after some
   * minutes 60 000. With 0 timers fire at their due times again.
   */
  throttle(grid: number): void {
    this.#grid = grid;
  }

  /**
   * Moves the wall clock by `ms` milliseconds, back with a negative number. It does not change `now()` or any timer.
   */
  stepWall(ms: number): void {
    this.#wallOffset += ms;
  }

  #set(queue: VirtualTimers, callback: () => void, delay: number): VirtualTimer {
    if (!Number.isFinite(delay)) throw new RangeError(`A timer cannot wait for ${delay} ms. Pass a finite number.`);
    const due = this.#now + Math.max(0, delay);
    // Real time goes on, so that no wait comes again for ever: a delay that is lost in rounding moves the clock, too.
    const at = due > this.#now || delay <= 0 ? due : this.#now * (1 + Number.EPSILON);
    const timer = { due: at, sequence: this.#sequence++, callback, index: -1 };
    queue.add(timer);
    return timer;
  }

  /** The next timer or arrival that is due until `end`. */
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

  #whyPending(limit: number): string {
    return this.#next(Infinity)
      ? `The promise is still pending after ${limit} ms of virtual time. Pass a longer limit, or find out what it waits for.`
      : 'The promise is still pending, and no timer is left that could settle it. Settle it, or set a timer, before until().';
  }

  #firesAt({ due }: VirtualTimer): number {
    return this.#grid > 0 ? Math.ceil(due / this.#grid) * this.#grid : due;
  }

  #isOverdue(timer: VirtualTimer, last: number): boolean {
    return timer.sequence < last && this.#firesAt(timer) <= this.#now;
  }

  #fire(queue: VirtualTimers, timer: VirtualTimer): Promise<void> {
    queue.delete(timer);
    this.#eventCount = 1;
    timer.callback();
    return pass(this.#turns * this.#eventCount);
  }

  async #move(action: () => Promise<void>): Promise<void> {
    if (this.#moving)
      throw new Error('This clock is already moving. Await advance(), until() or jump() before you call it again.');
    this.#moving = true;
    try {
      await pass(this.#turns);
      await action();
    } finally {
      this.#moving = false;
    }
  }
}
