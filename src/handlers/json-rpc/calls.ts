import { ProtocolError } from '../../errors.js';
import type { RequestId } from '../../identifiers.js';
import type { ServerError } from '../../protocol/handler-types.js';
import { serverError } from '../common/server-error.js';
import { isPlainObject, isWord, type Members } from '../common/values.js';

/** What every frame of ours says about itself. */
export const VERSION: Members = { jsonrpc: '2.0' };

/** The id is ours, and so is the version, whatever the payload says. */
export function toCall(payload: unknown, id?: RequestId): Members {
  const { method, params } = isPlainObject(payload) ? payload : {};
  if (isWord(method) && (params === undefined || (typeof params === 'object' && params !== null))) {
    return { ...VERSION, ...(payload as Members), ...VERSION, ...(id !== undefined && { id }) };
  }
  const words = 'A JSON-RPC call is { method, params }: a text, and an object or an array if there are any.';
  throw new ProtocolError(words, { delivery: 'unsent' });
}

/** The error that an answer carries; one that has neither a result nor an error leaves the outcome open. */
export function errorIn(answer: Members): ServerError | undefined {
  // Version 1.0 has both members, one of them null.
  if (answer.error) return serverError(answer.error, {});
  if (Object.hasOwn(answer, 'result')) return undefined;
  return { message: 'The server answered with neither a result nor an error.', outcome: 'unknown' };
}
