import type { Channel } from '../channel/channel.js';
import { SubscriptionFailedError, TransportError } from '../errors.js';
import type { Topic } from '../identifiers.js';
import * as texts from '../texts.js';
import { Deferred } from '../util/deferred.js';
import type { SubscribeCall } from './subscriber.js';

/** The result of `subscribeMany` with `partial`. */
export interface PartialSubscription<T> {
  readonly channels: Channel<T>[];
  /** The topics that failed, each with its error. */
  readonly errors: ReadonlyMap<Topic, TransportError>;
}

/** The call for many topics: one promise for all of them, resolved with the last topic. */
export class SubscribeMany<T> implements SubscribeCall<T> {
  readonly #topics: readonly Topic[];
  /** In the order of the topics. A topic that could not be tried has no channel. */
  readonly #channels: (Channel<T> | undefined)[] = [];
  readonly #failures = new Map<Channel<T> | Topic, unknown>();
  readonly #done = new Deferred<void>();
  /** How many topics are neither confirmed nor failed. */
  #open: number;

  constructor(topics: readonly Topic[]) {
    this.#topics = topics;
    this.#open = topics.length;
    if (this.#open === 0) this.#done.resolve();
  }

  /** @param open - subscribes a topic for this call, and returns its channel */
  add(topic: Topic, open: () => Channel<T>): void {
    try {
      this.#channels.push(open());
    } catch (error) {
      this.#channels.push(undefined);
      this.#failures.set(topic, error);
      this.resolve();
    }
  }

  resolve(): void {
    if (--this.#open === 0) this.#done.resolve();
  }

  reject(error: unknown, channel: Channel<T>): void {
    this.#failures.set(channel, error);
    this.resolve();
  }

  /** Resolves when every topic was confirmed or has failed. */
  async result(): Promise<PartialSubscription<T>> {
    await this.#done.promise;
    const channels: Channel<T>[] = [];
    const errors = new Map<Topic, TransportError>();
    this.#topics.forEach((topic, index) => {
      const channel = this.#channels[index];
      const key = channel ?? topic;
      if (this.#failures.has(key)) errors.set(topic, asTransportError(topic, this.#failures.get(key)));
      else if (channel) channels.push(channel);
    });
    return { channels, errors };
  }
}

function asTransportError(topic: Topic, reason: unknown): TransportError {
  return reason instanceof TransportError
    ? reason
    : new SubscriptionFailedError(topic, texts.topicAborted(topic), { cause: reason });
}
