import type { Topic } from '../../identifiers.js';
import type { Signal } from '../../protocol/handler-types.js';
import { numberBefore } from './sequences.js';

/** Follows the frames of one connection, and knows its topics. */
export interface ConnectionSequence {
  /** A new connection: its numbers begin anew, and nothing is subscribed. For `onConnect`. */
  connected(): void;
  /** Topics are asked for. For `buildSubscribe`. */
  subscribed(topics: readonly Topic[]): void;
  /** Topics are ended. For `buildUnsubscribe`. */
  unsubscribed(topics: readonly Topic[]): void;
  /**
   * Takes the number of the next frame, as `message.field()` or `message.path()` returned it. Returns a `resync` of all
   * topics if the number is not one more than the last one; else undefined. A value that is no integer is passed over. For
   * `extractSignal`, which is asked once for each frame, after the frame was delivered.
   */
  follow(current: unknown): Signal | undefined;
}

/**
 * Follows a number that counts all frames of a connection, whatever their topic is. A hole may concern any topic, so that
 * all are subscribed anew. Call it in four hooks of the handler, as the example does. One object serves one client.
 *
 * @example
 * ```ts
 * class CountedHandler extends GenericJsonHandler {
 *   readonly #sequence = connectionSequence();
 *
 *   override onConnect() {
 *     this.#sequence.connected();
 *     return super.onConnect();
 *   }
 *   override buildSubscribe(topics: readonly string[], id: RequestId, context: SubscriptionContext) {
 *     this.#sequence.subscribed(topics);
 *     return super.buildSubscribe(topics, id, context);
 *   }
 *   override buildUnsubscribe(topics: readonly string[], id: RequestId, context: SubscriptionContext) {
 *     this.#sequence.unsubscribed(topics);
 *     return super.buildUnsubscribe(topics, id, context);
 *   }
 *   override extractSignal(message: Message) {
 *     return this.#sequence.follow(message.field('sequence_num'));
 *   }
 * }
 *
 * const sequence = connectionSequence();
 * sequence.subscribed(['level2.BTC', 'trades.BTC']);
 * sequence.follow(0); // undefined
 * sequence.follow(1); // undefined
 * sequence.follow(3); // { type: 'resync', topics: ['level2.BTC', 'trades.BTC'] }
 * ```
 */
export function connectionSequence(): ConnectionSequence {
  const subscribed = new Set<Topic>();
  let last: string | undefined;
  return {
    connected() {
      last = undefined;
      subscribed.clear();
    },
    subscribed(topics) {
      for (const topic of topics) subscribed.add(topic);
    },
    unsubscribed(topics) {
      for (const topic of topics) subscribed.delete(topic);
    },
    follow(current) {
      const before = numberBefore(current);
      if (before === undefined) return undefined;
      const hasHole = last !== undefined && last !== String(before);
      last = String(current);
      return hasHole && subscribed.size > 0 ? { type: 'resync', topics: [...subscribed] } : undefined;
    },
  };
}
