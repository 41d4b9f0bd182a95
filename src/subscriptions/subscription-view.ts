import type { RequestId, Topic } from '../identifiers.js';
import type { SubscriptionContext } from '../protocol/handler-types.js';
import type { Subscription } from './subscription.js';
import type { SubscriptionStore } from './subscription-store.js';

/** The ids that the client gives to its requests. */
export interface RequestIds {
  /** Returns an id that was never used before. */
  next(): RequestId;
  /** Whether an answer may still come under an id. */
  isUsed(id: RequestId): boolean;
  /** This client uses an id. */
  note(id: RequestId): void;
}

const NOTHING: readonly Subscription[] = [];

/** What a handler may ask while it builds a frame. */
export class SubscriptionView implements SubscriptionContext {
  readonly #store: SubscriptionStore;
  readonly #ids: RequestIds;
  readonly #which: 'params' | 'sentParams';
  /** The topics of the frame. Handlers ask for their params in this order, so that most need no lookup. */
  #expected = NOTHING;
  #next = 0;

  /** @param which - the params that are wanted, or the params that the server was given and is to forget now */
  constructor(store: SubscriptionStore, ids: RequestIds, which: 'params' | 'sentParams') {
    this.#store = store;
    this.#ids = ids;
    this.#which = which;
  }

  /** A frame for these topics is about to be built. */
  expect(subscriptions: readonly Subscription[]): void {
    this.#expected = subscriptions;
    this.#next = 0;
  }

  get wanted(): readonly Topic[] {
    return this.#store.wantedTopics;
  }

  readonly newRequestId = (): RequestId => this.#ids.next();

  readonly params = (topic: Topic): unknown => {
    const next = this.#expected[this.#next];
    if (next?.topic !== topic) return this.#store.get(topic)?.[this.#which];
    this.#next++;
    return next[this.#which];
  };

  readonly alias = (topic: Topic): RequestId | undefined => this.#store.get(topic)?.alias;

  readonly setAlias = (topic: Topic, alias: RequestId): void => {
    const subscription = this.#store.get(topic);
    if (subscription) this.#store.setAlias(subscription, alias);
  };
}
