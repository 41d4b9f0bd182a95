import type { RequestId, Topic } from '../identifiers.js';
import type { Sequence } from '../protocol/handler-types.js';
import type { DeadlineQueue } from '../util/deadline-queue.js';
import type { Subscriber } from './subscriber.js';

/**
 * What the server was last told about a topic: nothing, asked for it, confirmed it, or confirmed something that is to be
 * asked for anew.
 */
export type WireState = 'idle' | 'subscribing' | 'subscribed' | 'stale';

const NOBODY: readonly Subscriber[] = [];

/** One subscription on the wire, shared by all channels of its topic. */
export class Subscription {
  /** Canonical. */
  readonly topic: Topic;
  /** As the application called it first. */
  readonly name: Topic;
  params: unknown;
  /** The params that the server was given; they may differ from what is wanted now. */
  sentParams: unknown;
  /** Who wants it; with nobody left it is to be ended. Replaced, never changed, so that listeners may join and leave. */
  subscribers: readonly Subscriber[] = NOBODY;
  wire: WireState = 'idle';
  alias: RequestId | undefined;
  /** Asked for in a frame of its own, because a frame that also named others was refused as a whole. */
  alone = false;
  /** Whether it waits to be compared with what the server knows. */
  isChanged = false;
  /** The request id of the frame that asks for it. */
  requestId: RequestId | undefined;
  sequence: Sequence['current'] | undefined;
  lastUpdateAt = 0;
  /** Told when the server knows nothing of it any more. */
  released: (() => void)[] | undefined;

  constructor(topic: Topic, name: Topic, params: unknown) {
    this.topic = topic;
    this.name = name;
    this.params = params;
  }

  get wanted(): boolean {
    return this.subscribers.length > 0;
  }

  /** Whether it is wanted with other params than the server was given. */
  get isOutdated(): boolean {
    return this.wanted && this.params !== this.sentParams;
  }
}

/**
 * What the application wants against what the server confirmed, topic by topic. A topic is wanted as long as a channel of
 * it lives, whether or not somebody listens at the moment, so it survives any number of drops (S4).
 */
export class SubscriptionStore {
  readonly #byTopic = new Map<Topic, Subscription>();
  readonly #byAlias = new Map<RequestId, Subscription>();
  #wanted = 0;

  /** Topics that are wanted. */
  get wanted(): number {
    return this.#wanted;
  }

  get(topic: Topic): Subscription | undefined {
    return this.#byTopic.get(topic);
  }

  /** By its topic, or by the name that the server gave it. */
  find(name: Topic | RequestId): Subscription | undefined {
    return this.#byTopic.get(name as Topic) ?? this.#byAlias.get(name);
  }

  open(topic: Topic, name: Topic, params: unknown): Subscription {
    let subscription = this.#byTopic.get(topic);
    if (!subscription) {
      subscription = new Subscription(topic, name, params);
      this.#byTopic.set(topic, subscription);
    }
    return subscription;
  }

  join(subscriber: Subscriber): void {
    const { subscription } = subscriber;
    if (!subscription.wanted) this.#wanted++;
    // A spread would leave room for 16 more.
    subscription.subscribers = subscription.wanted ? subscription.subscribers.concat(subscriber) : [subscriber];
    this.tellReleased(subscription);
  }

  /** Takes a subscriber out; true when it was the last one of its topic. */
  leave(subscriber: Subscriber, deadlines: DeadlineQueue): boolean {
    const { subscription } = subscriber;
    const others = subscription.subscribers.filter((other) => other !== subscriber);
    if (others.length === subscription.subscribers.length) return false;
    subscription.subscribers = others;
    deadlines.delete(subscriber);
    if (subscription.wanted) return false;
    this.#wanted--;
    return true;
  }

  setAlias(subscription: Subscription, alias: RequestId): void {
    this.#dropAlias(subscription);
    subscription.alias = alias;
    this.#byAlias.set(alias, subscription);
  }

  /** Those who wait until nobody wants it need not wait any longer: it is gone, or wanted again. */
  tellReleased(subscription: Subscription): void {
    const { released } = subscription;
    subscription.released = undefined;
    for (const tell of released ?? []) tell();
  }

  /** The server knows nothing of it any more; without a subscriber it is forgotten here, too. */
  reset(subscription: Subscription): void {
    subscription.wire = 'idle';
    subscription.requestId = undefined;
    subscription.sequence = undefined;
    this.#dropAlias(subscription);
    if (!subscription.wanted) this.#byTopic.delete(subscription.topic);
    this.tellReleased(subscription);
  }

  /** What there is while the loop runs: those that it resets may go. */
  all(): Iterable<Subscription> {
    return this.#byTopic.values();
  }

  /** A copy, so that listeners may change the store under the loop. */
  values(): Subscription[] {
    return [...this.#byTopic.values()];
  }

  #dropAlias(subscription: Subscription): void {
    if (subscription.alias !== undefined && this.#byAlias.get(subscription.alias) === subscription) {
      this.#byAlias.delete(subscription.alias);
    }
    subscription.alias = undefined;
  }
}
