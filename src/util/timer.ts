import type { Clock } from '../runtime.js';

/** If a timer fires later than this, in milliseconds, the host stood still, and the socket may hold what came meanwhile. */
export const LATE = 100;

/** A timer that can be started again and stopped. `start()` stops the previous wait. */
export class Timer {
  readonly #clock: Clock;
  #handle: unknown;
  #dueAt: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the timer is running. */
  get active(): boolean {
    return this.#dueAt !== undefined;
  }

  /** Milliseconds until the timer fires; Infinity while it is stopped. */
  get remaining(): number {
    return this.#dueAt === undefined ? Infinity : this.#dueAt - this.#clock.now();
  }

  /**
   * Calls back once, after `delay` milliseconds.
   * @param callback - gets the lateness: milliseconds between the due time and the call
   */
  start(delay: number, callback: (lateness: number) => void): void {
    this.stop();
    const dueAt = this.#clock.now() + delay;
    this.#dueAt = dueAt;
    this.#handle = this.#clock.setTimer(() => {
      // A clock may still fire a timer that was cleared in the same turn.
      if (this.#dueAt !== dueAt) return;
      this.#dueAt = undefined;
      callback(this.#clock.now() - dueAt);
    }, delay);
  }

  /**
   * The same for a verdict about what came in, or did not. After a time in which the host stood still, what waits in the
   * socket comes first: the verdict waits for one more turn of the event loop.
   */
  startPatiently(delay: number, callback: () => void): void {
    this.start(delay, (lateness) => {
      if (lateness > LATE) this.start(0, callback);
      else callback();
    });
  }

  stop(): void {
    if (this.#dueAt === undefined) return;
    this.#dueAt = undefined;
    this.#clock.clearTimer(this.#handle);
  }
}
