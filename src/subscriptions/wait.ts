import type { Delivery } from '../errors.js';
import type { Expirable } from '../util/deadline-queue.js';

/** A subscriber whose call waits. */
export interface Waiting {
  /** The time is over: `duration` milliseconds have passed. */
  expire(duration: number, delivery: Delivery): void;
}

/** One limit of the time that a subscriber waits. */
export class Wait implements Expirable {
  deadline = 0;
  isQueued = false;
  /** `unsent` while the subscriber waits for its frame to be written, `unknown` while it waits for the answer. */
  readonly delivery: Delivery;
  readonly #subscriber: Waiting;
  readonly #duration: number;

  constructor(subscriber: Waiting, duration: number, delivery: Delivery) {
    this.#subscriber = subscriber;
    this.#duration = duration;
    this.delivery = delivery;
  }

  expire(): void {
    this.#subscriber.expire(this.#duration, this.delivery);
  }
}
