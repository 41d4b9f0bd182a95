import type { RequestId } from '../../../src/identifiers.js';
import type {
  Limits,
  ServerError,
  Signal,
  SubscriptionContext,
  SubscriptionOutcome,
} from '../../../src/protocol/handler-types.js';
import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';
import { ProtocolHandler } from '../../../src/protocol/protocol-handler.js';

interface ApiFrame {
  status?: number;
  result?: { subscriptionId?: number };
  error?: { code: number; msg: string; data?: unknown };
  event?: { e: string };
}

const read = (message: Message) => (message.json ?? {}) as ApiFrame;
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Binance WebSocket API: every request is signed just before it is written, and a 5xx leaves its outcome open. */
export class BinanceApiHandler extends ProtocolHandler {
  override readonly limits: Limits = { topicsPerFrame: 1, lifetime: 86_100_000 };
  override readonly serverChoosesTopics = true;
  readonly #topics = new Map<RequestId, string>();
  readonly #keys: { apiKey: string; secret: string } | undefined;

  constructor(keys?: { apiKey: string; secret: string }) {
    super();
    this.#keys = keys;
  }

  classifyMessage(message: Message): MessageKind {
    if (/"(?:eventStreamTerminated|serverShutdown)"/.test(message.text)) return MessageKind.System;
    if (message.field('subscriptionId') !== undefined) return MessageKind.Update;
    return message.field('id') === undefined ? MessageKind.System : MessageKind.Response;
  }

  extractRequestId(message: Message): RequestId | undefined {
    return message.field('id');
  }

  extractTopic(message: Message): RequestId | undefined {
    return message.field('subscriptionId');
  }

  buildSubscribe(_topics: readonly string[], id: RequestId): string {
    return JSON.stringify({ id, method: 'userDataStream.subscribe' });
  }

  buildUnsubscribe(topics: readonly string[], id: RequestId, context: SubscriptionContext): string {
    return JSON.stringify({
      id,
      method: 'userDataStream.unsubscribe',
      params: { subscriptionId: context.alias(topics[0] ?? '') },
    });
  }

  override isSubscriptionSuccess(message: Message, [topic = '']: readonly string[]): boolean | SubscriptionOutcome {
    const id = read(message).result?.subscriptionId;
    if (id === undefined) return false;
    this.#topics.set(id, topic);
    return { accepted: [topic], aliases: { [topic]: id } };
  }

  override extractError(message: Message): ServerError | undefined {
    const { error, status = 200 } = read(message);
    return (
      error && { message: error.msg, code: error.code, data: error.data, ...(status >= 500 && { outcome: 'unknown' }) }
    );
  }

  override extractResult(message: Message): unknown {
    return read(message).result;
  }

  override extractData(message: Message): unknown {
    return read(message).event;
  }

  override extractSignal(message: Message): Signal | undefined {
    const { event, status } = read(message);
    if (event?.e === 'serverShutdown') return { type: 'reconnect', reason: event.e };
    const topic = this.#topics.get(message.field('subscriptionId') ?? '');
    if (event && topic !== undefined) return { type: 'revoked', topics: [topic], retryable: true };
    return status === 401 && message.field('id') === undefined ? { type: 'authenticate' } : undefined;
  }

  override async prepareRequest(text: string): Promise<string> {
    if (!this.#keys) return text;
    const request = JSON.parse(text) as { params?: Record<string, string> };
    const params: Record<string, string> = { ...request.params, apiKey: this.#keys.apiKey };
    const query = Object.keys(params)
      .sort()
      .map((name) => `${name}=${params[name]}`)
      .join('&');
    const key = await crypto.subtle.importKey(
      'raw',
      utf8(this.#keys.secret),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    );
    const signature = Buffer.from(await crypto.subtle.sign('HMAC', key, utf8(query))).toString('hex');
    return JSON.stringify({ ...request, params: { ...params, signature } });
  }
}
