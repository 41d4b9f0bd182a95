import type { Clock } from '../runtime.js';

/** One timer that can be started again and stopped; starting it stops what it waited for. */
export class Timer {
  readonly #clock: Clock;
  #handle: unknown;
  #dueAt: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get active(): boolean {
    return this.#dueAt !== undefined;
  }

  /** Milliseconds until it fires; Infinity while it is stopped. */
  get remaining(): number {
    return this.#dueAt === undefined ? Infinity : this.#dueAt - this.#clock.now();
  }

  /** @param callback - is told by how many milliseconds it is called late */
  start(delay: number, callback: (lateness: number) => void): void {
    this.stop();
    const dueAt = this.#clock.now() + delay;
    this.#dueAt = dueAt;
    this.#handle = this.#clock.setTimer(() => {
      // A clock may fire a timer that was cleared in the same turn.
      if (this.#dueAt !== dueAt) return;
      this.#dueAt = undefined;
      callback(this.#clock.now() - dueAt);
    }, delay);
  }

  stop(): void {
    if (this.#dueAt === undefined) return;
    this.#dueAt = undefined;
    this.#clock.clearTimer(this.#handle);
  }
}
