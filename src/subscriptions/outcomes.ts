import type { Context } from '../context.js';
import type { TransportError } from '../errors.js';
import * as texts from '../texts.js';
import { DeadlineQueue, type Expirable } from '../util/deadline-queue.js';
import type { ChangedTopics } from './changed-topics.js';
import type { Delivery } from './delivery.js';
import type { Gaps } from './gaps.js';
import type { Subscription } from './subscription.js';

/** Another try for a topic that was refused for now. */
class Retry implements Expirable {
  deadline = 0;
  isQueued = false;
  readonly #changed: ChangedTopics;
  readonly #subscription: Subscription;

  constructor(changed: ChangedTopics, subscription: Subscription) {
    this.#changed = changed;
    this.#subscription = subscription;
  }

  expire(): void {
    this.#changed.stage(this.#subscription);
  }
}

/** What the subscribers of a topic get when the server accepts the topic, refuses it, or does not answer. */
export class Outcomes {
  readonly #context: Context;
  readonly #changed: ChangedTopics;
  readonly #gaps: Gaps;
  readonly #delivery: Delivery;
  /** Subscribers that wait for a confirmation. */
  readonly #deadlines: DeadlineQueue;
  readonly #retries: DeadlineQueue;

  constructor(context: Context, changed: ChangedTopics, gaps: Gaps, delivery: Delivery, deadlines: DeadlineQueue) {
    this.#context = context;
    this.#changed = changed;
    this.#gaps = gaps;
    this.#delivery = delivery;
    this.#deadlines = deadlines;
    this.#retries = new DeadlineQueue(context.runtime.clock);
  }

  /** New subscribers get their channel; the channels of the others resume after their gap. */
  accepted(subscription: Subscription): void {
    const { subscribers } = subscription;
    this.#gaps.announceConfirmed(subscription);
    for (const subscriber of subscribers) {
      if (subscriber.isConfirmed) {
        this.#gaps.resume(subscriber);
      } else {
        this.#deadlines.delete(subscriber);
        subscriber.confirm();
      }
    }
    this.#delivery.replayEarly();
  }

  /** @param retryable - whether channels that were confirmed before stay, and the topic is asked for again later */
  refused(subscription: Subscription, error: TransportError, retryable: boolean): void {
    for (const subscriber of subscription.subscribers) {
      if (!retryable || !subscriber.isConfirmed) subscriber.fail(error);
    }
    this.#delivery.replayEarly();
    if (!subscription.isWanted) return;
    this.#context.emit('warning', { code: 'subscription-retried', message: error.message, error });
    this.#retries.add(new Retry(this.#changed, subscription), this.#context.config.reconnectMinUptime);
  }

  /** The topic is ended at the server and asked for anew: what comes between the two is lost. */
  unanswered(subscription: Subscription): void {
    if (!subscription.isWanted) return;
    this.#gaps.loseUntilConfirmed(subscription);
    const message = texts.askedAgain(subscription.topic);
    this.#context.emit('warning', { code: 'subscription-unconfirmed', message });
  }

  /** The connection is lost; the next one asks for everything anyway. */
  lost(): void {
    this.#retries.stop();
  }
}
