import type { MockConnection } from './mock-connection.js';

/** A parsed frame of the dialect. */
interface Frame {
  readonly op?: unknown;
  readonly req_id?: unknown;
  readonly args?: unknown;
}

/**
 * A small exchange, in the dialect that `GenericJsonHandler` speaks out of the box:
 *
 * - `{"op":"subscribe","req_id":"1","args":["trades.BTC"]}` → `{"op":"subscribe","req_id":"1","success":true}`,
 *   `unsubscribe` likewise; a batch with a refused topic is refused as a whole, with `success: false` and an `error`;
 * - `{"op":"ping"}` → `{"op":"pong"}`, with the `req_id` where there was one;
 * - any other frame with a `req_id` is a request, and its own payload comes back: `{"req_id":"1","data":{…}}`.
 */
export class ExchangeDialect {
  readonly #refused = new Map<string, string>();

  refuseTopic(topic: string, error: string): void {
    this.#refused.set(topic, error);
  }

  acceptTopic(topic: string): void {
    this.#refused.delete(topic);
  }

  /** The answer to one text frame; nothing where it is not one of this dialect, or wants none. */
  answer(text: string, connection: MockConnection): object | undefined {
    const frame = parseFrame(text);
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

  /** Changes the set, or tells why not. */
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

/** A JSON object, or nothing. */
export function parseFrame(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
