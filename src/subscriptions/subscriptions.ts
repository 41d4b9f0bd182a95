import type { Channel } from '../channel/channel.js';
import type { ChannelInlet } from '../channel/channel-inlet.js';
import { type Gap, LazyUpdate } from '../channel/update.js';
import type { Context } from '../context.js';
import { CapacityExceededError, SubscriptionFailedError, type TransportError } from '../errors.js';
import type { CloseCause } from '../events.js';
import type { RequestId, Topic } from '../identifiers.js';
import type { Message } from '../protocol/message.js';
import { wallTime } from '../trace.js';
import { DeadlineQueue } from '../util/deadline-queue.js';
import { describe, wrapError } from '../util/wrap-error.js';
import { SubscriptionWire } from './reconciler.js';
import {
  type Loss,
  type SubscribeCall,
  Subscriber,
  type SubscriberOptions,
  type SubscriberOwner,
} from './subscriber.js';
import type { Subscription, SubscriptionStore } from './subscription-store.js';

/** Updates under a name that the server has not told yet; they wait for the acknowledgement that tells it. */
const EARLY_UPDATES = 1_024;

/** Who subscribed to what: one subscription on the wire for all channels of a topic, restored after each reconnect. */
export class Subscriptions implements SubscriberOwner {
  readonly wire: SubscriptionWire;
  readonly #context: Context;
  readonly #store: SubscriptionStore;
  readonly #deadlines: DeadlineQueue;
  readonly #retries: DeadlineQueue;
  readonly #hasSequence: boolean;
  #turnAt: number | undefined;
  readonly #endTurn = () => {
    this.#turnAt = undefined;
  };
  #early: { name: RequestId; message: Message }[] = [];
  #epoch = 0;

  constructor(
    context: Context,
    store: SubscriptionStore,
    newId: () => RequestId,
    pump: () => void,
    isPaused: () => boolean,
  ) {
    const { runtime } = context;
    this.#context = context;
    this.#store = store;
    this.#deadlines = new DeadlineQueue(runtime.clock);
    this.#retries = new DeadlineQueue(runtime.clock);
    this.#hasSequence = context.overrides.extractSequence;
    this.wire = new SubscriptionWire(context, store, newId, {
      accepted: (subscription) => this.#accepted(subscription),
      refused: (subscription, error, retryable) => this.#refused(subscription, error, retryable),
      unanswered: (subscription) => this.#unanswered(subscription),
      ready: pump,
      isPaused,
    });
  }

  /** @throws SubscriptionFailedError when the handler refuses the topic */
  #canonical(topic: Topic, params: unknown): Topic {
    try {
      return this.#context.handler.canonicalTopic(topic, params);
    } catch (cause) {
      throw new SubscriptionFailedError(topic, `The handler refused the topic ${topic}: ${describe(cause)}`, { cause });
    }
  }

  /**
   * Subscribes a topic for the channel that `open` makes for its canonical name.
   * @throws TransportError when the call cannot even be tried
   */
  subscribe<T>(
    topic: Topic,
    open: (canonical: Topic) => ChannelInlet<T>,
    options: SubscriberOptions,
    call: SubscribeCall<T>,
  ): Channel<T> {
    const { handler } = this.#context;
    // As they are now: what the application does to them later must not change a resubscription.
    const params = copied(options.params);
    const canonical = this.#canonical(topic, params);
    const existing = this.#store.get(canonical);
    if (existing?.wanted && !sameParams(existing.params, params)) {
      throw new SubscriptionFailedError(
        topic,
        `${topic} is already subscribed with other params; unsubscribe it first.`,
      );
    }
    const limit = handler.limits?.topicsPerConnection ?? Infinity;
    if (!existing?.wanted && this.#store.wanted >= limit) {
      throw new CapacityExceededError(
        'limits.topicsPerConnection',
        limit,
        `The server allows no further topic beside ${topic}`,
      );
    }
    // A topic that is just being given up may come back with other params: then it is a new subscription.
    if (existing && !existing.wanted && !sameParams(existing.params, params)) {
      existing.params = params;
      this.wire.renew(existing);
    }
    const inlet = open(canonical);
    const subscription = this.#store.open(canonical, topic, params);
    const subscriber = new Subscriber(this, subscription, inlet, options, call);
    inlet.attach(subscriber);
    this.#store.join(subscriber);
    if (subscription.wire === 'subscribed') {
      subscriber.confirm();
    } else {
      this.#deadlines.add(subscriber, options.timeout);
      this.wire.stage(subscription);
    }
    return inlet.channel;
  }

  /** Ends every channel of a topic, whatever its params. */
  async endTopic(topic: Topic): Promise<void> {
    const names = [topic, this.#bareName(topic)];
    const named = this.#store
      .values()
      .filter((subscription) => names.includes(subscription.topic) || names.includes(subscription.name));
    await Promise.all(named.map((subscription) => this.#end(subscription)));
  }

  /** The canonical topic where there are no params; the topic itself where the handler demands some. */
  #bareName(topic: Topic): Topic {
    try {
      return this.#context.handler.canonicalTopic(topic, undefined);
    } catch {
      return topic;
    }
  }

  #end(subscription: Subscription): Promise<void> {
    const { name, subscribers } = subscription;
    const released = this.#released(subscription);
    for (const subscriber of subscribers) {
      if (subscriber.confirmed) {
        void subscriber.leave();
        subscriber.inlet.discard({ code: 1000, reason: 'unsubscribed' });
      } else {
        subscriber.fail(new SubscriptionFailedError(name, `${name} was unsubscribed before the server confirmed it.`));
      }
    }
    return released;
  }

  // ——— The connection's life ———

  serve(epoch: number): void {
    this.#epoch = epoch;
    this.wire.start();
  }

  /** The connection is lost; nothing was heard since `since` (Unix milliseconds). */
  lost(since: number): void {
    this.wire.stop();
    this.#early = [];
    this.#retries.stop();
    const loss: Loss = { since, cause: 'disconnect' };
    for (const subscription of this.#store.all()) {
      this.#lose(subscription, loss);
      this.#store.reset(subscription);
    }
  }

  /** Ends all channels and rejects all calls. */
  close(cause: CloseCause, error: TransportError): void {
    this.lost(0);
    this.#deadlines.stop();
    for (const subscription of this.#store.values()) {
      for (const subscriber of subscription.subscribers) {
        const { confirmed, inlet } = subscriber;
        subscriber.leave();
        if (!confirmed) subscriber.fail(error);
        else if (cause.error) inlet.fail(cause.error);
        else inlet.end(cause);
      }
    }
  }

  // ——— Updates ———

  /** Hands an update to the channels of its topic, or topics; false when nobody wants it. */
  publish(name: Topic | RequestId | readonly Topic[], message: Message): boolean {
    if (typeof name !== 'object') {
      const subscription = this.#store.find(name);
      return subscription ? this.#deliver(subscription, message) : this.#keepEarly(name, message);
    }
    let taken = false;
    for (const topic of name) {
      const subscription = this.#store.find(topic);
      if (subscription && this.#deliver(subscription, message)) taken = true;
    }
    return taken;
  }

  /** Subscribes topics anew because their state is stale. */
  resync(topics: readonly Topic[]): void {
    for (const topic of topics) {
      const subscription = this.#store.find(topic);
      if (subscription?.wire !== 'subscribed') continue;
      this.#lose(subscription, this.#staleNow());
      this.wire.renew(subscription);
    }
  }

  /** The server ended subscriptions by itself. */
  revoked(
    topics: readonly Topic[],
    message: string,
    serverCode: string | number | undefined,
    retryable: boolean,
  ): void {
    for (const topic of topics) {
      const subscription = this.#store.find(topic);
      if (!subscription || !this.wire.revoked(subscription)) continue;
      this.#lose(subscription, this.#staleNow());
      const error = new SubscriptionFailedError(
        subscription.topic,
        `The server ended ${subscription.topic}: ${message}`,
        { retryable, serverCode },
      );
      this.#refused(subscription, error, retryable);
    }
  }

  #deliver(subscription: Subscription, message: Message): boolean {
    const { subscribers } = subscription;
    if (subscribers.length === 0) return false;
    const first = subscribers[0] as Subscriber;
    // Nearly every topic has one reader, who misses nothing.
    const isPlain = subscribers.length === 1 && !first.loss && !first.gap && !this.#hasSequence;
    if (isPlain && first.inlet.isDeaf) {
      first.inlet.drop();
      return true;
    }
    const update = new LazyUpdate(message, this.#epoch, this.#receivedAt(), this.#context.handler);
    if (isPlain) {
      first.inlet.deliver(update);
      return true;
    }
    if (this.#hasSequence) this.#follow(subscription, update);
    // All gaps come first: a listener that ends the connection begins another one, after this update. What is stale goes
    // on to lose, so that its gap comes later.
    const owed = subscription.wire === 'stale' ? [] : subscribers.filter(({ isOwed }) => isOwed);
    this.#announce(owed, update.receivedAt);
    for (const subscriber of subscribers) this.#hand(subscriber, update);
    return true;
  }

  /** Unix milliseconds of this turn: what one read of the socket brought came at one time. */
  #receivedAt(): number {
    if (this.#turnAt === undefined) {
      this.#turnAt = wallTime(this.#context.runtime.clock);
      void Promise.resolve().then(this.#endTurn);
    }
    return this.#turnAt;
  }

  #hand(subscriber: Subscriber, update: LazyUpdate): void {
    const { gap } = subscriber;
    subscriber.gap = undefined;
    subscriber.inlet.deliver(gap ? update.after(gap) : update);
  }

  /** Compares an update with the one before it, where the protocol numbers them. */
  #follow(subscription: Subscription, update: LazyUpdate): void {
    const sequence = this.#context.handler.extractSequence(update.message);
    if (!sequence) return;
    const last = subscription.sequence;
    const { current, previous, snapshot } = sequence;
    const since = subscription.lastUpdateAt;
    subscription.sequence = current;
    subscription.lastUpdateAt = update.receivedAt;
    update.sequence = current;
    if (snapshot !== undefined) update.snapshot = snapshot;
    if (sequence.resync) return this.resync([subscription.topic]);
    if (snapshot || previous === undefined || last === undefined || String(previous) === String(last)) return;
    for (const subscriber of subscription.subscribers) {
      const gap: Gap = { epoch: this.#epoch, since, until: update.receivedAt, cause: 'sequence' };
      subscriber.gap = gap;
      subscriber.inlet.gap(gap);
    }
  }

  #keepEarly(name: Topic | RequestId, message: Message): boolean {
    if (!this.#context.handler.serverChoosesTopics || !this.wire.isWaiting || this.#early.length >= EARLY_UPDATES)
      return false;
    this.#early.push({ name, message });
    return true;
  }

  /** Hands out what came before its name was known; what nobody will claim goes to the application. */
  #replayEarly(): void {
    const early = this.#early;
    this.#early = [];
    for (const { name, message } of early) {
      if (!this.publish(name, message)) this.#context.emit('message', message);
    }
  }

  // ——— Gaps ———

  #lose(subscription: Subscription, loss: Loss): void {
    for (const subscriber of subscription.subscribers) {
      // Who has heard nothing misses nothing. Drops in a row are one gap, from the first on.
      const hasHeard = subscriber.confirmed || subscriber.inlet.buffered > 0;
      if (!hasHeard || subscriber.isOwed) continue;
      subscriber.loss = loss;
      subscriber.isOwed = true;
    }
  }

  /** What is lost from now on, until a topic is confirmed anew. */
  #staleNow(): Loss {
    return { since: this.#receivedAt(), cause: 'resync' };
  }

  /** Tells those who missed something so. All are noted first: what the first one's listener loses is another gap. */
  #announce(owed: readonly Subscriber[], until: number): void {
    for (const subscriber of owed) {
      const { since, cause } = subscriber.loss as Loss;
      subscriber.isOwed = false;
      subscriber.gap = { epoch: this.#epoch, since, until, cause };
    }
    for (const { gap, inlet } of owed) if (gap) inlet.gap(gap);
  }

  // ——— The server's word ———

  #accepted(subscription: Subscription): void {
    const { subscribers } = subscription;
    this.#announce(subscribers.filter(isMissed), this.#receivedAt());
    for (const subscriber of subscribers) {
      if (!subscriber.confirmed) {
        this.#deadlines.delete(subscriber);
        subscriber.confirm();
        // Nobody can listen yet: what was lost before is told with the next update.
        continue;
      }
      // A listener that lost the connection again began another gap.
      if (!subscriber.loss || subscriber.isOwed) continue;
      subscriber.loss = undefined;
      subscriber.inlet.resumed(this.#epoch);
    }
    if (this.#early.length > 0) this.#replayEarly();
  }

  #refused(subscription: Subscription, error: TransportError, retryable: boolean): void {
    for (const subscriber of subscription.subscribers) {
      if (!retryable || !subscriber.confirmed) subscriber.fail(error);
    }
    if (this.#early.length > 0) this.#replayEarly();
    if (!subscription.wanted) return;
    this.#context.emit('warning', { code: 'subscription-retried', message: error.message, error });
    const retry = { deadline: 0, isQueued: false, expire: () => this.wire.stage(subscription) };
    this.#retries.add(retry, this.#context.config.reconnectMinUptime);
  }

  #unanswered(subscription: Subscription): void {
    if (!subscription.wanted) return;
    // It is ended on the wire and asked for anew: what comes between the two is lost.
    this.#lose(subscription, this.#staleNow());
    const message = `The server did not confirm ${subscription.topic} in time; it is asked again.`;
    this.#context.emit('warning', { code: 'subscription-unconfirmed', message });
  }

  // ——— Joining and leaving ———

  leave(subscriber: Subscriber): Promise<void> {
    const { subscription } = subscriber;
    if (!this.#store.leave(subscriber, this.#deadlines)) return Promise.resolve();
    if (subscription.wire === 'idle') {
      this.#store.reset(subscription);
      return Promise.resolve();
    }
    const released = this.#released(subscription);
    this.wire.stage(subscription);
    return released;
  }

  settled(): void {
    this.#context.gate.hold();
  }

  /** Resolves when the server was told that nobody wants this any more, or when the connection is gone. */
  #released(subscription: Subscription): Promise<void> {
    if (subscription.wire === 'idle') return Promise.resolve();
    return new Promise((resolve) => {
      subscription.released = [...(subscription.released ?? []), resolve];
    });
  }
}

/** Params are plain data. */
function copied(params: unknown): unknown {
  if (typeof params !== 'object' || params === null) return params;
  try {
    return structuredClone(params);
  } catch (cause) {
    throw wrapError('The params of a subscription must be plain data', cause);
  }
}

/** Whether its reader missed something that nobody told. */
function isMissed(subscriber: Subscriber): boolean {
  return subscriber.confirmed && subscriber.isOwed;
}

/** Params are plain data: what is sent the same way is the same. */
function sameParams(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  try {
    return JSON.stringify(a) === JSON.stringify(b);
  } catch (cause) {
    throw wrapError('The params of a subscription cannot be compared', cause);
  }
}
