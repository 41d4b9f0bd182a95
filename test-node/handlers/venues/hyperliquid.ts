import type { RequestId } from '../../../src/identifiers.js';
import type { Frames, SubscriptionOutcome } from '../../../src/protocol/handler-types.js';
import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';
import { ProtocolHandler } from '../../../src/protocol/protocol-handler.js';

interface HyperliquidFrame {
  data: { id?: number; response?: unknown; subscription?: Record<string, unknown>; method?: string; coin?: string };
}

const read = (message: Message) => (message.json as HyperliquidFrame).data;
const subscriptionOf = (topic: string) =>
  Object.fromEntries([
    ['type', topic.split(':')[0]],
    ['coin', topic.split(':')[1]],
  ]);

/** Hyperliquid: no ids for subscriptions, which come back with defaults added; ids of answers are nested. */
export class HyperliquidHandler extends ProtocolHandler {
  #lastId = 0;

  classifyMessage(message: Message): MessageKind {
    const channel = message.field('channel');
    if (channel === 'pong') return MessageKind.System;
    if (channel === 'post') return MessageKind.Response;
    if (channel === 'subscriptionResponse') return MessageKind.Control;
    return channel === 'error' || channel === undefined ? MessageKind.Unknown : MessageKind.Update;
  }

  extractRequestId(message: Message): RequestId | undefined {
    return message.field('id') ?? (message.field('channel') === 'post' ? read(message).id : undefined);
  }

  extractTopic(message: Message): string {
    return `${message.field('channel')}:${/"coin"\s*:\s*"([^"]+)"/.exec(message.text)?.[1]}`;
  }

  buildSubscribe(topics: readonly string[]): Frames {
    return topics.map((topic) => JSON.stringify({ method: 'subscribe', subscription: subscriptionOf(topic) }));
  }

  buildUnsubscribe(topics: readonly string[]): Frames {
    return topics.map((topic) => JSON.stringify({ method: 'unsubscribe', subscription: subscriptionOf(topic) }));
  }

  override isSubscriptionSuccess(message: Message, topics: readonly string[]): SubscriptionOutcome | undefined {
    const { method, subscription = {} } = read(message);
    const isThis = (topic: string) =>
      Object.entries(subscriptionOf(topic)).every(([name, value]) => subscription[name] === value);
    const accepted = topics.filter(isThis);
    return method === 'subscribe' && accepted.length > 0 ? { accepted } : undefined;
  }

  override generateRequestId(): number {
    return ++this.#lastId;
  }

  override extractResult(message: Message): unknown {
    return read(message).response;
  }

  override extractData(message: Message): unknown {
    return read(message);
  }

  override buildPing(): string {
    return '{"method":"ping"}';
  }

  override isPongResponse(message: Message): boolean {
    return message.field('channel') === 'pong';
  }
}
