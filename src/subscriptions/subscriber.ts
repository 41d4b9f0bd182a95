import type { Channel } from '../channel/channel.js';
import type { ChannelInlet } from '../channel/channel-inlet.js';
import type { Gap } from '../channel/update.js';
import { RequestTimeoutError, SubscriptionFailedError, type TransportError } from '../errors.js';
import { forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import type { Expirable } from '../util/deadline-queue.js';
import type { Subscription } from './subscription-store.js';

/** What subscribers may have missed. */
export type Loss = Pick<Gap, 'since' | 'cause'>;

export interface SubscriberOptions {
  readonly params?: unknown;
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** A call that waits for the server's answer: the promise of one topic, or the call for many topics. */
export interface SubscribeCall<T> {
  resolve(channel: Channel<T>): void;
  reject(error: unknown, channel: Channel<T>): void;
}

/** What a subscriber needs of the subscriptions that it is one of. */
export interface SubscriberOwner {
  /** Takes it out; resolves when the server was told, or need not be. */
  leave(subscriber: Subscriber): Promise<void>;
  /** Its call was settled. */
  settled(): void;
}

/** One wish for a topic: unconfirmed until its call is settled, then for as long as its channel lives. */
export class Subscriber implements Expirable {
  readonly subscription: Subscription;
  readonly inlet: ChannelInlet;
  /** What it may have missed, until that is over. */
  loss: Loss | undefined;
  /** Whether it was not told of that yet. */
  isOwed = false;
  /** To be shown on the next update. */
  gap: Gap | undefined;
  deadline = 0;
  isQueued = false;
  readonly #owner: SubscriberOwner;
  readonly #timeout: number;
  #signal: AbortSignal | undefined;
  /** Gone once it is settled. */
  #call: SubscribeCall<unknown> | undefined;

  constructor(
    owner: SubscriberOwner,
    subscription: Subscription,
    inlet: ChannelInlet,
    options: SubscriberOptions,
    call: SubscribeCall<unknown>,
  ) {
    this.#owner = owner;
    this.subscription = subscription;
    this.inlet = inlet;
    this.#timeout = options.timeout;
    this.#signal = options.signal;
    this.#call = call;
    if (options.signal) listenToAbort(options.signal, this);
  }

  get confirmed(): boolean {
    return this.#call === undefined;
  }

  /** Resolves the call. */
  confirm(): void {
    this.#settle()?.resolve(this.inlet.channel);
  }

  /** Rejects the call, or ends the channel where it was resolved. */
  fail(error: TransportError): void {
    if (!this.confirmed) return this.#reject(error);
    void this.leave();
    this.inlet.fail(error);
  }

  /**
   * Gives the subscription up; resolves when the server was told, or need not be.
   * @param error - why its channel ended; whoever still waits for the confirmation is told
   */
  leave(error?: TransportError): Promise<void> {
    if (error) this.#settle()?.reject(error, this.inlet.channel);
    if (this.#signal) forgetAbort(this.#signal, this);
    this.#signal = undefined;
    return this.#owner.leave(this);
  }

  /** EventListener of the abort signal: before the confirmation it rejects, later it ends the channel. */
  handleEvent(): void {
    if (!this.confirmed) return this.#reject(this.#signal?.reason);
    void this.leave();
    this.inlet.discard({ code: 1000, reason: 'aborted' });
  }

  expire(): void {
    const { topic } = this.subscription;
    const cause = new RequestTimeoutError(this.#timeout, undefined, { delivery: 'unknown' });
    this.#reject(
      new SubscriptionFailedError(topic, `${topic} was not confirmed within ${this.#timeout} ms.`, {
        cause,
        retryable: true,
      }),
    );
  }

  #reject(error: unknown): void {
    void this.leave();
    this.#settle()?.reject(error, this.inlet.channel);
    this.inlet.discard({ code: 1000, reason: 'not subscribed' });
  }

  #settle(): SubscribeCall<unknown> | undefined {
    const call = this.#call;
    this.#call = undefined;
    if (call) this.#owner.settled();
    return call;
  }
}
