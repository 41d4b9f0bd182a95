import type { Context } from '../context.js';
import { MessageTooLargeError } from '../errors.js';
import type { RequestId, Topic } from '../identifiers.js';
import { byteLength, listFrames } from '../protocol/frames.js';
import type { Frame, SubscriptionContext } from '../protocol/handler-types.js';
import type { Subscription, SubscriptionStore } from './subscription-store.js';

export type Operation = 'subscribe' | 'unsubscribe';

/** What one request id stands for on the wire: as many topics as fit, in one frame or in several. */
export interface SubscriptionFrame {
  readonly requestId: RequestId;
  readonly subscriptions: readonly Subscription[];
  readonly frames: readonly Frame[];
}

/** Topics that no frame could be built for. */
export interface Unbuildable {
  readonly subscriptions: readonly Subscription[];
  readonly cause: unknown;
}

/** Has the handler build frames that keep to its limits. */
export class SubscriptionFrameBuilder {
  readonly #context: Context;
  readonly #newId: () => RequestId;
  readonly #views: Readonly<Record<Operation, SubscriptionContext>>;

  constructor(context: Context, store: SubscriptionStore, newId: () => RequestId) {
    this.#context = context;
    this.#newId = newId;
    this.#views = { subscribe: viewOf(store, 'params'), unsubscribe: viewOf(store, 'sentParams') };
  }

  /** One entry where everything fits into `limits.bytesPerFrame`, several where it has to be split. */
  build(operation: Operation, subscriptions: readonly Subscription[]): (SubscriptionFrame | Unbuildable)[] {
    const { handler } = this.#context;
    const topics = subscriptions.map(({ topic }) => topic);
    try {
      const requestId = this.#newId();
      const view = this.#views[operation];
      const frames = listFrames(
        operation === 'subscribe'
          ? handler.buildSubscribe(topics, requestId, view)
          : handler.buildUnsubscribe(topics, requestId, view),
      );
      const limit = handler.limits?.bytesPerFrame ?? Infinity;
      if (limit === Infinity || frames.every((frame) => byteLength(frame) <= limit)) {
        return [{ requestId, subscriptions, frames }];
      }
      if (subscriptions.length === 1) {
        const words = `The frame for ${topics[0]} is larger than limits.bytesPerFrame (${limit} bytes).`;
        throw new MessageTooLargeError(limit, words, { delivery: 'unsent' });
      }
    } catch (cause) {
      return [{ subscriptions, cause }];
    }
    const half = subscriptions.length >> 1;
    return [
      ...this.build(operation, subscriptions.slice(0, half)),
      ...this.build(operation, subscriptions.slice(half)),
    ];
  }
}

/** @param params - those that are wanted, or those that the server was given and now is to forget */
function viewOf(store: SubscriptionStore, params: 'params' | 'sentParams'): SubscriptionContext {
  return {
    params: (topic: Topic) => store.get(topic)?.[params],
    alias: (topic: Topic) => store.get(topic)?.alias,
    setAlias: (topic: Topic, alias: RequestId) => {
      const subscription = store.get(topic);
      if (subscription) store.setAlias(subscription, alias);
    },
  };
}
