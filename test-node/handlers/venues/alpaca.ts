import type { AuthFailure, SubscriptionOutcome } from '../../../src/protocol/handler-types.js';
import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';
import { ProtocolHandler } from '../../../src/protocol/protocol-handler.js';

const channels: Record<string, string> = { t: 'trades', q: 'quotes', b: 'bars' };

/** Alpaca: every frame is an array, `*` stands for all symbols, and a confirmation lists all that is subscribed. */
export class AlpacaHandler extends ProtocolHandler {
  override split(message: Message): readonly Message[] | undefined {
    return (message.json as unknown[] | undefined)?.map((part) => message.part(part));
  }

  classifyMessage(message: Message): MessageKind {
    const type = String(message.field('T'));
    return type in channels ? MessageKind.Update : type === 'subscription' ? MessageKind.Control : MessageKind.System;
  }

  extractRequestId(): undefined {
    return undefined;
  }

  extractTopic(message: Message): readonly string[] {
    const channel = channels[String(message.field('T'))];
    return [`${channel}.${message.field('S')}`, `${channel}.*`];
  }

  buildSubscribe(topics: readonly string[]): string {
    return this.#frame('subscribe', topics);
  }

  buildUnsubscribe(topics: readonly string[]): string {
    return this.#frame('unsubscribe', topics);
  }

  /** What is not listed may be confirmed by the next one. */
  override isSubscriptionSuccess(message: Message, topics: readonly string[]): SubscriptionOutcome {
    const state = message.json as Record<string, string[]>;
    const isListed = (channel = '', symbol = '') => state[channel]?.includes(symbol) ?? false;
    return { accepted: topics.filter((topic) => isListed(...(topic.split('.') as [string, string]))) };
  }

  override buildAuthMessage(): string {
    return JSON.stringify({ action: 'auth', key: 'key', secret: 'secret' });
  }

  override isAuthSuccess(message: Message): boolean {
    return message.field('msg') === 'authenticated';
  }

  override isAuthFailure(message: Message): AuthFailure {
    return message.field('code') === 402 && 'final';
  }

  #frame(action: string, topics: readonly string[]): string {
    const lists: Record<string, string[]> = {};
    for (const [channel = '', symbol = ''] of topics.map((topic) => topic.split('.')))
      lists[channel] = [...(lists[channel] ?? []), symbol];
    return JSON.stringify({ action, ...lists });
  }
}
