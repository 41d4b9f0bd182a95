import type { Delivery } from '../errors.js';
import type { Clock } from '../runtime.js';
import { DeadlineQueue } from '../util/deadline-queue.js';
import type { Subscriber } from './subscriber.js';
import type { Subscription } from './subscription.js';
import { type UnknownFrames, Wait } from './wait.js';

/**
 * How long unconfirmed subscribers wait. `maxWait` limits the time until the first write of a subscribe frame. `timeout`
 * limits the time from the write to the answer, while the connection lives; it starts anew on another connection.
 */
export class Waits {
  readonly #deadlines: DeadlineQueue;
  readonly #frames: UnknownFrames;

  constructor(clock: Clock, frames: UnknownFrames) {
    this.#frames = frames;
    this.#deadlines = new DeadlineQueue(clock);
  }

  /** A subscriber waits for the confirmation of its topic. */
  start(subscription: Subscription, subscriber: Subscriber): void {
    if (subscription.isWritten) this.#begin(subscriber, subscriber.timeout, 'unknown');
    else this.#begin(subscriber, subscriber.maxWait, 'unsent');
  }

  /** The subscribe frame of a topic was written. */
  written(subscription: Subscription): void {
    subscription.isWritten = true;
    for (const subscriber of subscription.subscribers) {
      if (!subscriber.isConfirmed && subscriber.wait?.delivery !== 'unknown') {
        this.#begin(subscriber, subscriber.timeout, 'unknown');
      }
    }
  }

  /** The connection is lost, and with it the answer. Without a connection a written call waits without a limit. */
  lost(subscription: Subscription): void {
    for (const subscriber of subscription.subscribers) {
      if (subscriber.wait?.delivery === 'unknown') this.end(subscriber);
    }
  }

  end(subscriber: Subscriber): void {
    if (subscriber.wait) this.#deadlines.delete(subscriber.wait);
    subscriber.wait = undefined;
  }

  /** Ends the calls that have waited for longer than `maxWait`, also where no timer has told. */
  sweep(): void {
    this.#deadlines.sweep();
  }

  /** The client has ended. */
  stop(): void {
    this.#deadlines.stop();
  }

  #begin(subscriber: Subscriber, duration: number | undefined, delivery: Delivery): void {
    this.end(subscriber);
    subscriber.delivery = delivery;
    // Most calls have no `maxWait`.
    if (duration === undefined || duration === Infinity) return;
    subscriber.wait = new Wait(subscriber, duration, delivery, this.#frames);
    this.#deadlines.add(subscriber.wait, duration);
  }
}
