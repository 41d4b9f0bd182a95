import type { Context } from '../context.js';
import type { AnyTransportError } from '../errors.js';
import * as texts from '../texts.js';
import type { Delivery } from './delivery.js';
import type { Gaps } from './gaps.js';
import type { Refusals } from './refusals.js';
import type { Resyncs } from './resyncs.js';
import type { Subscriber } from './subscriber.js';
import type { Subscription } from './subscription.js';
import type { Suspects } from './suspects.js';
import type { Waits } from './waits.js';

/** What the subscribers of a topic get when the server accepts the topic, refuses it, or does not answer. */
export class Outcomes {
  readonly #context: Context;
  readonly #gaps: Gaps;
  readonly #delivery: Delivery;
  readonly #waits: Waits;
  readonly #refusals: Refusals;
  readonly #suspects: Suspects;
  readonly #resyncs: Resyncs;

  constructor(
    context: Context,
    gaps: Gaps,
    delivery: Delivery,
    waits: Waits,
    refusals: Refusals,
    suspects: Suspects,
    resyncs: Resyncs,
  ) {
    this.#context = context;
    this.#gaps = gaps;
    this.#delivery = delivery;
    this.#waits = waits;
    this.#refusals = refusals;
    this.#suspects = suspects;
    this.#resyncs = resyncs;
  }

  /** New subscribers get their channel; the channels of the others resume after their gap. */
  accepted(subscription: Subscription): void {
    if (this.#resyncs.takeUnmet(subscription)) return;
    const { subscribers } = subscription;
    this.#gaps.announceConfirmed(subscription);
    for (const subscriber of subscribers) {
      if (subscriber.isConfirmed) {
        this.#gaps.resume(subscriber);
      } else {
        this.#waits.end(subscriber);
        subscriber.confirm();
      }
    }
    this.#resyncs.confirmed(subscription);
    this.#delivery.replayEarly();
    this.#suspects.review();
  }

  /**
   * @param retryable - false ends the channels; true keeps them and the calls that wait; missing keeps the channels only
   * @param share - where in its bounds the delay of the next try lies, from 0 to 1
   */
  refused(subscription: Subscription, error: AnyTransportError, retryable: boolean | undefined, share: number): void {
    for (const subscriber of subscription.subscribers) {
      if (!(retryable ?? subscriber.isConfirmed)) subscriber.fail(error);
      else subscriber.inlet.interrupted(error);
    }
    this.#delivery.replayEarly();
    this.#suspects.review();
    if (subscription.isWanted) this.#refusals.postpone(subscription, error, share);
  }

  /** The server has ended a topic that is wanted anew. All that is held came of the subscription that was ended. */
  ended(subscription: Subscription): void {
    this.#delivery.passOnEarly(subscription.formerAlias);
    this.#gaps.loseSinceEnd(subscription);
  }

  /** Whether a refusal is temporary for somebody. */
  isTemporary({ subscribers }: Subscription, retryable: boolean | undefined): boolean {
    return retryable ?? subscribers.some(isConfirmed);
  }

  /** The topic is ended at the server and asked for anew: what comes between the two is lost. */
  unanswered(subscription: Subscription): void {
    if (!subscription.isWanted) return;
    this.#gaps.loseUntilConfirmed(subscription);
    const message = texts.askedAgain(subscription.topic);
    this.#context.emit('warning', { code: 'subscription-unconfirmed', message });
  }
}

function isConfirmed(subscriber: Subscriber): boolean {
  return subscriber.isConfirmed;
}
