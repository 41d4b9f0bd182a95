import type { RequestId, Topic } from '../identifiers.js';
import type { Expirable } from '../util/deadline-queue.js';
import type { Subscription } from './subscription-store.js';

/**
 * One subscribe frame and the topics of it that the server has not acknowledged. Those that were given up meanwhile keep
 * their place: acknowledgements without an id come in the order of the frames, and theirs comes before that of the next
 * frame that asks for the same topic.
 */
export class Batch implements Expirable {
  readonly requestId: RequestId;
  /** Counts the batches of this client. */
  readonly number: number;
  /** How many of its open topics are not given up. */
  awaited: number;
  /** The server said something about one of its topics. */
  isAnswered = false;
  deadline = 0;
  isQueued = false;
  readonly #subscriptions: readonly Subscription[];
  /** By topic, once the server answers topic by topic: most frames are answered as a whole. */
  #open: Map<Topic, Subscription> | undefined;
  readonly #onExpired: () => void;

  constructor(requestId: RequestId, number: number, subscriptions: readonly Subscription[], onExpired: () => void) {
    this.requestId = requestId;
    this.number = number;
    this.awaited = subscriptions.length;
    this.#subscriptions = subscriptions;
    this.#onExpired = onExpired;
  }

  /** How many topics the frame names. */
  get size(): number {
    return this.#subscriptions.length;
  }

  /** Those that are not acknowledged, in the order of the frame. */
  get open(): readonly Subscription[] {
    return this.#open ? [...this.#open.values()] : this.#subscriptions;
  }

  get(topic: Topic): Subscription | undefined {
    return this.#byTopic.get(topic);
  }

  /** A topic is acknowledged; true when it was the last one. */
  strike(topic: Topic): boolean {
    this.#byTopic.delete(topic);
    return this.#byTopic.size === 0;
  }

  /** Whether this frame is the one that is to bring a topic: it may have been given up, and asked for by another since. */
  awaits({ requestId }: Subscription): boolean {
    return requestId === this.requestId;
  }

  expire(): void {
    this.#onExpired();
  }

  get #byTopic(): Map<Topic, Subscription> {
    this.#open ??= new Map(this.#subscriptions.map((subscription) => [subscription.topic, subscription]));
    return this.#open;
  }
}
