import type { Context } from './context.js';
import { ProtocolError } from './errors.js';
import type { ServerError } from './protocol/handler-types.js';
import type { Message } from './protocol/message.js';
import { describe, wrapError } from './util/wrap-error.js';

/** Runs a hook of the handler. A hook that throws is reported as an `error` event and costs its result alone. */
export function attempt<T>(context: Context, what: string, ask: () => T): T | undefined {
  try {
    return ask();
  } catch (cause) {
    context.emit('error', wrapError(what, cause));
    return undefined;
  }
}

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
