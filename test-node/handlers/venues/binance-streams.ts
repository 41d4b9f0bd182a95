import type { RequestId } from '../../../src/identifiers.js';
import type { Limits, Sequence, ServerError } from '../../../src/protocol/handler-types.js';
import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';
import { ProtocolHandler } from '../../../src/protocol/protocol-handler.js';

interface BinanceFrame {
  result?: unknown;
  error?: { code: number; msg: string };
  code?: number;
  msg?: string;
  data?: { e?: string; U?: number; u?: number; pu?: number };
}

const read = (message: Message) => (message.json ?? {}) as BinanceFrame;

/** Binance combined streams: confirmations carry nothing but the id, and control frames are rationed. */
export class BinanceStreamsHandler extends ProtocolHandler {
  override readonly confirmsSubscriptions = true;
  override readonly limits: Limits = {
    frames: { count: 5, window: 1_000 },
    topicsPerFrame: 200,
    topicsPerConnection: 1_024,
    lifetime: 86_100_000,
  };

  classifyMessage(message: Message): MessageKind {
    const stream = message.field('stream');
    if (stream !== undefined) return stream === '!serverShutdown' ? MessageKind.System : MessageKind.Update;
    return message.field('id') === undefined ? MessageKind.Unknown : MessageKind.Response;
  }

  extractRequestId(message: Message): RequestId | undefined {
    return message.field('id');
  }

  extractTopic(message: Message): string | undefined {
    return message.field('stream') as string | undefined;
  }

  buildSubscribe(params: readonly string[], id: RequestId): string {
    return JSON.stringify({ method: 'SUBSCRIBE', params, id });
  }

  buildUnsubscribe(params: readonly string[], id: RequestId): string {
    return JSON.stringify({ method: 'UNSUBSCRIBE', params, id });
  }

  override extractError(message: Message): ServerError | undefined {
    const { code, error = { code, msg: read(message).msg } } = read(message);
    return error.msg === undefined ? undefined : { message: error.msg, code: error.code };
  }

  override extractResult(message: Message): unknown {
    return read(message).result;
  }

  override extractData(message: Message): unknown {
    return read(message).data;
  }

  override shouldReconnect(message: Message): boolean {
    return message.field('stream') === '!serverShutdown' || message.field('e') === 'serverShutdown';
  }

  /** Spot counts on from the last `u`; futures name it as `pu`. */
  override extractSequence(message: Message): Sequence | undefined {
    if (!this.extractTopic(message)?.includes('@depth')) return undefined;
    const { U, pu = U && U - 1, u: current } = read(message).data ?? {};
    return current === undefined ? undefined : { current, previous: pu };
  }
}
