import { parseExchangeFrame } from '../exchange/exchange-frame.js';
import type { MockConnection } from './mock-connection.js';

/**
 * The built-in exchange of the mock server. It speaks the dialect that `GenericJsonHandler` speaks without options:
 *
 * - `{"op":"subscribe","req_id":"1","args":["trades.BTC"]}` → `{"op":"subscribe","req_id":"1","success":true}`, and the
 *   same for `unsubscribe`. A frame that names a refused topic is refused as a whole, with `success: false` and
 *   `error`.
 * - `{"op":"ping"}` → `{"op":"pong"}`, with the `req_id` of the ping if it has one.
 * - Any other frame with a `req_id` is a request; the answer holds its payload: `{"req_id":"1","data":{…}}`.
 */
export class MockExchange {
  /** Refused topics, each with the error text. */
  readonly #refused = new Map<string, string>();

  refuseTopic(topic: string, error: string): void {
    this.#refused.set(topic, error);
  }

  acceptTopic(topic: string): void {
    this.#refused.delete(topic);
  }

  /** The answer to one text frame; `undefined` for a frame that gets no answer. */
  answer(text: string, connection: MockConnection): object | undefined {
    const frame = parseExchangeFrame(text);
    if (frame === undefined) return undefined;
    const { op, req_id, args } = frame;
    if (op === 'ping') return { op: 'pong', req_id };
    if (op === undefined && req_id === undefined) return undefined;
    if (!connection.authenticated) return { op, req_id, success: false, error: 'not authenticated' };
    if (op === 'subscribe' || op === 'unsubscribe') {
      const error = this.#update(op, args, connection.subscriptions);
      return error === undefined ? { op, req_id, success: true } : { op, req_id, success: false, error };
    }
    if (req_id === undefined) return undefined;
    const { req_id: _, ...data } = frame;
    return { req_id, data };
  }

  /** Changes the subscriptions, or returns the error text. */
  #update(op: 'subscribe' | 'unsubscribe', args: unknown, subscriptions: Set<string>): string | undefined {
    if (!Array.isArray(args) || args.length === 0) return 'args must be a list of topics';
    const topics = args.map(String);
    if (op === 'unsubscribe') {
      for (const topic of topics) subscriptions.delete(topic);
      return undefined;
    }
    for (const topic of topics) {
      const error = this.#refused.get(topic);
      if (error !== undefined) return error;
    }
    for (const topic of topics) subscriptions.add(topic);
    return undefined;
  }
}
