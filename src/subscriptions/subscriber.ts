import type { Channel } from '../channel/channel.js';
import type { ChannelInlet } from '../channel/channel-inlet.js';
import type { Gap } from '../channel/update.js';
import type { Gate } from '../context.js';
import { type AnyTransportError, type Delivery, RequestTimeoutError, SubscriptionFailedError } from '../errors.js';
import type { Topic } from '../identifiers.js';
import * as texts from '../texts.js';
import { forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import type { Wait } from './wait.js';

/** Since when, and why, a subscriber may have missed updates. */
export interface Loss extends Pick<Gap, 'since' | 'cause'> {
  /** The value of the subscription's `asks` with which updates come again. */
  endsWith: number;
  /** The epoch after which the outage began that it is a matter of. Missing: it is also a matter of something else. */
  outage: number | undefined;
}

export interface SubscriberOptions {
  readonly params?: unknown;
  /** Milliseconds from the write of the frame to the confirmation. */
  readonly timeout: number;
  /** Milliseconds from the call to the first write of the frame; without it there is no limit. */
  readonly maxWait: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A call that waits for the server's answer: the promise of one topic, or the call for many topics. */
export interface SubscribeCall<T> {
  resolve(channel: Channel<T>): void;
  reject(error: unknown, channel: Channel<T>): void;
}

/** What a subscriber needs of the subscriptions. */
export interface SubscriberOwner {
  /** Held when the call is resolved or rejected. */
  readonly gate: Gate;
  /** Takes the subscriber out; resolves when the topic is ended at the server, or need not be. */
  leave(subscriber: Subscriber): Promise<void>;
  /** Asks the server anew for the topic; resolves with the confirmation. */
  resyncFor(subscriber: Subscriber): Promise<void>;
}

/** One wish for a topic: unconfirmed until its call is resolved, then for as long as its channel lives. */
export class Subscriber {
  /** Canonical. */
  readonly topic: Topic;
  readonly inlet: ChannelInlet;
  /** What the subscriber may have missed; `Gaps` writes it. */
  loss: Loss | undefined;
  /** Whether the gap of that loss is still to be announced; `Gaps` writes it. */
  isOwed = false;
  /** An announced gap that the next update carries; `Gaps` writes it. */
  gap: Gap | undefined;
  /** The limit that runs until the confirmation; `Waits` writes it. */
  wait: Wait | undefined;
  /** Whether a frame with the topic may have reached the server since the call; `Waits` writes it. */
  delivery: Delivery = 'unsent';
  /** The value of the subscription's `asks` if the subscriber joined a running subscription and has had no update. */
  joinedIn = -1;
  readonly timeout: number;
  readonly maxWait: number | undefined;
  readonly #owner: SubscriberOwner;
  #signal: AbortSignal | undefined;
  /** Missing once it is resolved or rejected. */
  #call: SubscribeCall<unknown> | undefined;

  constructor(
    owner: SubscriberOwner,
    topic: Topic,
    inlet: ChannelInlet,
    options: SubscriberOptions,
    call: SubscribeCall<unknown>,
  ) {
    this.#owner = owner;
    this.topic = topic;
    this.inlet = inlet;
    this.timeout = options.timeout;
    this.maxWait = options.maxWait;
    this.#signal = options.signal;
    this.#call = call;
  }

  /** Begins to heed the signal. It is the application's own code that may run here, and it may close the client. */
  listen(): void {
    if (this.#signal) listenToAbort(this.#signal, this);
  }

  get isConfirmed(): boolean {
    return this.#call === undefined;
  }

  /** Resolves the call. */
  confirm(): void {
    this.inlet.goLive();
    this.#takeCall()?.resolve(this.inlet.channel);
  }

  /** Rejects the call, or ends the channel if the call was resolved. */
  fail(error: AnyTransportError): void {
    if (!this.isConfirmed) return this.#reject(error);
    void this.leave();
    this.inlet.fail(error);
  }

  /**
   * Gives the topic up; resolves when it is ended at the server, or need not be.
   * @param error - why the channel ended; a call that still waits is rejected with it
   */
  leave(error?: AnyTransportError): Promise<void> {
    if (error) this.#takeCall()?.reject(error, this.inlet.channel);
    if (this.#signal) forgetAbort(this.#signal, this);
    this.#signal = undefined;
    return this.#owner.leave(this);
  }

  resync(): Promise<void> {
    return this.#owner.resyncFor(this);
  }

  /** EventListener of the abort signal: rejects the call, or ends the channel if the call was resolved. */
  handleEvent(): void {
    if (!this.isConfirmed) return this.#reject(this.#signal?.reason);
    void this.leave();
    this.inlet.discard({ code: 1000, reason: 'aborted' });
  }

  /** A limit has passed. */
  expire(duration: number, delivery: Delivery, unknown: number): void {
    const { topic } = this;
    const cause = new RequestTimeoutError(duration, undefined, { delivery });
    const words =
      delivery === 'unsent' ? texts.notAsked(topic, duration) : texts.notConfirmed(topic, duration, unknown);
    this.#reject(new SubscriptionFailedError(topic, words, { cause, delivery, retryable: true }));
  }

  #reject(error: unknown): void {
    void this.leave();
    this.#takeCall()?.reject(error, this.inlet.channel);
    this.inlet.discard({ code: 1000, reason: 'not subscribed' });
  }

  /** The call, once. */
  #takeCall(): SubscribeCall<unknown> | undefined {
    const call = this.#call;
    this.#call = undefined;
    if (call) this.#owner.gate.hold();
    return call;
  }
}
