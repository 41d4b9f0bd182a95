import type { Context } from './context.js';
import type { KeepAlive, Limits, ServerError } from './protocol/handler-types.js';
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

const NO_LIMITS: Limits = {};

/** The limits of the server. A getter may compute them. If the getter throws, this look finds no limits. */
export function limitsOf(context: Context): Limits {
  return attempt(context, texts.hookFailed('limits'), () => context.handler.limits) ?? NO_LIMITS;
}

/** How the handler keeps a connection alive. If a getter throws, this look finds nothing. */
export function keepAliveOf(context: Context): KeepAlive | undefined {
  return attempt(context, texts.hookFailed('keepAlive'), () => context.handler.keepAlive);
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
