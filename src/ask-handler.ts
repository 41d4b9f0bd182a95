import type { Context } from './context.js';
import type { ServerError } from './protocol/handler-types.js';
import type { Message } from './protocol/message.js';
import * as texts from './texts.js';
import { wrapError } from './util/wrap-error.js';

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
    return context.handler.extractError(message) ?? { message: texts.NO_REASON };
  } catch (cause) {
    const error = wrapError(texts.hookFailed('extractError'), cause);
    context.emit('error', error);
    return { message: error.message };
  }
}
