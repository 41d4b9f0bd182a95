import type { Topic } from '../../identifiers.js';
import type { SubscriptionOutcome } from '../../protocol/handler-types.js';
import type { Message } from '../../protocol/message.js';
import { asMembers } from '../common/values.js';
import { type Arg, argOf, isPartOf, topicOf } from './args.js';
import { isTemporary, PLEASE_LOG_IN } from './codes.js';
import { argInProse, codeOf, wordsOf } from './error-prose.js';

/** Channels that a connection without a login cannot have. */
const PRIVATE =
  /^(?:account|positions|balance_and_position|liquidation-warning|orders|fills|algo-|grid-|deposit-info|withdrawal-info|rfqs|quotes|struc-block-trades|sprd-orders|sprd-trades|copytrading-|books50?-l2-tbt)/;

/** What is known about a refusal beside its frame. */
export interface RefusalFacts {
  /** Whether the refusal says which frame it answers. */
  readonly hasId: boolean;
  /** Whether the handler has credentials: then it logs in and asks again. */
  readonly canLogIn: boolean;
}

/** What a confirmation says about the topics of a frame: each arg is confirmed on its own, with the id of the frame. */
export function confirmation(
  message: Message,
  topics: readonly Topic[],
  hasId: boolean,
): SubscriptionOutcome | undefined {
  const topic = find(topics, topicOf(asMembers(message.json).arg)) ?? (hasId ? only(topics) : undefined);
  return topic === undefined ? undefined : { accepted: [topic] };
}

/**
 * What an error says about the topics of a frame. It has the id of the frame or, as it was recorded, none; so both are
 * read. It names an arg in its words, or nothing. The other args of the frame are confirmed all the same.
 */
export function subscriptionRefusal(
  message: Message,
  topics: readonly Topic[],
  { hasId, canLogIn }: RefusalFacts,
): SubscriptionOutcome | false | undefined {
  const code = codeOf(message);
  if (code === PLEASE_LOG_IN) {
    const refused = hasId ? topics : topics.filter((name) => PRIVATE.test(name));
    return refused.length > 0 ? { refused, ...(canLogIn && { retryable: true }) } : undefined;
  }
  const later = isTemporary(code) && { retryable: true };
  const topic = find(topics, topicOf(argInProse(wordsOf(message)))) ?? (hasId ? only(topics) : undefined);
  if (topic !== undefined) return { refused: [topic], ...later };
  if (!hasId) return undefined;
  // The client finds the bad topic by asking again in halves.
  return later ? { refused: topics, ...later } : false;
}

/** The topic of a frame that an answer names: its arg may lack a member of the request, or have one more. */
function find(topics: readonly Topic[], named: Topic | undefined): Topic | undefined {
  if (named === undefined) return undefined;
  if (topics.includes(named)) return named;
  const arg = argOf(named);
  return arg && topics.find((topic) => isSimilar(argOf(topic), arg));
}

function isSimilar(one: Arg | undefined, other: Arg): boolean {
  return one !== undefined && (isPartOf(one, other) || isPartOf(other, one));
}

function only(topics: readonly Topic[]): Topic | undefined {
  return topics.length === 1 ? topics[0] : undefined;
}
