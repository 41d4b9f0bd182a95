import { Queue } from '../util/queue.js';
import type { Operation } from './frame-builder.js';
import type { Subscription } from './subscription-store.js';

/** What one frame is to ask for. */
export interface Change {
  readonly operation: Operation;
  readonly subscriptions: readonly Subscription[];
}

/** Topics of which the server may know something else than what is wanted: each once, in the order in which they changed. */
export class ChangedTopics {
  readonly #queue = new Queue<Subscription>();

  get isEmpty(): boolean {
    return this.#queue.size === 0;
  }

  add(subscription: Subscription): void {
    if (subscription.isChanged) return;
    subscription.isChanged = true;
    this.#queue.push(subscription);
  }

  clear(): void {
    for (const subscription of this.#queue.waiting) subscription.isChanged = false;
    this.#queue.clear();
  }

  /**
   * Takes out those at the front that fit into one frame, and those on the way for which nothing is to be done.
   * @param limit - topics of one frame; one that is asked for alone shares it with nobody
   * @param wishOf - what is to be done for a topic
   * @param preferred - what goes first, wherever it stands
   */
  take(
    limit: number,
    wishOf: (subscription: Subscription) => Operation | undefined,
    preferred?: Operation,
  ): Change | undefined {
    const subscriptions: Subscription[] = [];
    const passed: Subscription[] = [];
    const isPreferred = (subscription: Subscription) => wishOf(subscription) === preferred;
    let operation = preferred && this.#queue.waiting.some(isPreferred) ? preferred : undefined;
    for (let isFull = false; !isFull; ) {
      const subscription = this.#queue.shift();
      if (!subscription) break;
      const wish = wishOf(subscription);
      operation ??= wish;
      if (wish && (wish !== operation || (subscription.alone && subscriptions.length > 0))) {
        passed.push(subscription);
        continue;
      }
      subscription.isChanged = false;
      if (wish) isFull = subscriptions.push(subscription) >= limit || subscription.alone;
    }
    if (passed.length > 0) this.#queue.unshift(passed);
    return operation && { operation, subscriptions };
  }
}
