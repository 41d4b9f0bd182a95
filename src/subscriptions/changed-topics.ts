import type { Context } from '../context.js';
import { Queue } from '../util/queue.js';
import type { Subscription } from './subscription.js';
import type { Operation } from './subscription-states.js';
import type { SubscriptionStore } from './subscription-store.js';
import type { UnansweredFrames } from './unanswered-frames.js';

/** What takes subscription frames when it has room for them. */
export interface SubscriptionOutbox {
  /** There is something to write. */
  pump(): void;
}

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
  readonly #queue = new Queue<Subscription>();
  /** Topics that changed in this tick. */
  #staged: Subscription[] = [];
  #isLive = false;
  /** Bulk changes under way. Their frames wait for the last of them, so that the frames are full. */
  #corks = 0;

  constructor(context: Context, store: SubscriptionStore, unanswered: UnansweredFrames, outbox: SubscriptionOutbox) {
    this.#context = context;
    this.#store = store;
    this.#unanswered = unanswered;
    this.#outbox = outbox;
  }

  /** Whether a frame may have to be built. */
  get hasNext(): boolean {
    return this.#isLive && this.#queue.size > 0;
  }

  /** A new connection is ready: the server knows no topic yet. */
  start(): void {
    this.#isLive = true;
    for (const subscription of this.#store.all()) this.add(subscription);
  }

  /** The connection is lost. */
  stop(): void {
    this.#isLive = false;
    this.#staged = [];
    for (const subscription of this.#queue.waiting) subscription.isChanged = false;
    this.#queue.clear();
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
    if (subscription.isChanged) return;
    subscription.isChanged = true;
    this.#queue.push(subscription);
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
   * @param limit - how many topics a frame may have; a topic that is asked for alone has a frame of its own
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
      operation ??= own;
      if (own && (own !== operation || (subscription.isAlone && subscriptions.length > 0))) {
        passed.push(subscription);
        continue;
      }
      subscription.isChanged = false;
      if (own) isFull = subscriptions.push(subscription) >= limit || subscription.isAlone;
    }
    if (passed.length > 0) this.#queue.unshift(passed);
    return operation && { operation, subscriptions };
  }

  readonly #flush = (): void => {
    if (this.#corks > 0) return;
    for (const subscription of this.#staged) this.add(subscription);
    this.#staged = [];
    if (this.#queue.size > 0) this.#outbox.pump();
  };
}
