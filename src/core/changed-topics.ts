import type { Operation } from './subscription-frames.js';
import type { Subscription } from './subscription-store.js';

/** What one frame is to ask for. */
export interface Change {
  readonly operation: Operation;
  readonly subscriptions: readonly Subscription[];
}

/** Topics of which the server may know something else than what is wanted: each once, in the order in which they changed. */
export class ChangedTopics {
  #queue: Subscription[] = [];
  /** The index of the first that waits: taking it out would move all the others. */
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#queue.length;
  }

  add(subscription: Subscription): void {
    if (subscription.isChanged) return;
    subscription.isChanged = true;
    this.#queue.push(subscription);
  }

  clear(): void {
    for (let index = this.#head; index < this.#queue.length; index++) this.#at(index).isChanged = false;
    this.#queue = [];
    this.#head = 0;
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
    let operation = preferred && this.#queue.slice(this.#head).some(isPreferred) ? preferred : undefined;
    for (let isFull = false; !isFull && !this.isEmpty; ) {
      const subscription = this.#at(this.#head++);
      const wish = wishOf(subscription);
      operation ??= wish;
      if (wish && (wish !== operation || (subscription.alone && subscriptions.length > 0))) {
        passed.push(subscription);
        continue;
      }
      subscription.isChanged = false;
      if (wish) isFull = subscriptions.push(subscription) >= limit || subscription.alone;
    }
    for (const subscription of passed.reverse()) this.#queue[--this.#head] = subscription;
    if (this.isEmpty) this.clear();
    return operation && { operation, subscriptions };
  }

  #at(index: number): Subscription {
    return this.#queue[index] as Subscription;
  }
}
