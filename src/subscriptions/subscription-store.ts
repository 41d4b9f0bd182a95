import type { Context } from '../context.js';
import { ProtocolError } from '../errors.js';
import type { RequestId, Topic } from '../identifiers.js';
import * as texts from '../texts.js';
import { ownText } from '../util/own-text.js';
import { RecentMap } from '../util/recent-map.js';
import type { Subscriber } from './subscriber.js';
import { Subscription } from './subscription.js';
import type { SubscriptionEvent } from './subscription-states.js';

/** Of how many topics the params are remembered. */
const REMEMBERED_TOPICS = 1_024;

/**
 * The subscriptions, by topic and by alias. A topic is wanted as long as a channel of it lives, with or without a listener,
 * so that it survives any number of drops (S4). Each change of a subscription's state goes through `happen()`.
 */
export class SubscriptionStore {
  readonly #context: Context;
  readonly #byTopic = new Map<Topic, Subscription>();
  readonly #byAlias = new Map<RequestId, Subscription>();
  /** The params of topics that were given up without a connection. If the server resumes the session, these params hold. */
  readonly #lastParams = new RecentMap<Topic, unknown>(REMEMBERED_TOPICS);
  #wanted = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** How many topics are wanted. */
  get wanted(): number {
    return this.#wanted;
  }

  /** The topics that are wanted, in the order in which they were first wanted. */
  get wantedTopics(): Topic[] {
    return this.values().flatMap(({ isWanted, topic }) => (isWanted ? topic : []));
  }

  get(topic: Topic): Subscription | undefined {
    return this.#byTopic.get(topic);
  }

  /** Looks up a topic, or the alias of a topic. */
  find(name: Topic | RequestId): Subscription | undefined {
    return this.#byTopic.get(name as Topic) ?? this.#byAlias.get(name);
  }

  open(topic: Topic, name: Topic, params: unknown): Subscription {
    let subscription = this.#byTopic.get(topic);
    if (!subscription) {
      subscription = new Subscription(topic, name, params);
      subscription.sentParams = this.#lastParams.get(topic);
      this.#lastParams.delete(topic);
      this.#byTopic.set(topic, subscription);
    }
    return subscription;
  }

  join(subscription: Subscription, subscriber: Subscriber): void {
    if (!subscription.isWanted) this.#wanted++;
    // A spread would leave room for 16 more.
    subscription.subscribers = subscription.isWanted ? subscription.subscribers.concat(subscriber) : [subscriber];
    subscription.release();
  }

  /** Takes a subscriber out; true for the last one of its topic. */
  leave(subscription: Subscription, subscriber: Subscriber): boolean {
    const others = subscription.subscribers.filter((other) => other !== subscriber);
    if (others.length === subscription.subscribers.length) return false;
    subscription.subscribers = others;
    if (subscription.isWanted) return false;
    this.#wanted--;
    if (subscription.state === 'idle') {
      this.#keepParams(subscription);
      this.#forget(subscription);
    }
    return true;
  }

  setAlias(subscription: Subscription, name: RequestId): void {
    const alias = ownText(name);
    this.#dropAlias(subscription);
    subscription.alias = alias;
    this.#byAlias.set(alias, subscription);
  }

  /** Carries out an event of the table in subscription-states.ts. */
  happen(subscription: Subscription, event: SubscriptionEvent): void {
    if (!subscription.happen(event)) {
      const { state, topic } = subscription;
      this.#context.emit('error', new ProtocolError(texts.defect(`'${event}' happened to ${topic} while ${state}`)));
    } else if (subscription.state === 'idle') {
      if (event === 'lost') this.#keepParams(subscription);
      this.#forget(subscription);
    }
  }

  /** All subscriptions, as they are while the loop runs: an event may remove the one at hand. */
  all(): Iterable<Subscription> {
    return this.#byTopic.values();
  }

  /** A copy, so that listeners may change the store during the loop. */
  values(): Subscription[] {
    return [...this.#byTopic.values()];
  }

  /** The server knows nothing of the topic. Without a subscriber the store forgets the topic, too. */
  #forget(subscription: Subscription): void {
    this.#dropAlias(subscription);
    if (!subscription.isWanted) this.#byTopic.delete(subscription.topic);
    subscription.release();
  }

  #keepParams({ isWanted, sentParams, topic }: Subscription): void {
    if (!isWanted && sentParams !== undefined) this.#lastParams.remember(topic, sentParams);
  }

  #dropAlias(subscription: Subscription): void {
    const { alias } = subscription;
    if (alias === undefined) return;
    if (this.#byAlias.get(alias) === subscription) this.#byAlias.delete(alias);
    subscription.formerAlias = alias;
    subscription.alias = undefined;
  }
}
