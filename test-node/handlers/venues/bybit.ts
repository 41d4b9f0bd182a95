import { createHmac } from 'node:crypto';
import type { RequestId } from '../../../src/identifiers.js';
import type {
  AuthFailure,
  KeepAlive,
  Limits,
  Sequence,
  ServerError,
  SubscriptionOutcome,
} from '../../../src/protocol/handler-types.js';
import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';
import { ProtocolHandler } from '../../../src/protocol/protocol-handler.js';

interface BybitFrame {
  success?: boolean;
  ret_msg?: string;
  retCode?: number;
  retMsg?: string;
  type?: string;
  data?: { successTopics?: string[]; failTopics?: string[]; u?: number };
}

const read = (message: Message) => (message.json ?? {}) as BybitFrame;

/** Bybit v5: refuses a whole frame for one bad topic, confirms options without an id, spells its pong in four ways. */
export class BybitHandler extends ProtocolHandler {
  override readonly keepAlive: KeepAlive = { interval: 20_000, when: 'always', expectReply: true };
  override readonly limits: Limits = { topicsPerFrame: 10 };
  readonly #auth: { key: string; secret: string; now: () => number } | undefined;

  constructor(auth?: { key: string; secret: string; now: () => number }) {
    super();
    this.#auth = auth;
  }

  classifyMessage(message: Message): MessageKind {
    if (message.field('topic') !== undefined) return MessageKind.Update;
    const op = message.field('op');
    if (op === 'ping' || op === 'pong') return MessageKind.System;
    if (this.extractRequestId(message) !== undefined) return MessageKind.Response;
    const confirms = op === 'subscribe' || op === 'unsubscribe' || message.field('type') === 'COMMAND_RESP';
    return confirms ? MessageKind.Control : MessageKind.Unknown;
  }

  extractRequestId(message: Message): RequestId | undefined {
    return message.field('req_id') || message.field('reqId') || undefined;
  }

  extractTopic(message: Message): string | undefined {
    return message.field('topic') as string | undefined;
  }

  buildSubscribe(args: readonly string[], req_id: RequestId): string {
    return JSON.stringify({ req_id, op: 'subscribe', args });
  }

  buildUnsubscribe(args: readonly string[], req_id: RequestId): string {
    return JSON.stringify({ req_id, op: 'unsubscribe', args });
  }

  override isSubscriptionSuccess(
    message: Message,
    topics: readonly string[],
  ): boolean | SubscriptionOutcome | undefined {
    const { data, ret_msg = '', success } = read(message);
    if (message.field('op') === 'unsubscribe') return undefined;
    if (data) {
      const among = (list: string[] = []) => topics.filter((topic) => list.includes(topic));
      const [accepted, refused] = [among(data.successTopics), among(data.failTopics)];
      return accepted.length + refused.length > 0 ? { accepted, refused } : undefined;
    }
    const [, present] = /already subscribed,topic:(.+)/.exec(ret_msg) ?? [];
    // It fails the whole frame, so each topic of the frame must be subscribed on its own.
    if (present && topics.length === 1) return { benign: [present] };
    return success === true;
  }

  override injectRequestId(payload: unknown, reqId: RequestId): object {
    return { ...(payload as object), reqId };
  }

  override extractError(message: Message): ServerError | undefined {
    const { success, ret_msg, retCode, retMsg } = read(message);
    if (retCode) return { message: retMsg ?? '', code: retCode };
    return success === false ? { message: ret_msg ?? '' } : undefined;
  }

  override shouldReconnect(message: Message): boolean {
    return message.field('retCode') === 10019;
  }

  override extractSequence(message: Message): Sequence | undefined {
    if (!this.extractTopic(message)?.startsWith('orderbook.')) return undefined;
    const current = read(message).data?.u ?? 0;
    return message.field('type') === 'snapshot' ? { current, snapshot: true } : { current, previous: current - 1 };
  }

  override buildPing(): string {
    return '{"op":"ping"}';
  }

  override isPongResponse(message: Message): boolean {
    const op = message.field('op');
    return op === 'pong' || (op === 'ping' && message.field('ret_msg') === 'pong');
  }

  override buildAuthMessage(): string | undefined {
    if (!this.#auth) return undefined;
    const expires = this.#auth.now() + 10_000;
    const signature = createHmac('sha256', this.#auth.secret).update(`GET/realtime${expires}`).digest('hex');
    return JSON.stringify({ req_id: 'auth', op: 'auth', args: [this.#auth.key, expires, signature] });
  }

  override isAuthSuccess(message: Message): boolean {
    const { success, retCode } = read(message);
    return message.field('op') === 'auth' && (success === true || retCode === 0 || retCode === 20001);
  }

  override isAuthFailure(message: Message): AuthFailure {
    if (message.field('op') !== 'auth' || this.isAuthSuccess(message)) return false;
    return message.field('retCode') === 10004 ? 'final' : 'retry';
  }
}
