import { type Gap, mergeGaps } from '../channel/update.js';
import type { Arrival } from './arrival.js';
import type { Loss, Subscriber } from './subscriber.js';
import type { Subscription } from './subscription.js';

/**
 * What each subscriber may have missed. A loss begins when the connection is lost or the topic is stale. Its gap is announced
 * once: when the server confirms the topic again, or before the first new update, whichever is first.
 */
export class Gaps {
  readonly #arrival: Arrival;
  /** The gap that was made last: after a drop, most topics have the same gap. */
  #latest: Gap | undefined;
  /** The epoch after which the last outage began. An attempt that fails meanwhile begins no other. */
  #outage = 0;

  constructor(arrival: Arrival) {
    this.#arrival = arrival;
  }

  /** A connection is lost. */
  outage(): void {
    this.#outage = this.#arrival.epoch;
  }

  /**
   * The connection is lost: the subscribers of a topic miss updates from `since` on (Unix milliseconds).
   * @param isEnding - whether a frame that ends the topic is unanswered, so that more may be lost than the session keeps
   */
  loseInOutage(subscription: Subscription, since: number, isEnding: boolean): void {
    this.#lose(subscription, since, 'disconnect', subscription.asks + 1, isEnding ? undefined : this.#outage);
  }

  /** The subscribers miss updates from now on, until the server confirms the topic anew. */
  loseUntilConfirmed(subscription: Subscription): void {
    const { asks, state } = subscription;
    // The frame that is on its way brings updates again, or else the next one.
    this.#lose(subscription, this.#arrival.time(), 'resync', state === 'subscribing' ? asks : asks + 1);
  }

  /**
   * The server has ended the topic. A session that goes on does not bring back what the topic lost. If a frame asked for the
   * topic after the end, the next updates answer that frame.
   */
  loseSinceEnd(subscription: Subscription): void {
    const { asks, state } = subscription;
    this.#lose(subscription, this.#arrival.time(), 'resync', state === 'idle' ? asks + 1 : asks);
    for (const { loss } of subscription.subscribers) if (loss) loss.outage = undefined;
  }

  /** The session goes on: the server has kept the updates of the last outage. A gap that was told is not taken back. */
  forgive(subscription: Subscription): void {
    for (const subscriber of subscription.subscribers) {
      if (subscriber.loss?.outage === this.#outage) subscriber.isOwed = false;
    }
  }

  /** The server skipped updates between `since` and `until`. */
  skipped(subscription: Subscription, since: number, until: number): void {
    for (const subscriber of subscription.subscribers) {
      const gap = this.#gap(since, until, 'sequence');
      subscriber.gap = mergeGaps(gap, subscriber.gap);
      subscriber.inlet.gap(gap);
    }
  }

  /**
   * An update came. The loss of a stale topic lasts: its gap is announced later. But what was lost before the server was
   * asked for the topic is announced now, and the topic stays stale.
   */
  announceBefore(subscription: Subscription, until: number): void {
    const { asks, state, subscribers } = subscription;
    if (state === 'stale') {
      const isOlder = ({ isOwed, loss }: Subscriber) => isOwed && loss !== undefined && loss.endsWith <= asks;
      return this.#announce(subscribers.filter(isOlder), until, asks + 1);
    }
    const owed = subscribers.filter(isOwed);
    this.#announce(owed, until);
    // No confirmation is to come that would end the loss. A listener of the gap may have begun another loss.
    if (state !== 'subscribed') return;
    for (const subscriber of owed) if (subscriber.inlet.isLive && !subscriber.isOwed) subscriber.loss = undefined;
  }

  /** The server confirmed a topic. A new subscriber cannot listen yet: its gap is announced with the next update. */
  announceConfirmed(subscription: Subscription): void {
    this.#announce(subscription.subscribers.filter(isConfirmedAndOwed), this.#arrival.time());
  }

  /** The server confirmed the topic of a subscriber, and the gap was announced. */
  resume(subscriber: Subscriber): void {
    if (!subscriber.loss) return subscriber.inlet.goLive();
    // A listener that lost the connection again began another gap.
    if (subscriber.isOwed) return;
    subscriber.loss = undefined;
    subscriber.inlet.resumed(this.#arrival.epoch);
  }

  /** Takes out the announced gap that the next update of a subscriber carries. */
  take(subscriber: Subscriber): Gap | undefined {
    const { gap } = subscriber;
    subscriber.gap = undefined;
    return gap;
  }

  /** Several losses in a row are one gap, from the first loss on. It ends with what brings updates again first. */
  #lose({ subscribers }: Subscription, since: number, cause: Gap['cause'], endsWith: number, outage?: number): void {
    for (const subscriber of subscribers) {
      const { inlet, isConfirmed, isOwed, loss } = subscriber;
      // A subscriber without any update yet misses nothing.
      if (!isConfirmed && inlet.buffered === 0) continue;
      if (isOwed && loss) {
        loss.endsWith = Math.min(loss.endsWith, endsWith);
      } else {
        subscriber.loss = { since, cause, endsWith, outage };
        subscriber.isOwed = true;
      }
    }
  }

  /**
   * Notes all gaps before the first is announced: what a listener of the first gap loses is another gap.
   * @param nextEnd - if the subscribers go on missing updates: what the loss that follows ends with
   */
  #announce(owed: readonly Subscriber[], until: number, nextEnd?: number): void {
    const gaps = owed.map((subscriber) => {
      const { since, cause } = subscriber.loss as Loss;
      subscriber.isOwed = nextEnd !== undefined;
      if (nextEnd !== undefined)
        subscriber.loss = { since: until, cause: 'resync', endsWith: nextEnd, outage: undefined };
      const gap = this.#gap(since, until, cause);
      // No update has come since the gap before.
      subscriber.gap = mergeGaps(gap, subscriber.gap);
      return gap;
    });
    for (const [index, { inlet }] of owed.entries()) inlet.gap(gaps[index] as Gap);
  }

  /** The wall clock may have been set back since the gap began. */
  #gap(since: number, until: number, cause: Gap['cause']): Gap {
    const gap = { epoch: this.#arrival.epoch, since, until: Math.max(since, until), cause };
    if (!this.#latest || !isSame(this.#latest, gap)) this.#latest = Object.freeze(gap);
    return this.#latest;
  }
}

function isSame(one: Gap, other: Gap): boolean {
  return (
    one.since === other.since && one.until === other.until && one.cause === other.cause && one.epoch === other.epoch
  );
}

function isOwed(subscriber: Subscriber): boolean {
  return subscriber.isOwed;
}

function isConfirmedAndOwed(subscriber: Subscriber): boolean {
  return subscriber.isConfirmed && subscriber.isOwed;
}
