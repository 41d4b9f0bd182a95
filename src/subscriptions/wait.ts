import type { Delivery } from '../errors.js';
import type { Expirable } from '../util/deadline-queue.js';

/** A subscriber whose call waits. */
export interface Waiting {
  /**
   * The time is over: `duration` milliseconds have passed.
   * @param unknown - how many frames came meanwhile that the handler did not know
   */
  expire(duration: number, delivery: Delivery, unknown: number): void;
}

/** Counts the frames that the handler did not know. */
export interface UnknownFrames {
  readonly unknown: number;
}

/** One limit of the time that a subscriber waits. */
export class Wait implements Expirable {
  deadline = 0;
  isQueued = false;
  /** `unsent` while the subscriber waits for its frame to be written, `unknown` while it waits for the answer. */
  readonly delivery: Delivery;
  readonly #subscriber: Waiting;
  readonly #duration: number;
  readonly #frames: UnknownFrames;
  readonly #unknownBefore: number;

  constructor(subscriber: Waiting, duration: number, delivery: Delivery, frames: UnknownFrames) {
    this.#frames = frames;
    this.#unknownBefore = frames.unknown;
    this.#subscriber = subscriber;
    this.#duration = duration;
    this.delivery = delivery;
  }

  get isUnwritten(): boolean {
    return this.delivery === 'unsent';
  }

  expire(): void {
    this.#subscriber.expire(this.#duration, this.delivery, this.#frames.unknown - this.#unknownBefore);
  }
}
