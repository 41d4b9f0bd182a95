import { ProtocolError } from '../../errors.js';
import type { RequestId } from '../../identifiers.js';
import type { ServerError } from '../../protocol/handler-types.js';
import * as texts from '../../texts.js';
import { isObject } from '../../util/options.js';
import { serverError } from '../common/server-error.js';
import { isPlainObject, isWord, type Members } from '../common/values.js';

/** The member of every frame that names the version of the protocol. */
export const VERSION: Members = { jsonrpc: '2.0' };

/** Marks a notification. Registered, because an application may hold two copies of this package. */
const NOTIFICATION = Symbol.for('hpx-transport-ws.json-rpc-notification');

/** A call without an id, which stays without an id in a batch. */
export function toNotification(method: string, params: object | undefined): object {
  return Object.defineProperty({ ...toCall({ method, params }) }, NOTIFICATION, { value: true });
}

/** Whether `toNotification` made a part of a batch. */
export function isNotification(part: unknown): boolean {
  return isObject(part) && NOTIFICATION in part;
}

/**
 * The call for a payload `{ method, params }`. Further members are kept. `jsonrpc` is always set, and `id` if one is
 * given.
 * @throws ProtocolError for any other payload
 */
export function toCall(payload: unknown, id?: RequestId): Members {
  const { method, params } = isPlainObject(payload) ? payload : {};
  if (isWord(method) && (params === undefined || (typeof params === 'object' && params !== null))) {
    return { ...VERSION, ...(payload as Members), ...VERSION, ...(id !== undefined && { id }) };
  }
  throw new ProtocolError(texts.JSON_RPC_CALL, { delivery: 'unsent' });
}

/** The error in an answer. An answer without a result and without an error leaves the outcome unknown. */
export function errorIn(answer: Members): ServerError | undefined {
  // JSON-RPC 1.0 sends both members; one of them is null.
  if (answer.error) return serverError(answer.error, {});
  if (Object.hasOwn(answer, 'result')) return undefined;
  return { message: texts.NEITHER_RESULT_NOR_ERROR, outcome: 'unknown' };
}
