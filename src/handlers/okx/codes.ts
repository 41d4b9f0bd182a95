/** The venue's error codes, by what the handler does about them (OKX API v5, "Error Code"). */

/** The credentials will never be accepted: a key, a signature, a passphrase, an address or an environment is wrong. */
const WRONG_KEY = new Set([
  '60005', // invalid apiKey
  '60007', // invalid sign
  '60009', // login failed; failures of the venue itself have 63999
  '60024', // wrong passphrase
  '60032', // the API key does not exist
  '50100', // the API key is frozen
  '50101', // the API key is of another environment
  '50105', // wrong passphrase
  '50110', // the address is not in the list of the API key
  '50111', // invalid key
  '50113', // invalid signature
  '50119', // the API key does not exist
]);

/** A later login may succeed: the clock differs, there were too many frames, or the venue is not well. */
const LOGIN_LATER = new Set([
  '60004', // invalid timestamp
  '60006', // timestamp expired
  '60014', // too many requests
  '60023', // too many logins
  '63999', // internal error at login
  '64007', // internal error
  '50001', // service unavailable
  '50011', // rate limit
  '50013', // busy
  '50026', // system error
  '50102', // timestamp expired
  '50112', // invalid timestamp
]);

/** A later subscribe frame may succeed. */
const SUBSCRIBE_LATER = new Set(['50001', '50011', '50013', '50026', '60014', '64007']);

/** The order may have been carried out in spite of the error. */
const UNKNOWN_OUTCOME = new Set([
  '50004', // endpoint timed out, "does not indicate success or failure of order"
  '50026', // system error
  '51054', // request timed out
  '51149', // order timed out
]);

/** The connection is logged in already. */
export const LOGGED_IN = '60031';
export const PLEASE_LOG_IN = '60011';
export const SERVICE_UPGRADE = '64008';

/** Whether a code refuses a login, and whether a later login may succeed; undefined for a code about something else. */
export function loginRefusal(code: string): 'final' | 'retry' | undefined {
  if (WRONG_KEY.has(code)) return 'final';
  return LOGIN_LATER.has(code) ? 'retry' : undefined;
}

export function isTemporary(code: string): boolean {
  return SUBSCRIBE_LATER.has(code);
}

export function hasUnknownOutcome(code: string): boolean {
  return UNKNOWN_OUTCOME.has(code);
}
