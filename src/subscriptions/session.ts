import { attempt } from '../ask-handler.js';
import type { Context } from '../context.js';
import type { RequestId, Topic } from '../identifiers.js';
import * as texts from '../texts.js';
import type { Arrival } from './arrival.js';
import type { ChangedTopics } from './changed-topics.js';
import type { Gaps } from './gaps.js';
import type { Outcomes } from './outcomes.js';
import type { Reconciler } from './reconciler.js';
import type { Resyncs } from './resyncs.js';
import type { Subscription } from './subscription.js';
import type { SubscriptionStore } from './subscription-store.js';
import type { UnansweredFrames } from './unanswered-frames.js';

export interface SessionParts {
  readonly context: Context;
  readonly store: SubscriptionStore;
  readonly arrival: Arrival;
  readonly changed: ChangedTopics;
  readonly unanswered: UnansweredFrames;
  readonly gaps: Gaps;
  readonly outcomes: Outcomes;
  readonly reconciler: Reconciler;
  readonly resyncs: Resyncs;
}

/** What the server says about streams without being asked: a stream came to its end, or goes on after a reconnect. */
export class Session {
  readonly #parts: SessionParts;
  /** Topics that go on, told before the connection was ready. Another list when the connection is lost. */
  #early: Subscription[] = [];

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** The streams of these topics came to their normal end. */
  completed(topics: readonly (Topic | RequestId)[]): void {
    const { arrival, store, unanswered } = this.#parts;
    for (const name of topics) {
      const subscription = store.find(name);
      // An unread subscribe frame brings the topic again: the server means an earlier subscription.
      if (!subscription || unanswered.isUnread(subscription)) continue;
      const { state, subscribers } = subscription;
      // Code that saw the frame may have ended its connection. Then the server means what that connection had.
      const isLate = state === 'idle' && arrival.isOver;
      if (state === 'idle' && !isLate) continue;
      // The frame that is on its way may bring the topic again: the end of the topic follows it.
      if (!isLate && !subscription.isDoubled) this.#end(subscription);
      for (const subscriber of subscribers) {
        if (isLate && !subscriber.isConfirmed) continue;
        subscriber.confirm();
        void subscriber.leave();
        subscriber.inlet.complete({ code: 1000, reason: 'completed' });
      }
    }
  }

  /** The session of the last connection goes on with these topics: nothing was missed, and nothing is asked anew. */
  resumed(topics: readonly Topic[]): void {
    const { arrival, changed, gaps, reconciler, resyncs, store, unanswered } = this.#parts;
    // Code that saw the frame may have ended its connection, and the session with it.
    if (arrival.isOver) return;
    reconciler.withdraw();
    const early = this.#early;
    const groupKeys = topics.map((topic) => (store.find(topic) ? undefined : this.#groupKeyOf(topic)));
    // The handler has ended the connection.
    if (early !== this.#early) return;
    for (const [index, topic] of topics.entries()) {
      let subscription = store.find(topic);
      const { state = 'idle', topic: canonical = topic } = subscription ?? {};
      // The server said so before it read the frame that ends the topic.
      if (state === 'idle' && unanswered.hasEnded(canonical)) continue;
      if (!subscription) {
        // A topic that was given up while offline is still there, and has to be ended.
        subscription = store.open(topic, topic, undefined);
        subscription.groupKey = groupKeys[index];
      }
      gaps.forgive(subscription);
      subscription.countOn();
      subscription.isDoubled = state === 'subscribing';
      resyncs.resumed(subscription);
      if (state !== 'idle') continue;
      store.happen(subscription, 'resumed');
      changed.resumed(subscription);
      if (!changed.isLive) this.#early.push(subscription);
      else this.#goOn(subscription);
    }
  }

  /** A connection is ready. */
  ready(): void {
    const early = this.#early;
    if (early.length === 0) return;
    this.#early = [];
    // After the events of the connection itself.
    queueMicrotask(() => {
      for (const subscription of early) if (subscription.state === 'subscribed') this.#goOn(subscription);
    });
  }

  /** The connection is lost. */
  lost(): void {
    this.#early = [];
  }

  /** The server has nothing of the topic any more. */
  #end(subscription: Subscription): void {
    const { store, unanswered } = this.#parts;
    const { requestId } = subscription;
    const frame = requestId === undefined ? undefined : unanswered.get(requestId);
    if (frame) unanswered.answered(frame, subscription);
    store.happen(subscription, 'revoked');
  }

  /** The group of a topic that nobody wants. The client has forgotten the params of the topic. */
  #groupKeyOf(topic: Topic): string | undefined {
    const { context } = this.#parts;
    return (
      attempt(context, texts.hookFailed('groupKey'), () => context.handler.groupKey(topic, undefined)) ?? undefined
    );
  }

  #goOn(subscription: Subscription): void {
    const { changed, outcomes } = this.#parts;
    if (subscription.isOutdated) changed.renew(subscription);
    else if (subscription.isWanted) outcomes.accepted(subscription);
    else changed.stage(subscription);
  }
}
