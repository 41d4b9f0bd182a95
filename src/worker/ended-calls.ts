import { ConnectionClosedError, type TransportError } from '../errors.js';
import type { Topic } from '../identifiers.js';
import type { PartialSubscription } from '../subscriptions/subscribe-many.js';
import { manyFailed } from '../subscriptions/subscription-errors.js';
import { isObject } from '../util/options.js';

/**
 * What `subscribeMany()` brings when the client ends: each topic has failed, as without a worker.
 * @throws SubscriptionFailedError unless the caller wanted a partial result; any other error as it is
 */
export function endedMany<T>(topics: Iterable<Topic>, options: unknown, error: unknown): PartialSubscription<T> {
  if (!(error instanceof ConnectionClosedError)) throw error;
  const wanted = [...topics];
  const errors = new Map<Topic, TransportError>(wanted.map((topic) => [topic, error]));
  if (isObject(options) && options.partial === true) return { channels: [], errors };
  throw errors.size === 0 ? error : manyFailed(errors, wanted.length);
}
