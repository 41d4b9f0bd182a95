import type { ServerError } from '../../protocol/handler-types.js';
import { isObject, isWord, type Members } from './values.js';

/** What a server says about a failure: a text, or an object of its own; what is missing there may stand `beside` it. */
export function serverError(error: unknown, beside: Members, data?: unknown): ServerError {
  const detail = isObject(error) ? error : { ...(typeof error === 'number' && { code: error }), ...beside, data };
  const code = detail.code;
  return {
    message: [error, detail.message, detail.msg].find(isWord) ?? 'The server refused without giving a reason.',
    code: isWord(code) || typeof code === 'number' ? code : undefined,
    data: detail.data ?? data,
  };
}
