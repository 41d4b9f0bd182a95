import type { Context } from '../context.js';
import { MessageTooLargeError } from '../errors.js';
import type { RequestId, Topic } from '../identifiers.js';
import { byteLength, listFrames } from '../protocol/frames.js';
import type { Frame, SubscriptionContext } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import type { Subscription } from './subscription.js';
import type { Operation } from './subscription-states.js';
import type { SubscriptionStore } from './subscription-store.js';

/** The ids that the client gives to its requests. */
export interface RequestIds {
  /** Returns an id that was never used before. */
  next(): RequestId;
}

/** The frames that carry one request id: one frame, several, or none. */
export interface BuiltFrames {
  readonly requestId: RequestId;
  readonly subscriptions: readonly Subscription[];
  readonly frames: readonly Frame[];
}

/** Topics for which no frame could be built. */
export interface Unbuildable {
  readonly subscriptions: readonly Subscription[];
  readonly cause: unknown;
}

/** Lets the handler build frames, within its limits. */
export class SubscriptionFrameBuilder {
  readonly #context: Context;
  readonly #ids: RequestIds;
  readonly #views: Readonly<Record<Operation, SubscriptionContext>>;

  constructor(context: Context, store: SubscriptionStore, ids: RequestIds) {
    this.#context = context;
    this.#ids = ids;
    this.#views = { subscribe: viewOf(store, 'params'), unsubscribe: viewOf(store, 'sentParams') };
  }

  /** One entry if a frame can be built for everything within `limits.bytesPerFrame`, otherwise several. */
  build(operation: Operation, subscriptions: readonly Subscription[]): (BuiltFrames | Unbuildable)[] {
    const { handler } = this.#context;
    const topics = subscriptions.map(({ topic }) => topic);
    try {
      const requestId = this.#ids.next();
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
        throw new MessageTooLargeError(limit, texts.topicFrameTooLarge(subscriptions[0]?.topic ?? '', limit), {
          delivery: 'unsent',
        });
      }
    } catch (cause) {
      // One topic may have spoiled the frame for the others.
      if (subscriptions.length === 1) return [{ subscriptions, cause }];
    }
    const half = subscriptions.length >> 1;
    return [
      ...this.build(operation, subscriptions.slice(0, half)),
      ...this.build(operation, subscriptions.slice(half)),
    ];
  }
}

/** @param params - the params that are wanted, or the params that the server was given and is to forget now */
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
