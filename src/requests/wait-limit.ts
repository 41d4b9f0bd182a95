import type { Expirable } from '../util/deadline-queue.js';

/** How long a call may wait for its first write. */
export class WaitLimit implements Expirable {
  deadline = 0;
  isQueued = false;
  readonly isUnwritten = true;
  /** Milliseconds. */
  readonly duration: number;
  readonly #call: { waitedTooLong(duration: number): void };

  constructor(duration: number, call: { waitedTooLong(duration: number): void }) {
    this.duration = duration;
    this.#call = call;
  }

  expire(): void {
    this.#call.waitedTooLong(this.duration);
  }
}
