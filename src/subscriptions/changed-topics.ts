import type { Context } from '../context.js';
import { Queue } from '../util/queue.js';
import type { Subscription } from './subscription.js';
import type { Operation } from './subscription-states.js';
import type { SubscriptionStore } from './subscription-store.js';
import type { SubscriptionOutbox, Suspects } from './suspects.js';
import type { UnansweredFrames } from './unanswered-frames.js';

/** How many topics that do not fit into a frame are looked at to fill it. Topics of several kinds often come by turns. */
const MOST_PASSED = 1_000;

/** What one frame is to ask for. */
export interface Change {
  readonly operation: Operation;
  readonly subscriptions: readonly Subscription[];
}

/**
 * Topics of which the server may know something else than what is wanted: each once, in the order in which they changed. A
 * topic is looked at when the tick is over, so that calls that cancel out within one tick send nothing (S2).
 */
export class ChangedTopics {
  readonly #context: Context;
  readonly #store: SubscriptionStore;
  readonly #unanswered: UnansweredFrames;
  readonly #outbox: SubscriptionOutbox;
  readonly #suspects: Suspects;
  readonly #queue = new Queue<Subscription>();
  /** Topics that were refused for now and are due: after all others, and never with them in one frame. */
  readonly #refused = new Queue<Subscription>();
  /** Topics that changed in this tick. */
  #staged: Subscription[] = [];
  #isLive = false;
  /** Bulk changes under way. Their frames wait for the last of them, so that the frames are full. */
  #corks = 0;

  constructor(
    context: Context,
    store: SubscriptionStore,
    unanswered: UnansweredFrames,
    outbox: SubscriptionOutbox,
    suspects: Suspects,
  ) {
    this.#context = context;
    this.#store = store;
    this.#unanswered = unanswered;
    this.#outbox = outbox;
    this.#suspects = suspects;
  }

  /** Whether a frame may have to be built. */
  get hasNext(): boolean {
    return this.#isLive && (this.#queue.size > 0 || this.#refused.size > 0 || this.#suspects.hasNext);
  }

  /** Whether a connection is ready. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** A new connection is ready: the server knows no topic yet, unless it resumed the session. */
  start(): void {
    this.#isLive = true;
    for (const subscription of this.#store.all()) this.add(subscription);
  }

  /** The connection is lost. */
  stop(): void {
    this.#isLive = false;
    this.#staged = [];
    for (const queue of [this.#queue, this.#refused]) {
      for (const subscription of queue.waiting) subscription.waits = undefined;
      queue.clear();
    }
  }

  /** Looks at a topic when the tick is over. */
  stage(subscription: Subscription): void {
    if (!this.#isLive) return;
    if (this.#staged.length === 0) queueMicrotask(this.#flush);
    this.#staged.push(subscription);
  }

  /** What the server has of a topic is not what is wanted: the topic is ended there and asked for anew. */
  renew(subscription: Subscription): void {
    if (subscription.state === 'idle' || !subscription.canBeEnded(this.#context.handler.serverChoosesTopics)) return;
    this.#unanswered.giveUp(subscription);
    this.#store.happen(subscription, 'outdated');
    this.stage(subscription);
  }

  /** Looks at a topic with the next frame. */
  add(subscription: Subscription): void {
    if (subscription.waits) return;
    subscription.waits = 'line';
    this.#queue.push(subscription);
  }

  /** The server still sends a topic. The topic is not asked for again, so it is not set aside any more. */
  resumed(subscription: Subscription): void {
    if (subscription.waits === 'aside') subscription.waits = undefined;
  }

  /** Holds changes back until `uncork()`. */
  cork(): void {
    this.#corks++;
  }

  uncork(): void {
    this.#corks--;
    this.#flush();
  }

  /**
   * Takes out the first topics that fit into one frame, and the topics before them that need nothing.
   * @param limit - how many topics a frame may have; a group has a frame of its own
   * @param preferred - what goes first, wherever it stands
   */
  take(limit: number, preferred?: Operation): Change | undefined {
    const { serverChoosesTopics } = this.#context.handler;
    const subscriptions: Subscription[] = [];
    const passed: Subscription[] = [];
    const isPreferred = (subscription: Subscription) => subscription.operation(serverChoosesTopics) === preferred;
    let operation = preferred && this.#queue.waiting.some(isPreferred) ? preferred : undefined;
    for (let isFull = false; !isFull; ) {
      const subscription = this.#queue.shift();
      if (!subscription) break;
      const own = subscription.operation(serverChoosesTopics);
      if (own === 'subscribe' && this.#setAside(subscription)) continue;
      operation ??= own;
      if (own && own !== operation) {
        passed.push(subscription);
        continue;
      }
      if (own && subscriptions[0] && !subscriptions[0].fitsWith(subscription)) {
        passed.push(subscription);
        if (subscriptions[0].group !== subscription.group || passed.length > MOST_PASSED) break;
        continue;
      }
      subscription.waits = undefined;
      if (own) isFull = subscriptions.push(subscription) >= limit;
    }
    if (passed.length > 0) this.#queue.unshift(passed);
    return operation ? { operation, subscriptions } : this.#takeLast(limit);
  }

  /** Whether a topic is to be asked for later than the others. */
  #setAside(subscription: Subscription): boolean {
    if (subscription.isPostponed && !subscription.isSuspect) {
      subscription.waits = undefined;
      return true;
    }
    if (!subscription.isSuspect && subscription.refusals === 0) return false;
    subscription.waits = 'aside';
    if (subscription.isSuspect) this.#suspects.add(subscription);
    else this.#refused.push(subscription);
    return true;
  }

  /** What is asked for after all others. */
  #takeLast(limit: number): Change | undefined {
    const operation = 'subscribe';
    const subscriptions: Subscription[] = [];
    while (subscriptions.length < limit) {
      const subscription = this.#refused.shift();
      if (!subscription) break;
      if (subscription.waits !== 'aside') continue;
      if (subscriptions[0] && !subscriptions[0].fitsWith(subscription)) {
        this.#refused.unshift([subscription]);
        break;
      }
      subscription.waits = undefined;
      if (subscription.operation(undefined) === operation) subscriptions.push(subscription);
    }
    if (subscriptions.length > 0) return { operation, subscriptions };
    return this.#suspects.hasNext ? { operation, subscriptions: this.#suspects.take(limit) } : undefined;
  }

  readonly #flush = (): void => {
    if (this.#corks > 0) return;
    for (const subscription of this.#staged) this.add(subscription);
    this.#staged = [];
    if (this.hasNext) this.#outbox.pump();
  };
}
