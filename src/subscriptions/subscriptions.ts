import { limitsOf } from '../ask-handler.js';
import type { Channel } from '../channel/channel.js';
import type { ChannelInlet } from '../channel/channel-inlet.js';
import type { Context, Gate } from '../context.js';
import { type AnyTransportError, CapacityExceededError, SubscriptionFailedError } from '../errors.js';
import type { CloseCause } from '../events.js';
import type { RequestId, Topic } from '../identifiers.js';
import type { SubscriptionFrames } from '../outbound/outbox.js';
import type { Message } from '../protocol/message.js';
import type { IdUser } from '../requests/request-ids.js';
import * as texts from '../texts.js';
import { plainCopy } from '../util/plain-copy.js';
import { handled } from '../util/promises.js';
import { describe, wrapError } from '../util/wrap-error.js';
import { Acknowledgements, type InboundFlow } from './acknowledgements.js';
import { Arrival } from './arrival.js';
import { ChangedTopics } from './changed-topics.js';
import { Delivery } from './delivery.js';
import { SubscriptionFrameBuilder } from './frame-builder.js';
import { Gaps } from './gaps.js';
import { Outcomes } from './outcomes.js';
import { Reconciler } from './reconciler.js';
import { Refusals } from './refusals.js';
import { Resyncs } from './resyncs.js';
import { Session } from './session.js';
import { type SubscribeCall, Subscriber, type SubscriberOptions, type SubscriberOwner } from './subscriber.js';
import type { Subscription } from './subscription.js';
import { notHeld } from './subscription-errors.js';
import { SubscriptionStore } from './subscription-store.js';
import type { RequestIds } from './subscription-view.js';
import { type SubscriptionOutbox, Suspects } from './suspects.js';
import { UnansweredFrames } from './unanswered-frames.js';
import { Waits } from './waits.js';

/** What subscriptions need of the rest of the client. */
export interface SubscriptionSurroundings {
  readonly ids: RequestIds;
  readonly outbox: SubscriptionOutbox;
  readonly inbound: InboundFlow;
  readonly drain: ConfirmationObserver;
}

/** Who waits for outstanding confirmations. */
export interface ConfirmationObserver {
  /** A confirmation is not outstanding any more. */
  confirmed(): void;
}

/** The topics that the application wants, restored after each reconnect. All channels of a topic share one subscription. */
export class Subscriptions implements SubscriberOwner, IdUser {
  /** Held when a call is resolved or rejected. */
  readonly gate: Gate;
  /** The frames that are to be written. */
  readonly frames: SubscriptionFrames;
  readonly #context: Context;
  readonly #store: SubscriptionStore;
  readonly #unanswered: UnansweredFrames;
  readonly #changed: ChangedTopics;
  readonly #arrival: Arrival;
  readonly #gaps: Gaps;
  readonly #delivery: Delivery;
  readonly #waits: Waits;
  readonly #suspects: Suspects;
  readonly #refusals: Refusals;
  readonly #resyncs: Resyncs;
  readonly #acknowledgements: Acknowledgements;
  readonly #reconciler: Reconciler;
  readonly #session: Session;

  constructor(context: Context, { ids, outbox, inbound, drain }: SubscriptionSurroundings) {
    const { clock } = context.runtime;
    this.gate = context.gate;
    this.#context = context;
    const store = new SubscriptionStore(context);
    const unanswered = new UnansweredFrames(clock, context.config.requestTimeout, () => drain.confirmed());
    const suspects = new Suspects(context, store, outbox);
    const changed = new ChangedTopics(context, store, unanswered, outbox, suspects);
    const arrival = new Arrival(context.turnTime);
    const gaps = new Gaps(arrival);
    const resyncs = new Resyncs(clock, changed, gaps);
    const delivery = new Delivery(context, store, resyncs, unanswered, arrival, gaps);
    const waits = new Waits(clock, context.counters);
    const refusals = new Refusals(context, changed);
    const outcomes = new Outcomes(context, gaps, delivery, waits, refusals, suspects, resyncs);
    const acknowledgements = new Acknowledgements(context, store, changed, unanswered, gaps, outcomes, inbound);
    const builder = new SubscriptionFrameBuilder(context, store, ids);
    const parts = { store, changed, unanswered, builder, acknowledgements, gaps, outcomes, waits, outbox };
    this.#store = store;
    this.#unanswered = unanswered;
    this.#changed = changed;
    this.#arrival = arrival;
    this.#gaps = gaps;
    this.#delivery = delivery;
    this.#waits = waits;
    this.#suspects = suspects;
    this.#refusals = refusals;
    this.#resyncs = resyncs;
    this.#acknowledgements = acknowledgements;
    this.#reconciler = new Reconciler(context, parts);
    this.frames = this.#reconciler;
    this.#session = new Session({
      context,
      store,
      arrival,
      changed,
      unanswered,
      gaps,
      outcomes,
      reconciler: this.#reconciler,
      resyncs,
    });
  }

  /** Whether a confirmation is outstanding on this connection. */
  get isAwaiting(): boolean {
    return this.#unanswered.isAwaiting;
  }

  /** How many topics are wanted. */
  get wanted(): number {
    return this.#store.wanted;
  }

  /** Whether topics wait for a connection, before the first one. */
  get hasWaiting(): boolean {
    return this.#store.wanted > 0;
  }

  // ——— What the application asks ———

  /**
   * Subscribes a topic for the channel that `open` makes for its canonical name.
   * @throws AnyTransportError when the call cannot be tried
   */
  subscribe<T>(
    topic: Topic,
    open: (canonical: Topic) => ChannelInlet<T>,
    options: SubscriberOptions,
    call: SubscribeCall<T>,
  ): Channel<T> {
    // A copy: what the application does to the params later must not change a resubscription.
    const params = copied(options.params);
    const canonical = this.#canonical(topic, params);
    const groupKey = this.#groupKey(topic, canonical, params);
    const existing = this.#store.get(canonical);
    if (existing?.isWanted) checkSameParams(existing, topic, params, this.#context.handler);
    else this.#checkLimit(topic);
    // A topic that is just being given up may come back with other params: then it is a new subscription.
    if (existing && !existing.isWanted && !isSame(existing.params, params, this.#context.handler)) {
      existing.params = params;
      this.#changed.renew(existing);
    }
    const inlet = open(canonical);
    const subscription = this.#store.open(canonical, topic, params);
    subscription.groupKey = groupKey;
    const subscriber = new Subscriber(this, canonical, inlet, options, call);
    inlet.attach(subscriber);
    if (subscription.isRunning) subscriber.joinedIn = subscription.asks;
    this.#store.join(subscription, subscriber);
    subscriber.listen();
    if (subscription.state === 'subscribed') {
      subscriber.confirm();
    } else {
      this.#waits.start(subscription, subscriber);
      this.#changed.stage(subscription);
    }
    return inlet.channel;
  }

  /** Ends every channel of a topic, whatever its params; resolves when the topic is ended at the server. */
  async endTopic(topic: Topic): Promise<void> {
    await Promise.all(this.#named(topic).map((subscription) => this.#end(subscription)));
  }

  /** Asks the server anew for a topic, whatever its params; resolves with the confirmation. */
  async resyncTopic(topic: Topic): Promise<void> {
    const chosen = this.#named(topic).filter(({ isWanted }) => isWanted);
    if (chosen.length === 0) throw notHeld(topic);
    await Promise.all(chosen.map((subscription) => this.#resyncs.request(subscription)));
  }

  resyncFor(subscriber: Subscriber): Promise<void> {
    const subscription = this.#store.get(subscriber.topic);
    if (!subscription?.subscribers.includes(subscriber)) return handled(Promise.reject(notHeld(subscriber.topic)));
    return this.#resyncs.request(subscription);
  }

  /** Holds frames back until `uncork()`, so that the frames of a bulk change are full. */
  cork(): void {
    this.#changed.cork();
  }

  uncork(): void {
    this.#changed.uncork();
  }

  /** Takes a subscriber out; resolves when the topic is ended at the server, or need not be. */
  leave(subscriber: Subscriber): Promise<void> {
    this.#waits.end(subscriber);
    const subscription = this.#store.get(subscriber.topic);
    if (!subscription || !this.#store.leave(subscription, subscriber)) return Promise.resolve();
    this.#suspects.review();
    this.#resyncs.ended(subscription);
    if (subscription.state === 'idle') return Promise.resolve();
    const released = subscription.whenReleased();
    this.#changed.stage(subscription);
    return released;
  }

  // ——— What the connection reports ———

  /** A connection is open. */
  opened(): void {
    this.#arrival.opened();
    for (const subscription of this.#store.all()) subscription.countAnew();
  }

  /** A connection is ready. */
  ready(epoch: number): void {
    this.#arrival.ready(epoch);
    this.#suspects.ready();
    this.#session.ready();
    this.#changed.start();
  }

  /**
   * The connection is lost; nothing was heard since `since` (Unix milliseconds).
   * @param isByServer - whether the server ended it
   */
  lost(since: number, isByServer: boolean): void {
    this.#lose(since, isByServer);
    // After all losses are noted: a listener may do anything.
    for (const subscription of this.#store.all()) {
      for (const { inlet } of subscription.subscribers) inlet.interrupted();
    }
  }

  #lose(since: number, isByServer: boolean): void {
    const convicted = this.#suspects.lost(isByServer);
    this.#gaps.outage();
    for (const subscription of this.#store.all())
      this.#gaps.loseInOutage(subscription, since, this.#unanswered.hasEnded(subscription.topic));
    this.#changed.stop();
    this.#unanswered.clear();
    this.#reconciler.lost();
    this.#session.lost();
    this.#delivery.lost();
    this.#arrival.lost();
    for (const subscription of this.#store.all()) {
      this.#store.happen(subscription, 'lost');
      this.#waits.lost(subscription);
      this.#resyncs.lost(subscription);
    }
    // The connection is changing its state: listeners come later.
    if (convicted.length > 0) queueMicrotask(() => this.#convict(convicted));
  }

  /** Ends all channels and rejects all calls. */
  close(cause: CloseCause, error: AnyTransportError): void {
    this.#lose(0, false);
    this.#waits.stop();
    this.#refusals.stop();
    this.#resyncs.stop();
    for (const subscription of this.#store.values()) {
      this.#resyncs.ended(subscription, error);
      for (const subscriber of subscription.subscribers) {
        const { inlet, isConfirmed } = subscriber;
        void subscriber.leave();
        if (!isConfirmed) subscriber.fail(error);
        else if (cause.error) inlet.fail(cause.error);
        else inlet.end(cause);
      }
    }
  }

  // ——— What messages say ———

  /** Gives an update to the channels of its topic, or topics; false when there is none. */
  publish(name: Topic | RequestId | readonly Topic[], message: Message): boolean {
    return this.#delivery.publish(name, message);
  }

  /** Subscribes topics anew, or all topics, because what was delivered of them is stale. */
  resync(topics?: readonly Topic[]): void {
    this.#delivery.resync(topics);
  }

  /** Whether a subscribe frame with this id is unanswered. */
  isUsed(id: RequestId): boolean {
    return this.#acknowledgements.isOpen(id);
  }

  /** Takes a message with the id of a subscription frame; false for any other id. */
  answer(id: RequestId, message: Message): boolean {
    return this.#acknowledgements.answer(id, message);
  }

  /** Takes a message that acknowledges topics without an id; false when it does not. */
  control(message: Message): boolean {
    return this.#acknowledgements.control(message);
  }

  /** The streams of these topics came to their normal end. */
  completed(topics: readonly Topic[]): void {
    this.#session.completed(topics);
  }

  /** The session of the last connection goes on with these topics. */
  resumed(topics: readonly Topic[]): void {
    this.#session.resumed(topics);
  }

  /** The server ended topics that it had confirmed. */
  revoked(topics: readonly Topic[], words: string, serverCode: string | number | undefined, retryable?: boolean): void {
    this.#acknowledgements.revoked(topics, words, serverCode, retryable);
  }

  // ——— Topics ———

  /** @throws SubscriptionFailedError when the handler refuses the topic */
  #canonical(topic: Topic, params: unknown): Topic {
    return this.#ask(topic, () => this.#context.handler.canonicalTopic(topic, params));
  }

  #groupKey(topic: Topic, canonical: Topic, params: unknown): string | undefined {
    return this.#ask(topic, () => this.#context.handler.groupKey(canonical, params) ?? undefined);
  }

  /** @throws SubscriptionFailedError if the handler throws */
  #ask<T>(topic: Topic, hook: () => T): T {
    try {
      return hook();
    } catch (cause) {
      throw new SubscriptionFailedError(topic, texts.topicImpossible(topic, describe(cause)), {
        cause,
        delivery: 'unsent',
      });
    }
  }

  /** The subscriptions that a topic may mean. */
  #named(wanted: Topic): Subscription[] {
    const names = [wanted, this.#bareName(wanted)];
    return this.#store.values().filter(({ name, topic }) => names.includes(topic) || names.includes(name));
  }

  /** The canonical topic without params, or the topic itself where the handler demands params. */
  #bareName(topic: Topic): Topic {
    try {
      return this.#context.handler.canonicalTopic(topic, undefined);
    } catch {
      return topic;
    }
  }

  /** @throws CapacityExceededError when the server allows no further topic */
  #checkLimit(topic: Topic): void {
    const limit = limitsOf(this.#context).topicsPerConnection ?? Infinity;
    if (this.#store.wanted < limit) return;
    throw new CapacityExceededError('limits.topicsPerConnection', limit, texts.tooManyTopics(topic));
  }

  /** Ends topics that make the server end the connection. */
  #convict(subscriptions: readonly Subscription[]): void {
    for (const { subscribers, topic } of subscriptions) {
      const error = new SubscriptionFailedError(topic, texts.endsConnections(topic), { delivery: 'unknown' });
      for (const subscriber of subscribers) subscriber.fail(error);
    }
  }

  #end(subscription: Subscription): Promise<void> {
    const { name, subscribers } = subscription;
    const released = subscription.state === 'idle' ? Promise.resolve() : subscription.whenReleased();
    for (const subscriber of subscribers) {
      if (subscriber.isConfirmed) {
        void subscriber.leave();
        subscriber.inlet.discard({ code: 1000, reason: 'unsubscribed' });
      } else {
        subscriber.fail(
          new SubscriptionFailedError(name, texts.unsubscribedEarly(name), { delivery: subscriber.delivery }),
        );
      }
    }
    return released;
  }
}

/** Writes params as they are sent; a handler does. */
interface Writer {
  stringify(value: unknown): string;
}

/** @throws SubscriptionFailedError when a wanted topic has other params */
function checkSameParams(existing: Subscription, topic: Topic, params: unknown, writer: Writer): void {
  if (isSame(existing.params, params, writer)) return;
  throw new SubscriptionFailedError(topic, texts.otherParams(topic), { delivery: 'unsent' });
}

/** Params are plain data. */
function copied(params: unknown): unknown {
  if (typeof params !== 'object' || params === null) return params;
  try {
    return plainCopy(params);
  } catch (cause) {
    throw wrapError(texts.PARAMS_NOT_PLAIN, cause);
  }
}

/** Params are plain data: params that are sent the same way are the same. */
function isSame(a: unknown, b: unknown, writer: Writer): boolean {
  if (a === b) return true;
  try {
    return writer.stringify(a) === writer.stringify(b);
  } catch (cause) {
    throw wrapError(texts.PARAMS_NOT_COMPARABLE, cause);
  }
}
