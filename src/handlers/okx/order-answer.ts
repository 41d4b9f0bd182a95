import type { ServerError } from '../../protocol/handler-types.js';
import { asMembers, isWord, type Members } from '../common/values.js';
import { hasUnknownOutcome } from './codes.js';
import * as texts from './texts.js';

/**
 * The error in the answer to an operation; undefined if at least one of its orders was taken. The real code stands at each
 * order, in `sCode`. The code of the answer is '0' (all taken), '1' (none) or, which no recording confirms, '2' (some). So it
 * is the orders that decide, whichever code stands above them.
 */
export function orderError(frame: Members): ServerError | undefined {
  const code = String(frame.code ?? '0');
  const orders = Array.isArray(frame.data) ? frame.data.map(asMembers) : [];
  const [first] = orders;
  if (!first) return code === '0' ? undefined : refusal(frame.msg, code);
  if (orders.some((order) => !isRefused(order, code))) return undefined;
  return refusal(first.sMsg ?? frame.msg, String(first.sCode ?? code), orders);
}

/** The entries of `mass-cancel` have no code of their own. */
function isRefused({ sCode, result }: Members, code: string): boolean {
  if (sCode !== undefined) return String(sCode) !== '0';
  return result === false || (code !== '0' && code !== '2');
}

/** An error with the venue's words and code. */
export function refusal(words: unknown, code: string, data?: readonly unknown[]): ServerError {
  return {
    message: isWord(words) ? words : texts.NO_REASON,
    code,
    ...(data && { data }),
    ...(hasUnknownOutcome(code) && { outcome: 'unknown' as const }),
  };
}
