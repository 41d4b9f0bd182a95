import type { RequestId } from '../../../src/identifiers.js';
import type { KeepAlive, ServerError } from '../../../src/protocol/handler-types.js';
import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';
import { ProtocolHandler } from '../../../src/protocol/protocol-handler.js';

interface BitgetFrame {
  arg?: { id?: string }[];
  args?: { id?: string }[];
  msg?: string;
}

/** Bitget's trade endpoint: the id is nested in the first argument, and a ping is due every 30 s, come what may. */
export class BitgetHandler extends ProtocolHandler {
  override readonly keepAlive: KeepAlive = { interval: 30_000, when: 'always', expectReply: true };

  classifyMessage(message: Message): MessageKind {
    if (message.text === 'pong') return MessageKind.System;
    return this.extractRequestId(message) === undefined ? MessageKind.Unknown : MessageKind.Response;
  }

  extractRequestId(message: Message): RequestId | undefined {
    const { arg, args = arg } = (message.json ?? {}) as BitgetFrame;
    return args?.[0]?.id;
  }

  override injectRequestId(payload: unknown, id: RequestId): object {
    const { args: [first, ...rest] = [], ...request } = payload as { args?: object[] };
    return { ...request, args: [{ id, ...first }, ...rest] };
  }

  override extractError(message: Message): ServerError | undefined {
    const code = message.field('code');
    return Number(code) === 0 ? undefined : { message: (message.json as BitgetFrame).msg ?? '', code };
  }

  extractTopic(): undefined {
    return undefined;
  }

  buildSubscribe(): undefined {
    return undefined;
  }

  buildUnsubscribe(): undefined {
    return undefined;
  }

  override buildPing(): string {
    return 'ping';
  }

  override isPongResponse(message: Message): boolean {
    return message.text === 'pong';
  }
}
