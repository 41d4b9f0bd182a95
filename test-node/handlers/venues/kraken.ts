import type { RequestId } from '../../../src/identifiers.js';
import type { Frames, ServerError, SubscriptionOutcome } from '../../../src/protocol/handler-types.js';
import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';
import { ProtocolHandler } from '../../../src/protocol/protocol-handler.js';

interface KrakenFrame {
  error?: string;
  symbol?: string;
  result?: { channel: string; symbol?: string };
}

/** Kraken v2: integer ids, one frame per channel, one confirmation per symbol, a heartbeat that is a channel. */
export class KrakenHandler extends ProtocolHandler {
  #lastId = 0;

  classifyMessage(message: Message): MessageKind {
    const channel = message.field('channel');
    if (channel === 'heartbeat' || channel === 'status') return MessageKind.System;
    if (channel !== undefined) return MessageKind.Update;
    return message.field('req_id') === undefined ? MessageKind.Unknown : MessageKind.Response;
  }

  extractRequestId(message: Message): RequestId | undefined {
    return message.field('req_id');
  }

  extractTopic(message: Message): string {
    return `${message.field('channel')}:${/"symbol"\s*:\s*"([^"]+)"/.exec(message.text)?.[1]}`;
  }

  override generateRequestId(): number {
    return ++this.#lastId;
  }

  override injectRequestId(payload: unknown, req_id: RequestId): object {
    return { ...(payload as object), req_id };
  }

  buildSubscribe(topics: readonly string[], req_id: RequestId): Frames {
    return this.#frames('subscribe', topics, req_id);
  }

  buildUnsubscribe(topics: readonly string[], req_id: RequestId): Frames {
    return this.#frames('unsubscribe', topics, req_id);
  }

  override isSubscriptionSuccess(message: Message, topics: readonly string[]): SubscriptionOutcome {
    const { error, result, symbol } = message.json as KrakenFrame;
    // A refusal names the symbol but not the channel.
    if (error !== undefined) return { refused: topics.filter((topic) => topic.endsWith(`:${symbol}`)) };
    return { accepted: topics.filter((topic) => topic === `${result?.channel}:${result?.symbol}`) };
  }

  override extractError(message: Message): ServerError | undefined {
    const { error } = message.json as KrakenFrame;
    return error === undefined ? undefined : { message: error };
  }

  /** The checksum of a book is made of the digits as they were sent, so prices and quantities stay text. */
  override extractData(message: Message): unknown {
    return (JSON.parse(message.text.replace(/("(?:price|qty)"\s*:\s*)(-?[\d.eE+-]+)/g, '$1"$2"')) as { data: unknown })
      .data;
  }

  #frames(method: string, topics: readonly string[], req_id: RequestId): string[] {
    const symbols: Record<string, string[]> = {};
    for (const [channel = '', symbol = ''] of topics.map((topic) => topic.split(':')))
      symbols[channel] = [...(symbols[channel] ?? []), symbol];
    return Object.entries(symbols).map(([channel, symbol]) =>
      JSON.stringify({ method, params: { channel, symbol }, req_id }),
    );
  }
}
