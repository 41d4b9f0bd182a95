import { ConnectionClosedError, SubscriptionFailedError, type TransportError } from '../errors.js';
import type { Topic } from '../identifiers.js';
import type { PartialSubscription } from '../subscriptions/subscribe-many.js';
import { notHeld, topicsFailed } from '../texts.js';
import { isObject } from '../util/options.js';

/** The error of a resync for a topic without a channel. */
export function notSubscribed(topic: Topic): SubscriptionFailedError {
  return new SubscriptionFailedError(topic, notHeld(topic), { delivery: 'unsent' });
}

/**
 * What `subscribeMany()` brings when the client ends: each topic has failed, as without a worker.
 * @throws SubscriptionFailedError unless the caller wanted a partial result; any other error as it is
 */
export function endedMany<T>(topics: Iterable<Topic>, options: unknown, error: unknown): PartialSubscription<T> {
  const [first, ...others] = topics;
  if (!(error instanceof ConnectionClosedError) || first === undefined) throw error;
  const errors = new Map<Topic, TransportError>([first, ...others].map((topic) => [topic, error]));
  if (isObject(options) && options.partial === true) return { channels: [], errors };
  const { delivery, retryable } = error;
  const words = topicsFailed(errors.size, others.length + 1, error.message);
  throw new SubscriptionFailedError(first, words, { failures: errors, cause: error, retryable, delivery });
}
