import type { ClientEmitter } from '../client-emitter.js';
import { ProtocolError } from '../errors.js';
import { methodNotFound } from '../texts.js';
import { describe } from '../util/wrap-error.js';
import * as texts from './texts.js';
import type { Entry, ToWorker } from './wire.js';

/** "Method not found" in JSON-RPC. */
const METHOD_NOT_FOUND = -32601;

/** Emits a request of the server. Returns whether somebody heard it; if not, it is rejected, as without a worker. */
export function askPage(
  client: ClientEmitter,
  [, question, id, method, params]: Extract<Entry, readonly ['question', ...unknown[]]>,
  send: (body: ToWorker) => void,
): boolean {
  let isAnswered = false;
  const answer = (outcome: 'respond' | 'reject', value: unknown) => {
    if (isAnswered) return;
    try {
      send(['answer', question, outcome, value]);
    } catch (cause) {
      throw new ProtocolError(`${texts.unclonable}: ${describe(cause)}`, { cause });
    }
    isAnswered = true;
  };
  const isHeard = client.emit('request', {
    id,
    method,
    params,
    respond: (result) => answer('respond', result),
    reject: (error) => answer('reject', error),
  });
  if (!isHeard) answer('reject', { code: METHOD_NOT_FOUND, message: methodNotFound(method) });
  return isHeard;
}
