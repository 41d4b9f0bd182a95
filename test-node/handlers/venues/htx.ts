import type { RequestId } from '../../../src/identifiers.js';
import type { Frames, ServerError } from '../../../src/protocol/handler-types.js';
import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';
import { ProtocolHandler } from '../../../src/protocol/protocol-handler.js';

/** HTX: every frame is compressed, one topic per frame, and the server's ping wants its number back. */
export class HtxHandler extends ProtocolHandler {
  override readonly confirmsSubscriptions = true;
  override readonly limits = { topicsPerFrame: 1 };

  override decodeBinary(data: Uint8Array): Promise<string> {
    const bytes = new Blob([data as Uint8Array<ArrayBuffer>]).stream();
    return new Response(bytes.pipeThrough(new DecompressionStream('gzip'))).text();
  }

  classifyMessage(message: Message): MessageKind {
    if (message.field('ch') !== undefined) return MessageKind.Update;
    return message.field('id') === undefined ? MessageKind.System : MessageKind.Response;
  }

  extractRequestId(message: Message): RequestId | undefined {
    return message.field('id');
  }

  extractTopic(message: Message): string | undefined {
    return message.field('ch') as string | undefined;
  }

  buildSubscribe([sub]: readonly string[], id: RequestId): string {
    return JSON.stringify({ sub, id });
  }

  buildUnsubscribe([unsub]: readonly string[], id: RequestId): string {
    return JSON.stringify({ unsub, id });
  }

  override extractError(message: Message): ServerError | undefined {
    if (message.field('status') !== 'error') return undefined;
    return { message: String(message.field('err-msg')), code: message.field('err-code') };
  }

  override isServerPing(message: Message): boolean {
    return message.field('ping') !== undefined;
  }

  override buildPong(message: Message): Frames {
    return JSON.stringify({ pong: message.field('ping') });
  }
}
