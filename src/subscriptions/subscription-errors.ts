import { SubscriptionFailedError, type TransportError } from '../errors.js';
import type { Topic } from '../identifiers.js';
import * as texts from '../texts.js';

/** There is nothing to resync. */
export function notHeld(topic: string): SubscriptionFailedError {
  return new SubscriptionFailedError(topic, texts.notHeld(topic), { delivery: 'unsent' });
}

/** The error of a call that wanted all topics. */
export function manyFailed(errors: ReadonlyMap<Topic, TransportError>, wanted: number): SubscriptionFailedError {
  const [[topic, first]] = errors as unknown as [[Topic, TransportError]];
  const words = texts.topicsFailed(errors.size, wanted, first.message);
  const delivery = [...errors.values()].every((error) => error.delivery === 'unsent') ? 'unsent' : 'unknown';
  const { retryable } = first;
  return new SubscriptionFailedError(topic, words, { failures: errors, cause: first, retryable, delivery });
}
