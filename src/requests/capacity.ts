import { CapacityExceededError } from '../errors.js';
import type { Priority } from '../outbound/outbound-call.js';

/** Calls of high priority may take so much more than the configured capacity. */
const RESERVE = 1 / 4;

/**
 * Checks whether one more call is allowed.
 * @throws CapacityExceededError when there are too many, `unsent`
 */
export function checkCapacity(
  limit: string,
  configured: number,
  count: number,
  priority: Priority,
  words: string,
): void {
  const capacity = priority === 'high' ? configured + Math.ceil(configured * RESERVE) : configured;
  if (count >= capacity) throw new CapacityExceededError(limit, capacity, words, { delivery: 'unsent' });
}
