import type { RequestId, SubscriptionContext } from 'hpx-transport-ws';
import { Message } from '../../src/protocol/message.js';

/** A message as the core makes it of a frame; what is no text is written as JSON. */
export function frame(value: unknown): Message {
  return new Message(typeof value === 'string' ? value : JSON.stringify(value));
}

/** What a handler may ask about topics: their params, and the names that the server chose. */
export function subscriptionContext(
  params: Record<string, unknown> = {},
  aliases: Record<string, RequestId> = {},
): SubscriptionContext {
  return {
    params: (topic) => params[topic],
    alias: (topic) => aliases[topic],
    setAlias: (topic, alias) => {
      aliases[topic] = alias;
    },
  };
}
