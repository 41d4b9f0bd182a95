import { limitsOf } from '../ask-handler.js';
import type { Context } from '../context.js';
import { MessageTooLargeError, type ProtocolError } from '../errors.js';
import type { RequestId, Topic } from '../identifiers.js';
import { byteLength } from '../protocol/frames.js';
import type { Frame } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import { type FramePlan, readPlan } from './frame-plan.js';
import type { Subscription } from './subscription.js';
import type { Operation } from './subscription-states.js';
import type { SubscriptionStore } from './subscription-store.js';
import { type RequestIds, SubscriptionView } from './subscription-view.js';

/** The frames that carry one request id: one frame, several, or none. */
export interface BuiltFrames {
  readonly requestId: RequestId;
  readonly topics: readonly Topic[];
  readonly subscriptions: readonly Subscription[];
  readonly frames: readonly Frame[];
}

/** Topics for which no frame could be built. */
export interface Unbuildable {
  readonly subscriptions: readonly Subscription[];
  readonly cause: unknown;
  /** What is wrong with the plan of the handler; missing if the handler failed. */
  readonly fault?: ProtocolError;
}

/** Lets the handler build frames, within its limits. */
export class SubscriptionFrameBuilder {
  readonly #context: Context;
  readonly #ids: RequestIds;
  readonly #views: Readonly<Record<Operation, SubscriptionView>>;

  constructor(context: Context, store: SubscriptionStore, ids: RequestIds) {
    this.#context = context;
    this.#ids = ids;
    this.#views = {
      subscribe: new SubscriptionView(store, ids, 'params'),
      unsubscribe: new SubscriptionView(store, ids, 'sentParams'),
    };
  }

  /** One entry for each request id, and for each topic that no frame can be built for. */
  build(operation: Operation, subscriptions: readonly Subscription[]): (BuiltFrames | Unbuildable)[] {
    if (subscriptions.length === 0) return [];
    try {
      const plan = this.#plan(operation, subscriptions);
      if (plan.faults.size > 0) return this.#withoutFaults(operation, subscriptions, plan);
      const limit = limitsOf(this.#context).bytesPerFrame ?? Infinity;
      const isWithin = ({ frames }: { readonly frames: readonly Frame[] }) =>
        limit === Infinity || frames.every((frame) => byteLength(frame) <= limit);
      if (plan.items.every(isWithin)) return this.#builtOf(plan, subscriptions);
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

  #plan(operation: Operation, subscriptions: readonly Subscription[]): FramePlan {
    const { handler } = this.#context;
    const topics = subscriptions.map(({ topic }) => topic);
    const requestId = this.#ids.next();
    const view = this.#views[operation];
    view.expect(subscriptions);
    const built =
      operation === 'subscribe'
        ? handler.buildSubscribe(topics, requestId, view)
        : handler.buildUnsubscribe(topics, requestId, view);
    return readPlan(built, topics, requestId, (id) => this.#ids.isUsed(id));
  }

  /** A topic that the plan leaves out, or has twice, fails alone. The others are planned anew. */
  #withoutFaults(
    operation: Operation,
    subscriptions: readonly Subscription[],
    { faults }: FramePlan,
  ): (BuiltFrames | Unbuildable)[] {
    const failed: Unbuildable[] = [];
    const others: Subscription[] = [];
    for (const subscription of subscriptions) {
      const fault = faults.get(subscription.topic);
      if (fault) failed.push({ subscriptions: [subscription], cause: fault, fault });
      else others.push(subscription);
    }
    return [...failed, ...this.build(operation, others)];
  }

  #builtOf({ items }: FramePlan, subscriptions: readonly Subscription[]): BuiltFrames[] {
    const [only] = items;
    if (only && isInOrder(only.topics, subscriptions)) {
      this.#ids.note(only.requestId);
      return [{ ...only, subscriptions }];
    }
    const byTopic = new Map(subscriptions.map((subscription) => [subscription.topic, subscription]));
    return items.map(({ requestId, frames, topics }) => {
      this.#ids.note(requestId);
      return { requestId, frames, topics, subscriptions: topics.flatMap((topic) => byTopic.get(topic) ?? []) };
    });
  }
}

/** Whether these are the topics of the subscriptions, in the same order. */
function isInOrder(topics: readonly Topic[], subscriptions: readonly Subscription[]): boolean {
  return topics.length === subscriptions.length && subscriptions.every(({ topic }, index) => topic === topics[index]);
}
