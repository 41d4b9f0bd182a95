import type { Signal } from '../../protocol/handler-types.js';
import { numberBefore } from './sequences.js';

/** Follows the numbers of the frames of one connection. */
export interface ConnectionSequence {
  /** A new connection: its numbers begin anew. For `onConnect`. */
  connected(): void;
  /**
   * Takes the number of the next frame, as `message.field()` or `message.path()` returned it. Returns a `resync` of all
   * topics if the number is not one more than the last one; else undefined. A value that is no integer is passed over. For
   * `extractSignal`, which is asked once for each frame, after the frame was delivered.
   */
  follow(current: unknown): Signal | undefined;
}

/**
 * Follows a number that counts all frames of a connection, whatever their topic is. A hole may concern any topic, so that
 * all are subscribed anew. One object serves one client.
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
 *   override extractSignal(message: Message) {
 *     return this.#sequence.follow(message.field('sequence_num'));
 *   }
 * }
 *
 * const sequence = connectionSequence();
 * sequence.follow(0); // undefined
 * sequence.follow(1); // undefined
 * sequence.follow(3); // { type: 'resync' }
 * ```
 */
export function connectionSequence(): ConnectionSequence {
  let last: string | undefined;
  return {
    connected() {
      last = undefined;
    },
    follow(current) {
      const before = numberBefore(current);
      if (before === undefined) return undefined;
      const hasHole = last !== undefined && last !== String(before);
      last = String(current);
      return hasHole ? { type: 'resync' } : undefined;
    },
  };
}
