import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';
import { ProtocolHandler } from '../../../src/protocol/protocol-handler.js';

/** A stream that confirms nothing: five methods are a handler. */
export class PlainStreamHandler extends ProtocolHandler {
  classifyMessage(message: Message): MessageKind {
    return message.field('ch') === undefined ? MessageKind.Unknown : MessageKind.Update;
  }

  extractRequestId(): undefined {
    return undefined;
  }

  extractTopic(message: Message): string | undefined {
    return message.field('ch') as string | undefined;
  }

  buildSubscribe(topics: readonly string[]): string {
    return JSON.stringify({ sub: topics });
  }

  buildUnsubscribe(topics: readonly string[]): string {
    return JSON.stringify({ unsub: topics });
  }
}
