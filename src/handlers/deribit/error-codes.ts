/** Codes of the venue, with its words. Source: the list of error codes in its documentation. */
export const INVALID_CREDENTIALS = 13_004;
/** "unauthorized": the token of the session has ended, or there was none. */
export const UNAUTHORIZED = 13_009;

/** Refusals that pass: the same frame may be accepted later. */
const TEMPORARY: ReadonlySet<unknown> = new Set([
  10_028, // too_many_requests
  10_040, // retry
  10_041, // settlement_in_progress
  10_047, // matching_engine_queue_full
  10_066, // too_many_concurrent_requests
  11_051, // system_maintenance
  11_094, // internal_server_error
  13_503, // unavailable
  13_888, // timed_out
]);

/** Answers that do not tell what became of a request. */
const UNKNOWN_OUTCOME: ReadonlySet<unknown> = new Set([
  11_094, // internal_server_error
  13_888, // timed_out
]);

export function isTemporary(code: unknown): boolean {
  return TEMPORARY.has(code);
}

export function leavesOutcomeOpen(code: unknown): boolean {
  return UNKNOWN_OUTCOME.has(code);
}
