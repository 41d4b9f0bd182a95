import type { Context } from '../context.js';
import type { Clock } from '../runtime.js';
import { Timer } from '../util/timer.js';
import type { Subscription } from './subscription.js';
import type { SubscriptionStore } from './subscription-store.js';

/** What takes subscription frames when it has room for them. */
export interface SubscriptionOutbox {
  /** There is something to write. */
  pump(): void;
}

/** So many connections in a row that the server ended, without an answer for a topic, make the topic a suspect. */
const SUSPECTED_FROM = 2;
/** So many connections that the server ended while it was asked for one single suspect convict it. */
const CONVICTED_FROM = 2;

/**
 * Topics whose subscribe frame seems to make the server end the connection. They are asked for last, when all others are
 * confirmed and the connection is stable: a group at a time, and half of a group after it ended a connection. So the topic
 * at fault is found, and a server that ends connections for other reasons convicts nobody.
 */
export class Suspects {
  readonly #store: SubscriptionStore;
  readonly #outbox: SubscriptionOutbox;
  readonly #minUptime: number;
  readonly #clock: Clock;
  readonly #timer: Timer;
  #readyAt = 0;
  /** Those that wait to be asked for. */
  #waiting: Subscription[] = [];
  /** The group that was asked for last on this connection. */
  #asked: readonly Subscription[] = [];
  /** Whether the connection has been ready for long enough. */
  #isStable = false;
  /** Whether the next group may be asked for. */
  #isOpen = false;
  #isReviewing = false;

  constructor(context: Context, store: SubscriptionStore, outbox: SubscriptionOutbox) {
    this.#store = store;
    this.#outbox = outbox;
    this.#minUptime = context.config.reconnectMinUptime;
    this.#clock = context.runtime.clock;
    this.#timer = new Timer(this.#clock);
  }

  /** Whether a group may be asked for. */
  get hasNext(): boolean {
    return this.#isOpen && this.#waiting.length > 0;
  }

  /** A suspect is to be asked for. */
  add(subscription: Subscription): void {
    this.#waiting.push(subscription);
    if (this.#isStable) return this.review();
    if (this.#timer.active) return;
    const uptime = this.#clock.now() - this.#readyAt;
    this.#timer.start(Math.max(0, this.#minUptime - uptime), () => {
      this.#isStable = true;
      this.review();
    });
  }

  /** A connection is ready. */
  ready(): void {
    this.#readyAt = this.#clock.now();
  }

  /** Something was answered or given up: looks, when the tick is over, whether it is the turn of the suspects. */
  readonly review = (): void => {
    if (!this.#isStable || this.#waiting.length === 0 || this.#isReviewing) return;
    this.#isReviewing = true;
    queueMicrotask(() => {
      this.#isReviewing = false;
      this.#isOpen = this.#isStable && this.#isTheirTurn();
      if (this.hasNext) this.#outbox.pump();
    });
  };

  /** Takes the next group out: the least suspicious first. */
  take(limit: number): readonly Subscription[] {
    this.#isOpen = false;
    // Each has its turn before one is asked again: a server that ends connections for other reasons convicts nobody.
    this.#waiting.sort((one, other) => one.convictions - other.convictions);
    const size = Math.max(...this.#waiting.filter(stillWaits).map(({ suspectedIn }) => suspectedIn));
    const group: Subscription[] = [];
    this.#waiting = this.#waiting.filter((subscription) => {
      if (!stillWaits(subscription)) return false;
      if (subscription.suspectedIn !== size || group.length >= Math.min(size, limit)) return true;
      if (group[0] && !group[0].fitsWith(subscription)) return true;
      subscription.waits = undefined;
      if (subscription.operation(undefined) === 'subscribe') group.push(subscription);
      return false;
    });
    this.#asked = group;
    if (group.length === 0) this.review();
    return group;
  }

  /**
   * The connection is lost; to be called before the subscriptions are told.
   * @param isByServer - whether the server ended the connection
   * @returns what is convicted
   */
  lost(isByServer: boolean): readonly Subscription[] {
    const unanswered = this.#asked.filter((subscription) => isUnanswered(subscription) && subscription.isSuspect);
    const half = Math.max(1, unanswered.length >> 1);
    // Another topic of the group may be at fault, even if nobody wants it any more.
    const isAlone = this.#asked.length === 1;
    // A topic that was asked for since may be at fault as well.
    const isProof = isByServer && ![...this.#store.all()].some((one) => isUnanswered(one) && !one.isSuspect);
    this.#timer.stop();
    this.#isStable = this.#isOpen = false;
    for (const subscription of this.#waiting) subscription.waits = undefined;
    this.#waiting = [];
    this.#asked = [];
    const convicted: Subscription[] = [];
    if (isProof) {
      for (const subscription of unanswered) {
        if (!isAlone) subscription.suspectedIn = half;
        else if (++subscription.convictions >= CONVICTED_FROM) convicted.push(subscription);
      }
    }
    this.#suspect(isByServer);
    return convicted;
  }

  /** Counts how often in a row the server ended the connection before it answered for a topic. */
  #suspect(isByServer: boolean): void {
    const suspected: Subscription[] = [];
    for (const subscription of this.#store.all()) {
      if (subscription.isSuspect || !isUnanswered(subscription)) continue;
      subscription.unansweredEnds = isByServer ? subscription.unansweredEnds + 1 : 0;
      if (subscription.unansweredEnds >= SUSPECTED_FROM) suspected.push(subscription);
    }
    for (const subscription of suspected) subscription.suspectedIn = (suspected.length + 1) >> 1;
  }

  /** Whether all others are confirmed, and the last group is answered. */
  #isTheirTurn(): boolean {
    for (const subscription of this.#store.all()) {
      const { isSuspect, isWanted, refusals, state } = subscription;
      if (isWanted && (isSuspect ? state === 'subscribing' : refusals === 0 && state !== 'subscribed')) return false;
    }
    return true;
  }
}

/** Not if the server went on with the topic since. */
function stillWaits({ isSuspect, waits }: Subscription): boolean {
  return isSuspect && waits === 'aside';
}

/** Whether the server was asked for a topic and has not answered. */
function isUnanswered({ state, isWanted, isWritten }: Subscription): boolean {
  return state === 'subscribing' && isWanted && isWritten;
}
