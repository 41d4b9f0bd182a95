import type { ServerError } from '../../protocol/handler-types.js';
import * as texts from '../../texts.js';
import { isObject } from '../../util/options.js';
import { isWord, type Members } from './values.js';

/**
 * Reads the error that a server sent.
 * @param error - a text, a number, or an object with `message`, `msg`, `code` and `data`
 * @param siblings - the members next to the error; they count if the error is no object
 * @param data - the data of the error if the error itself has none
 */
export function serverError(error: unknown, siblings: Members, data?: unknown): ServerError {
  const detail = isObject(error) ? error : { ...(typeof error === 'number' && { code: error }), ...siblings, data };
  const code = detail.code;
  return {
    message: [error, detail.message, detail.msg].find(isWord) ?? texts.REFUSED_WITHOUT_REASON,
    code: isWord(code) || typeof code === 'number' ? code : undefined,
    data: detail.data ?? data,
  };
}
