import { LazyUpdate } from '../channel/update.js';
import type { Context } from '../context.js';
import type { RequestId, Topic } from '../identifiers.js';
import type { Message } from '../protocol/message.js';
import { MessageKind } from '../protocol/message-kind.js';
import type { Arrival } from './arrival.js';
import type { Gaps } from './gaps.js';
import type { Resyncs } from './resyncs.js';
import type { Subscriber } from './subscriber.js';
import type { Subscription } from './subscription.js';
import type { SubscriptionStore } from './subscription-store.js';
import type { UnansweredFrames } from './unanswered-frames.js';

/** How many updates may wait for the acknowledgement that gives their topic its name. */
const EARLY_UPDATES = 1_024;

/** An update under a name that is not known yet. */
interface EarlyUpdate {
  readonly name: RequestId;
  readonly message: Message;
}

/** Brings each update to the subscribers of its topic. */
export class Delivery {
  readonly #context: Context;
  readonly #store: SubscriptionStore;
  readonly #resyncs: Resyncs;
  readonly #unanswered: UnansweredFrames;
  readonly #arrival: Arrival;
  readonly #gaps: Gaps;
  readonly #hasSequence: boolean;
  #early: EarlyUpdate[] = [];

  constructor(
    context: Context,
    store: SubscriptionStore,
    resyncs: Resyncs,
    unanswered: UnansweredFrames,
    arrival: Arrival,
    gaps: Gaps,
  ) {
    this.#context = context;
    this.#store = store;
    this.#resyncs = resyncs;
    this.#unanswered = unanswered;
    this.#arrival = arrival;
    this.#gaps = gaps;
    this.#hasSequence = context.overrides.extractSequence;
  }

  /** Gives an update to the subscribers of its topic, or topics; false when there is none. */
  publish(name: Topic | RequestId | readonly Topic[], message: Message): boolean {
    if (typeof name !== 'object') {
      const subscription = this.#store.find(name);
      return subscription ? this.#deliver(subscription, message) : this.#keepEarly(name, message);
    }
    let isTaken = false;
    for (const topic of name) {
      const subscription = this.#store.find(topic);
      if (subscription && this.#deliver(subscription, message)) isTaken = true;
    }
    return isTaken;
  }

  /** Subscribes topics anew, or all topics, because what was delivered of them is stale. */
  resync(topics: readonly Topic[] = this.#store.wantedTopics): void {
    for (const topic of topics) {
      const subscription = this.#store.find(topic);
      // A topic that is about to be asked for needs no resync, unless updates came already. No caller waits for this resync.
      const { hasDelivered = false, state = 'idle' } = subscription ?? {};
      const isServed = state === 'subscribed' || (state === 'subscribing' && hasDelivered);
      if (subscription && isServed) void this.#resyncs.request(subscription);
    }
  }

  /** Delivers what came before its name was known. The application gets what no topic takes. */
  replayEarly(): void {
    if (this.#early.length === 0) return;
    const early = this.#early;
    this.#early = [];
    for (const { name, message } of early) if (!this.publish(name, message)) this.#passOn(message);
  }

  /** What came under a name that the server has ended is of no topic: the server may give the name again. */
  passOnEarly(name: RequestId | undefined): void {
    if (this.#early.length === 0 || name === undefined) return;
    const early = this.#early;
    this.#early = early.filter((update) => update.name !== name);
    for (const update of early) if (update.name === name) this.#passOn(update.message);
  }

  /** The connection is lost, and with it the names that it would have brought. */
  lost(): void {
    this.#early = [];
  }

  #passOn(message: Message): void {
    this.#context.emit('message', message, MessageKind.Update);
  }

  #deliver(subscription: Subscription, message: Message): boolean {
    const { subscribers } = subscription;
    if (subscribers.length === 0) return false;
    const first = subscribers[0] as Subscriber;
    subscription.deliveredIn = subscription.asks;
    // Nearly every topic has one reader, and the reader misses nothing.
    const isPlain =
      subscribers.length === 1 &&
      !first.loss &&
      !first.gap &&
      !this.#hasSequence &&
      first.joinedIn !== subscription.asks;
    if (isPlain && first.inlet.isDeaf) {
      first.inlet.drop();
      return true;
    }
    const update = new LazyUpdate(message, this.#arrival.epoch, this.#arrival.time(), this.#context.handler);
    if (isPlain) {
      first.inlet.deliver(update);
      return true;
    }
    if (this.#hasSequence) this.#follow(subscription, update);
    // All gaps come before the update: a listener that ends the connection begins another gap, after this update.
    if (!this.#arrival.isOver) this.#gaps.announceBefore(subscription, update.receivedAt);
    for (const subscriber of subscribers) {
      const gap = this.#gaps.take(subscriber);
      const joined = subscriber.joinedIn === subscription.asks;
      if (joined) subscriber.joinedIn = -1;
      subscriber.inlet.deliver(gap || joined ? update.after(gap, joined) : update);
    }
    return true;
  }

  /** Compares an update with the update before it, where the protocol numbers updates. */
  #follow(subscription: Subscription, update: LazyUpdate): void {
    const { sequence: last, lastUpdateAt: since } = subscription;
    const sequence = this.#context.handler.extractSequence(update.message);
    if (!sequence) return;
    const { current, previous, snapshot } = sequence;
    update.sequence = current;
    if (snapshot !== undefined) update.snapshot = snapshot;
    subscription.sequence = current;
    subscription.lastUpdateAt = update.receivedAt;
    // The next connection asks anew anyway. What this one skipped is still to be told.
    if (sequence.resync && !this.#arrival.isOver) {
      this.resync([subscription.topic]);
      // Until its time comes, updates go on after the hole.
      if (subscription.resyncs?.next) this.#gaps.skipped(subscription, since, update.receivedAt);
      return;
    }
    if (snapshot || previous === undefined || last === undefined || String(previous) === String(last)) return;
    this.#gaps.skipped(subscription, since, update.receivedAt);
  }

  /** Where the server chooses the names, an update may come before the acknowledgement with its name. */
  #keepEarly(name: Topic | RequestId, message: Message): boolean {
    const mayBeEarly = this.#context.handler.serverChoosesTopics && !this.#unanswered.isEmpty;
    if (!mayBeEarly || this.#early.length >= EARLY_UPDATES) return false;
    this.#early.push({ name, message });
    return true;
  }
}
