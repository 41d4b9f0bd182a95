import type { SubscriptionOutcome } from '../../../src/protocol/handler-types.js';
import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';
import { ProtocolHandler } from '../../../src/protocol/protocol-handler.js';

interface CoinbaseFrame {
  events: { product_id?: string; subscriptions?: Record<string, string[]> }[];
}

/** Coinbase Advanced Trade: a token in each frame, a channel that comes back under another name, the full state as ack. */
export class CoinbaseHandler extends ProtocolHandler {
  readonly #token: () => string;

  constructor(token: () => string) {
    super();
    this.#token = token;
  }

  override split(message: Message): readonly Message[] | undefined {
    if (message.field('channel') !== 'l2_data') return undefined;
    const { events, ...rest } = message.json as CoinbaseFrame;
    return events.map((event) => message.part({ ...rest, product_id: event.product_id, events: [event] }));
  }

  classifyMessage(message: Message): MessageKind {
    const channel = message.field('channel');
    if (channel === 'subscriptions') return MessageKind.Control;
    return channel === 'l2_data' ? MessageKind.Update : MessageKind.Unknown;
  }

  extractRequestId(): undefined {
    return undefined;
  }

  extractTopic(message: Message): string {
    return `level2.${message.field('product_id')}`;
  }

  buildSubscribe(topics: readonly string[]): string {
    return this.#frame('subscribe', topics);
  }

  buildUnsubscribe(topics: readonly string[]): string {
    return this.#frame('unsubscribe', topics);
  }

  override isSubscriptionSuccess(message: Message, topics: readonly string[]): SubscriptionOutcome {
    const lists = (message.json as CoinbaseFrame).events[0]?.subscriptions ?? {};
    return { accepted: topics.filter((topic) => lists.level2?.includes(topic.slice('level2.'.length))) };
  }

  #frame(type: string, topics: readonly string[]): string {
    const product_ids = topics.map((topic) => topic.slice('level2.'.length));
    return JSON.stringify({ type, channel: 'level2', product_ids, jwt: this.#token() });
  }
}
