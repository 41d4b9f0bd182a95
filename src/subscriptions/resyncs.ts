import type { Clock } from '../runtime.js';
import { DeadlineQueue, type Expirable } from '../util/deadline-queue.js';
import { Deferred } from '../util/deferred.js';
import type { ChangedTopics } from './changed-topics.js';
import type { Gaps } from './gaps.js';
import type { ResyncRecord } from './resync-record.js';
import type { Subscription } from './subscription.js';
import { notHeld } from './subscription-errors.js';

/** Milliseconds between the first resync of a topic and the second; doubled for each further one. */
const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 30_000;
/** After so many milliseconds without a resync, the delays start anew. */
const CALM = 60_000;

/** The resync of a topic that waits for its time. */
class NextResync extends Deferred<void> implements Expirable {
  deadline = 0;
  isQueued = false;
  readonly #resyncs: Resyncs;
  readonly #subscription: Subscription;

  constructor(resyncs: Resyncs, subscription: Subscription) {
    super();
    this.#resyncs = resyncs;
    this.#subscription = subscription;
  }

  expire(): void {
    this.#resyncs.due(this.#subscription);
  }
}

/** Asks the server anew for topics whose state is stale, with a damper: a state that never fits makes no storm of frames. */
export class Resyncs {
  readonly #clock: Clock;
  readonly #changed: ChangedTopics;
  readonly #gaps: Gaps;
  readonly #deadlines: DeadlineQueue;

  constructor(clock: Clock, changed: ChangedTopics, gaps: Gaps) {
    this.#clock = clock;
    this.#changed = changed;
    this.#gaps = gaps;
    this.#deadlines = new DeadlineQueue(clock);
  }

  /** Resyncs a topic now, or when the damper allows it; resolves with the confirmation. */
  request(subscription: Subscription): Promise<void> {
    subscription.resyncs ??= { lastAt: -Infinity, delay: 0, next: undefined, running: [], unmetBy: -1 };
    const record = subscription.resyncs;
    if (record.next) return record.next.promise;
    const sinceLast = this.#clock.now() - record.lastAt;
    if (sinceLast >= CALM) record.delay = 0;
    const delay = sinceLast >= CALM ? 0 : record.delay - sinceLast;
    const next = new NextResync(this, subscription);
    // Without a connection the resubscription does it.
    if (subscription.state === 'idle' || delay <= 0) {
      record.running.push(next);
      if (subscription.state === 'subscribed') this.#run(subscription, record);
      else if (subscription.hasDelivered) this.#awaitConfirmation(subscription, record);
    } else {
      record.next = next;
      this.#deadlines.add(next, delay);
    }
    return next.promise;
  }

  /** The time of the next resync has come. */
  due(subscription: Subscription): void {
    const { resyncs } = subscription;
    if (!resyncs?.next) return;
    resyncs.running.push(resyncs.next);
    resyncs.next = undefined;
    if (subscription.state === 'subscribed') this.#run(subscription, resyncs);
  }

  /** The session goes on with a topic. If a resync was asked for meanwhile, that resync is still due. */
  resumed({ asks, resyncs }: Subscription): void {
    if (resyncs && resyncs.running.length > 0) resyncs.unmetBy = asks;
  }

  /** The server confirmed a topic, or its session goes on. If a resync is still due, the resync begins. Returns whether it did. */
  takeUnmet(subscription: Subscription): boolean {
    const { asks, resyncs } = subscription;
    if (!resyncs || resyncs.unmetBy !== asks || resyncs.running.length === 0) return false;
    this.#run(subscription, resyncs);
    return true;
  }

  /** The server confirmed a topic. */
  confirmed({ resyncs }: Subscription): void {
    for (const call of resyncs?.running.splice(0) ?? []) call.resolve();
  }

  /** The connection is lost: the resubscription does what waits. */
  lost({ resyncs }: Subscription): void {
    if (!resyncs?.next) return;
    this.#deadlines.delete(resyncs.next);
    resyncs.running.push(resyncs.next);
    resyncs.next = undefined;
  }

  /** Nobody holds the topic any more. */
  ended(subscription: Subscription, error?: Error): void {
    this.lost(subscription);
    const calls = subscription.resyncs?.running.splice(0) ?? [];
    if (calls.length === 0) return;
    const reason = error ?? notHeld(subscription.topic);
    for (const call of calls) call.reject(reason);
  }

  /** The client has ended. */
  stop(): void {
    this.#deadlines.stop();
  }

  /** The frame on its way has brought updates already. Its confirmation does not bring what these updates lack. */
  #awaitConfirmation(subscription: Subscription, record: ResyncRecord): void {
    record.unmetBy = subscription.asks;
    this.#gaps.loseUntilConfirmed(subscription);
  }

  #run(subscription: Subscription, record: ResyncRecord): void {
    record.lastAt = this.#clock.now();
    record.delay = Math.min(LONGEST_DELAY, Math.max(FIRST_DELAY, 2 * record.delay));
    this.#gaps.loseUntilConfirmed(subscription);
    this.#changed.renew(subscription);
  }
}
