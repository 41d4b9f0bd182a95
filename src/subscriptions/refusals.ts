import type { Context } from '../context.js';
import type { AnyTransportError } from '../errors.js';
import { DeadlineQueue, type Expirable } from '../util/deadline-queue.js';
import type { ChangedTopics } from './changed-topics.js';
import type { Subscription } from './subscription.js';

/** Milliseconds: the upper bound of the delay after the first refusal, and of every delay. */
const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 300_000;
/** From so many refusals in a row on, the channels are told, too. */
const TOLD_FROM = 3;

/** Another try for topics that were refused together for now. */
class Retry implements Expirable {
  deadline = 0;
  isQueued = false;
  readonly delay: number;
  readonly #changed: ChangedTopics;
  readonly #subscriptions: Subscription[] = [];

  constructor(changed: ChangedTopics, delay: number) {
    this.#changed = changed;
    this.delay = delay;
  }

  add(subscription: Subscription): void {
    this.#subscriptions.push(subscription);
  }

  expire(): void {
    for (const subscription of this.#subscriptions) {
      subscription.isPostponed = false;
      this.#changed.stage(subscription);
    }
  }
}

/** Topics that the server refused for now: each is asked for again after a delay that grows, also over reconnects. */
export class Refusals {
  readonly #context: Context;
  readonly #changed: ChangedTopics;
  readonly #retries: DeadlineQueue;
  #last: Retry | undefined;

  constructor(context: Context, changed: ChangedTopics) {
    this.#context = context;
    this.#changed = changed;
    this.#retries = new DeadlineQueue(context.runtime.clock);
  }

  /** @param share - from 0 to 1: where in its bounds the delay lies; the same for topics that are to be asked for together */
  postpone(subscription: Subscription, error: AnyTransportError, share: number): void {
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** subscription.refusals);
    subscription.refusals++;
    subscription.isPostponed = true;
    this.#retryAfter((longest / 2) * (1 + share)).add(subscription);
    this.#context.emit('warning', { code: 'subscription-retried', message: error.message, error });
    if (subscription.refusals < TOLD_FROM) return;
    for (const { inlet, isConfirmed } of subscription.subscribers) if (isConfirmed) inlet.report(error);
  }

  /** The client has ended. */
  stop(): void {
    this.#retries.stop();
  }

  /** What has the same random share was refused by the same message. */
  #retryAfter(delay: number): Retry {
    if (this.#last?.isQueued && this.#last.delay === delay) return this.#last;
    this.#last = new Retry(this.#changed, delay);
    this.#retries.add(this.#last, delay);
    return this.#last;
  }
}
