import type { Priority } from '../outbound/outbound-call.js';
import { type OptionRules, oneOf, SIGNAL, TIMEOUT } from '../util/options.js';

/** The options that requests and sends share. */
export interface CallOptions {
  /**
   * Milliseconds from the call to its end: for a request the answer, for a send the write. Infinity waits without a limit.
   * @default the config's `requestTimeout`
   */
  readonly timeout?: number;
  /**
   * Milliseconds that the call may wait for its first write. Then it rejects with `RequestTimeoutError`, unsent. For an order
   * that is worth nothing after a long outage.
   * @default Infinity
   */
  readonly maxWait?: number;
  /**
   * `high` leaves before every waiting call of `normal` priority, and may use a reserve of a quarter on top of
   * `commandChannelCapacity` and `maxPendingRequests`. For cancels and other calls that limit a loss.
   * @default 'normal'
   */
  readonly priority?: Priority;
  /** Rejects the call with the signal's reason. Before the write, nothing is sent any more. */
  readonly signal?: AbortSignal;
}

/** What the options of a call may be. */
export const callRules: OptionRules<CallOptions> = {
  timeout: TIMEOUT,
  maxWait: TIMEOUT,
  priority: oneOf('normal', 'high'),
  signal: SIGNAL,
};
