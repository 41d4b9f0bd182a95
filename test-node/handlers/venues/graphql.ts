import type { RequestId } from '../../../src/identifiers.js';
import type { Limits, ServerError, Signal, SubscriptionContext } from '../../../src/protocol/handler-types.js';
import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';
import { ProtocolHandler } from '../../../src/protocol/protocol-handler.js';

const frame = (id: RequestId | undefined, type: string, payload?: unknown) => JSON.stringify({ id, type, payload });

/** graphql-transport-ws: the frames of a stream carry the id of the request that opened it. A topic is a query. */
export class GraphqlHandler extends ProtocolHandler {
  override readonly limits: Limits = { topicsPerFrame: 1 };
  readonly #streams = new Map<RequestId, string>();

  classifyMessage(message: Message): MessageKind {
    const type = message.field('type');
    const isStream = this.#streams.has(message.field('id') ?? '');
    if (type === 'next') return isStream ? MessageKind.Update : MessageKind.Response;
    return type === 'error' && !isStream ? MessageKind.Response : MessageKind.System;
  }

  extractRequestId(message: Message): RequestId | undefined {
    return message.field('id');
  }

  extractTopic(message: Message): RequestId | undefined {
    return message.field('id');
  }

  buildSubscribe([topic = '']: readonly string[], id: RequestId, context: SubscriptionContext): string {
    context.setAlias(topic, id);
    this.#streams.set(id, topic);
    return frame(id, 'subscribe', { query: topic, variables: context.params(topic) });
  }

  buildUnsubscribe([topic = '']: readonly string[], _id: RequestId, context: SubscriptionContext): string {
    return frame(context.alias(topic), 'complete');
  }

  /** A subscription with other variables is another one. */
  override canonicalTopic(topic: string, params: unknown): string {
    return params === undefined ? topic : `${topic} ${JSON.stringify(params)}`;
  }

  override injectRequestId(payload: unknown, id: RequestId): object {
    return { id, type: 'subscribe', payload };
  }

  override buildCancel(requestId: RequestId): string {
    return frame(requestId, 'complete');
  }

  override extractResult(message: Message): unknown {
    return (message.json as { payload: { data: unknown } }).payload.data;
  }

  override extractData(message: Message): unknown {
    return this.extractResult(message);
  }

  override extractError(message: Message): ServerError | undefined {
    if (message.field('type') !== 'error') return undefined;
    const errors = (message.json as { payload: { message: string }[] }).payload;
    return { message: errors[0]?.message ?? '', data: errors };
  }

  override extractSignal(message: Message): Signal | undefined {
    const topic = this.#streams.get(message.field('id') ?? '');
    if (topic === undefined) return undefined;
    if (message.field('type') === 'complete') return { type: 'completed', topics: [topic] };
    const error = this.extractError(message);
    return error && { type: 'revoked', topics: [topic], error, retryable: false };
  }

  override buildAuthMessage(): string {
    this.#streams.clear();
    return frame(undefined, 'connection_init');
  }

  override isAuthSuccess(message: Message): boolean {
    return message.field('type') === 'connection_ack';
  }

  override isServerPing(message: Message): boolean {
    return message.field('type') === 'ping';
  }

  override buildPong(): string {
    return frame(undefined, 'pong');
  }

  override buildPing(): string {
    return frame(undefined, 'ping');
  }

  override isPongResponse(message: Message): boolean {
    return message.field('type') === 'pong';
  }
}
