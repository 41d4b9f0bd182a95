import type { Context } from './context.js';
import { ProtocolError } from './errors.js';
import type { ServerError } from './protocol/handler-types.js';
import type { Message } from './protocol/message.js';
import { describe } from './util/wrap-error.js';

/** What a refusal says. A handler that cannot read it costs the words, not the refusal. */
export function readServerError(context: Context, message: Message): ServerError {
  try {
    return context.handler.extractError(message) ?? { message: 'it gave no reason' };
  } catch (cause) {
    const words = `the handler's extractError failed: ${describe(cause)}`;
    context.emit('error', new ProtocolError(`While a refusal was read, ${words}`, { cause }));
    return { message: words };
  }
}
