import { readServerError } from '../ask-handler.js';
import type { Context } from '../context.js';
import { SubscriptionFailedError } from '../errors.js';
import type { RequestId, Topic } from '../identifiers.js';
import type { ServerError, SubscriptionOutcome } from '../protocol/handler-types.js';
import type { Message } from '../protocol/message.js';
import * as texts from '../texts.js';
import { wrapError } from '../util/wrap-error.js';
import type { ChangedTopics } from './changed-topics.js';
import type { Gaps } from './gaps.js';
import type { Outcomes } from './outcomes.js';
import type { SubscribeFrame, SubscribeFrameEvents } from './subscribe-frame.js';
import type { Subscription } from './subscription.js';
import type { SubscriptionStore } from './subscription-store.js';
import type { UnansweredFrames } from './unanswered-frames.js';

/** What acknowledgements need to know of the way in. */
export interface InboundFlow {
  /** Whether frames are held back, so that an answer may have come unread. */
  readonly isPaused: boolean;
}

/** What a handler reads from a message: whether it acknowledges topics, and which. */
type Outcome = boolean | SubscriptionOutcome | undefined;

/** What the server says about the topics that it was asked for: yes, no, or nothing in time. */
export class Acknowledgements implements SubscribeFrameEvents {
  /** Whether the protocol acknowledges subscribe frames. Otherwise a written frame counts as acknowledged. */
  readonly areExpected: boolean;
  readonly #context: Context;
  readonly #store: SubscriptionStore;
  readonly #changed: ChangedTopics;
  readonly #unanswered: UnansweredFrames;
  readonly #gaps: Gaps;
  readonly #outcomes: Outcomes;
  readonly #inbound: InboundFlow;

  constructor(
    context: Context,
    store: SubscriptionStore,
    changed: ChangedTopics,
    unanswered: UnansweredFrames,
    gaps: Gaps,
    outcomes: Outcomes,
    inbound: InboundFlow,
  ) {
    this.#context = context;
    this.#store = store;
    this.#changed = changed;
    this.#unanswered = unanswered;
    this.#gaps = gaps;
    this.#outcomes = outcomes;
    this.#inbound = inbound;
    this.areExpected = context.handler.confirmsSubscriptions ?? context.overrides.isSubscriptionSuccess;
  }

  /** Whether a subscribe frame with this id is unanswered. */
  isOpen(id: RequestId): boolean {
    return this.#unanswered.get(id) !== undefined;
  }

  /** Takes a message with the id of a subscription frame; false for any other id. */
  answer(id: RequestId, message: Message): boolean {
    const frame = this.#unanswered.get(id);
    if (!frame) return this.#answerUnawaited(id);
    let outcome: Outcome;
    try {
      outcome = this.#outcomeFor(frame, message);
    } catch (cause) {
      this.#unreadable(frame, cause);
      return true;
    }
    this.#apply(frame, outcome, message);
    return true;
  }

  #answerUnawaited(id: RequestId): boolean {
    const ended = this.#unanswered.takeUnawaited(id);
    for (const topic of ended ?? []) {
      const subscription = this.#store.get(topic);
      if (subscription?.isWanted) this.#outcomes.ended(subscription);
    }
    return ended !== undefined;
  }

  /** Offers a message to the unanswered subscribe frames, oldest first; false when it is about none of them. */
  control(message: Message): boolean {
    const named = new Set<Topic>();
    let isTaken = false;
    const { handler, overrides } = this.#context;
    const names = overrides.acknowledgedTopics ? handler.acknowledgedTopics(message) : undefined;
    const frames = names ? this.#unanswered.framesWith(names) : this.#unanswered.frames;
    const wanted = names && new Set(names);
    for (const frame of frames) {
      if (!frame.isWritten) continue;
      let outcome: Outcome;
      try {
        outcome = this.#outcomeFor(frame, message, wanted);
      } catch (cause) {
        // Of several frames nobody knows which one it is about.
        if (frames.length > 1) throw cause;
        this.#unreadable(frame, cause);
        return true;
      }
      if (outcome === undefined) continue;
      if (!isTaken && this.#unanswered.isPassed(frame)) {
        this.#unanswered.close(frame);
        continue;
      }
      // A yes or a no is about one frame. An outcome that names topics may be about several frames.
      if (typeof outcome === 'boolean') return isTaken || this.#apply(frame, outcome, message);
      if (this.#apply(frame, outcome, message, named)) isTaken = true;
    }
    return isTaken;
  }

  /** The server ended topics that it had confirmed. */
  revoked(topics: readonly Topic[], words: string, serverCode: string | number | undefined, retryable?: boolean): void {
    const share = this.#context.runtime.random();
    for (const name of topics) {
      const subscription = this.#store.find(name);
      // An unread subscribe frame brings the topic again: the server means an earlier subscription.
      if (!subscription || subscription.state === 'idle' || this.#unanswered.isUnread(subscription)) continue;
      const { requestId, topic } = subscription;
      this.#gaps.loseUntilConfirmed(subscription);
      const error = new SubscriptionFailedError(topic, texts.topicEnded(topic, words), {
        retryable: this.#outcomes.isTemporary(subscription, retryable),
        serverCode,
        delivery: 'unknown',
      });
      // The frame that is on its way brings the topic again. If nobody wants it any more, its end follows.
      if (subscription.isDoubled) {
        if (retryable === false) for (const subscriber of subscription.subscribers) subscriber.fail(error);
        continue;
      }
      const frame = requestId === undefined ? undefined : this.#unanswered.get(requestId);
      if (frame) this.#unanswered.answered(frame, subscription);
      this.#store.happen(subscription, 'revoked');
      this.#outcomes.refused(subscription, error, retryable, share);
    }
  }

  /** A frame that needs no acknowledgement was written. */
  written(requestId: RequestId, subscriptions: readonly Subscription[]): void {
    for (const subscription of subscriptions) {
      if (subscription.requestId === requestId) this.#accept(subscription);
    }
  }

  /** The server did not answer a frame in time. */
  expired(frame: SubscribeFrame): void {
    if (this.#inbound.isPaused) return this.#unanswered.extend(frame);
    const isNameless = this.#context.handler.serverChoosesTopics;
    const late = frame.open.filter((subscription) => frame.awaits(subscription));
    // Where the server chooses the names nothing is ended: no answer would tell that the frame was lost.
    if (isNameless) this.#unanswered.close(frame);
    else this.#unanswered.expire(frame);
    for (const subscription of late) {
      this.#store.happen(subscription, isNameless ? 'abandoned' : 'expired');
      this.#changed.stage(subscription);
    }
    // The application hears of it, and may end the connection.
    for (const subscription of late) this.#outcomes.unanswered(subscription);
  }

  /** @param names - the topics that the message names; missing: all topics of the frame are looked at */
  #outcomeFor(frame: SubscribeFrame, message: Message, names?: ReadonlySet<Topic>): Outcome {
    const topics = names ? named(frame, names) : frame.topics;
    return this.#context.handler.isSubscriptionSuccess(message, topics) ?? undefined;
  }

  /** What cannot be read is no success: calls that wait are rejected. For channels the frame counts as unanswered. */
  #unreadable(frame: SubscribeFrame, cause: unknown): void {
    let isTold = false;
    for (const subscription of [...frame.open]) {
      if (!frame.awaits(subscription)) continue;
      const { topic, subscribers } = subscription;
      const error = wrapError(texts.unreadableConfirmation(topic), cause, { delivery: 'unknown' });
      for (const subscriber of subscribers) {
        if (subscriber.isConfirmed) continue;
        isTold = true;
        subscriber.fail(error);
      }
    }
    if (!isTold) throw cause;
  }

  /**
   * Carries out what a message says about the topics of a frame; false when it says nothing.
   * @param named - topics of earlier frames that the message was about; those of this frame are added
   */
  #apply(frame: SubscribeFrame, outcome: Outcome, message: Message, named = new Set<Topic>()): boolean {
    if (outcome === undefined) return false;
    if (typeof outcome !== 'boolean') return this.#applyByTopic(frame, outcome, message, named);
    this.#unanswered.close(frame);
    for (const subscription of frame.open) subscription.acquit();
    // One bad topic may have spoiled the frame for the other topics.
    if (!outcome && frame.size > 1) {
      this.halve(frame.open.filter((subscription) => frame.awaits(subscription)));
      return true;
    }
    for (const subscription of frame.open) {
      // The topic was given up before, or by a listener of another topic.
      if (!frame.awaits(subscription)) continue;
      if (outcome) this.#accept(subscription);
      else this.#refuse(subscription, message, undefined, this.#context.runtime.random());
    }
    return true;
  }

  #applyByTopic(frame: SubscribeFrame, outcome: SubscriptionOutcome, message: Message, named: Set<Topic>): boolean {
    for (const [topic, alias] of Object.entries(outcome.aliases ?? {})) {
      const subscription = frame.get(topic);
      if (subscription && frame.awaits(subscription)) this.#store.setAlias(subscription, alias);
    }
    const { accepted, benign, errors, refused } = outcome;
    const share = this.#context.runtime.random();
    let isNamed = (outcome.pending?.length ?? 0) > 0;
    for (const [topics, isAccepted] of [
      [accepted, true],
      [benign, true],
      [refused, false],
    ] as const) {
      for (const topic of topics ?? []) {
        const subscription = frame.get(topic);
        if (!subscription || named.has(topic)) continue;
        isNamed = true;
        named.add(topic);
        if (!this.#unanswered.answered(frame, subscription)) continue;
        if (isAccepted) this.#accept(subscription);
        else this.#refuse(subscription, message, outcome.retryable, share, errors?.[topic]);
      }
    }
    const dropped: Subscription[] = [];
    for (const topic of outcome.again ?? []) {
      const subscription = frame.get(topic);
      if (!subscription || named.has(topic)) continue;
      isNamed = true;
      named.add(topic);
      if (this.#unanswered.answered(frame, subscription)) dropped.push(subscription);
    }
    if (dropped.length > 0) this.#askAgain(frame, dropped, message, share);
    return isNamed;
  }

  /** A frame that was dropped as a whole, again and again, is searched like one that was refused. */
  #askAgain(frame: SubscribeFrame, dropped: readonly Subscription[], message: Message, share: number): void {
    if (dropped.length < frame.size) this.#separate(dropped);
    else if (frame.size > 1) this.halve(dropped);
    else for (const subscription of dropped) this.#refuse(subscription, message, true, share);
  }

  #accept(subscription: Subscription): void {
    this.#store.happen(subscription, 'confirmed');
    const { hasDelivered, topic } = subscription;
    // The server has left the end unanswered, so that the updates until now may have come of the subscription before.
    if (hasDelivered && this.#unanswered.hasEnded(topic)) this.#gaps.loseUntilConfirmed(subscription);
    this.#unanswered.confirmed(subscription);
    if (subscription.isOutdated) return this.#changed.renew(subscription);
    this.#outcomes.accepted(subscription);
    if (!subscription.isWanted) this.#changed.stage(subscription);
  }

  #refuse(
    subscription: Subscription,
    message: Message,
    retryable: boolean | undefined,
    share: number,
    own?: ServerError,
  ): void {
    const { isDoubled, isOutdated, topic } = subscription;
    // The server still sends the topic, and therefore refuses to begin it. The client ends the topic. Then it asks for the
    // topic anew if somebody wants it.
    this.#store.happen(subscription, isDoubled ? 'outdated' : 'refused');
    this.#gaps.loseUntilConfirmed(subscription);
    if (isOutdated || isDoubled) return this.#changed.stage(subscription);
    const refusal = own ?? readServerError(this.#context, message);
    const error = new SubscriptionFailedError(topic, texts.topicRefused(topic, refusal.message), {
      retryable: this.#outcomes.isTemporary(subscription, retryable),
      serverCode: refusal.code,
      cause: refusal,
      delivery: 'unknown',
    });
    this.#outcomes.refused(subscription, error, retryable, share);
  }

  /** The topics of a refused frame are asked for in two frames, so that the bad one is found. */
  halve(subscriptions: readonly Subscription[]): void {
    const half = (subscriptions.length + 1) >> 1;
    this.#separate(subscriptions.slice(0, half));
    this.#separate(subscriptions.slice(half));
  }

  #separate(subscriptions: readonly Subscription[]): void {
    const group = {};
    for (const subscription of subscriptions) {
      this.#store.happen(subscription, subscription.isDoubled ? 'outdated' : 'separated');
      // What is held came of an earlier subscription.
      this.#gaps.loseUntilConfirmed(subscription);
      subscription.group = group;
      this.#changed.stage(subscription);
    }
  }
}

/** The open topics of a frame that a message names. The smaller of the two is looked through. */
function named(frame: SubscribeFrame, names: ReadonlySet<Topic>): readonly Topic[] {
  if (names.size > frame.size) return frame.topics.filter((topic) => names.has(topic));
  return [...names].filter((topic) => frame.get(topic));
}
