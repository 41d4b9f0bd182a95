import type { Clock } from '../runtime.js';

/** The longest delay of `setTimeout` in milliseconds. With a longer delay it fires at once. */
const LONGEST = 2 ** 31 - 1;
/** Hosts count whole milliseconds, so that a timer may fire up to one millisecond early. */
const ROUNDING = 1;
/**
 * Steps of time in one millisecond. A power of two, so that sums and differences of times and whole milliseconds are exact: a
 * test that moves time by exactly 30 000 gets the timeout of 30 000.
 */
const STEPS = 1_024;

/** The functions of the host when they were last used. */
interface Host {
  readonly set: typeof setTimeout;
  readonly clear: typeof clearTimeout;
  readonly now: () => number;
}
let host: Host | undefined;
const running = new Set<SystemTimer>();
/** The latest time that was told. */
let latest = 0;
/** Added to `performance.now()`. */
let offset = 0;

/**
 * Milliseconds that never decrease, and that are never behind a timer that has fired: some fake timers replace `setTimeout`
 * and leave `performance` as it is.
 */
function now(): number {
  if (host?.set !== setTimeout) followHost();
  tell(performance.now() + offset);
  return latest;
}

function tell(time: number): void {
  latest = Math.max(latest, Math.round(time * STEPS) / STEPS);
}

/**
 * Fake timers and polyfills replace the functions of the host, and take them away again. This clock then continues from the
 * last time that it returned. Every timer waits for the rest of its delay, with the functions that the host has now.
 */
function followHost(): void {
  const left = host;
  host = { set: setTimeout, clear: clearTimeout, now: performance.now.bind(performance) };
  if (!left) return;
  tell(left.now() + offset);
  offset = latest - performance.now();
  for (const timer of running) timer.move(left);
}

/**
 * The clock of a real host. Globals are looked up at each call, so that fake timers and polyfills work even if they are
 * installed after this module was loaded.
 */
export const systemClock: Clock = {
  now,
  wallTime: () => Date.now(),
  setTimer: (callback, delay) => new SystemTimer(callback, delay),
  clearTimer: (timer) => {
    if (timer instanceof SystemTimer) timer.clear();
  },
};

/** One timer of any length. It uses several host timers if one is not enough. */
class SystemTimer {
  readonly #callback: () => void;
  readonly #due: number;
  /** When the timer of the host is to fire: by this clock, and by `performance.now()`. */
  #wakeAt = 0;
  #hostWakesAt = 0;
  #firedEarly = false;
  #handle: ReturnType<typeof setTimeout> | undefined;

  constructor(callback: () => void, delay: number) {
    this.#callback = callback;
    this.#due = Math.ceil((now() + delay) * STEPS) / STEPS;
    this.#arm();
    running.add(this);
  }

  clear(): void {
    if (!running.delete(this)) return;
    if (host?.set !== setTimeout) followHost();
    clearTimeout(this.#handle);
  }

  /** Goes on with the rest of the wait on the functions that the host has now. */
  move(left: Host): void {
    left.clear.call(globalThis, this.#handle);
    this.#arm();
  }

  #arm(): void {
    const wait = Math.min(Math.max(this.#due - latest, 0), LONGEST);
    this.#wakeAt = latest + wait;
    this.#hostWakesAt = performance.now() + wait;
    this.#handle = setTimeout(() => this.#fire(), Math.ceil(wait));
  }

  #fire(): void {
    const left = this.#hostWakesAt - performance.now();
    if (now() < this.#wakeAt && left <= ROUNDING && !this.#firedEarly) {
      this.#firedEarly = true;
      return this.#arm();
    }
    // The host has waited, so the time has passed, whatever its clock says.
    tell(this.#wakeAt);
    if (latest < this.#due) return this.#arm();
    running.delete(this);
    this.#callback();
  }
}
