import type { Topic } from '../../identifiers.js';
import type { SubscriptionOutcome } from '../../protocol/handler-types.js';

/** What a confirmation lists, as the server sent it: lists of topics, a single topic, or nothing. */
export interface ListedTopics {
  readonly accepted?: unknown;
  readonly refused?: unknown;
}

/**
 * The outcome of a confirmation that lists the accepted and the refused topics. What is no text counts as not listed.
 * Undefined if nothing is listed: then the message is about something else.
 *
 * @param listed - both lists as the server sent them, unchecked
 *
 * @example
 * ```ts
 * const data: unknown = { successTopics: ['tickers.BTC'], failTopics: ['tickers.NOPE'] };
 * const { successTopics, failTopics } = data as Record<string, unknown>;
 * outcomeOf({ accepted: successTopics, refused: failTopics }); // { accepted: ['tickers.BTC'], refused: ['tickers.NOPE'] }
 * outcomeOf({}); // undefined
 * ```
 */
export function outcomeOf(listed: ListedTopics): SubscriptionOutcome | undefined {
  const accepted = textsIn(listed.accepted);
  const refused = textsIn(listed.refused);
  return accepted.length + refused.length > 0 ? { accepted, refused } : undefined;
}

/**
 * The outcome of a confirmation that lists only the accepted topics: every other topic of its frame is refused. Use it
 * where a confirmation has the id of its frame. A confirmation without an id is offered to all frames, and those whose
 * topics it does not list would be refused.
 *
 * @param topics - the topics of the frame, from `isSubscriptionSuccess`
 * @param accepted - the list as the server sent it, unchecked
 *
 * @example
 * ```ts
 * acceptedOnly(['book.BTC', 'book.NOPE'], ['book.BTC']); // { accepted: ['book.BTC'], refused: ['book.NOPE'] }
 * ```
 */
export function acceptedOnly(topics: readonly Topic[], accepted: unknown): SubscriptionOutcome {
  const [listed, others] = divide(topics, accepted);
  return { accepted: listed, refused: others };
}

/**
 * The outcome of a confirmation that lists everything that is subscribed on the connection. Topics of the frame that are
 * not in the list wait for a later confirmation.
 *
 * @param topics - the topics of the frame, from `isSubscriptionSuccess`
 * @param state - all topics that the server lists, in the form of the client's topics
 *
 * @example
 * ```ts
 * fullState(['trades.A', 'trades.B'], ['quotes.X', 'trades.A']); // { accepted: ['trades.A'], pending: ['trades.B'] }
 * ```
 */
export function fullState(topics: readonly Topic[], state: unknown): SubscriptionOutcome {
  const [listed, others] = divide(topics, state);
  return { accepted: listed, pending: others };
}

/** The topics that a list holds, and the others. */
function divide(topics: readonly Topic[], list: unknown): [listed: Topic[], others: Topic[]] {
  const names = new Set(textsIn(list));
  return [topics.filter((topic) => names.has(topic)), topics.filter((topic) => !names.has(topic))];
}

function textsIn(list: unknown): Topic[] {
  const values: readonly unknown[] = Array.isArray(list) ? list : [list];
  return values.filter((value) => typeof value === 'string');
}
