import type { WebSocketConfig } from '../config.js';
import { RollingWindow } from '../outbound/rolling-window.js';
import type { Runtime } from '../runtime.js';

const MINUTE = 60_000;
/** The longest time that a server may ask for with `Retry-After`; a larger one is a mistake, or an attack. */
const LONGEST_RETRY_AFTER = 5 * MINUTE;
/** Upper bound of the delay after a wake of the host. */
const WAKE_DELAY = 1_000;

/**
 * The most attempts in any minute (C5). Back-off alone bounds them only on average: full jitter may draw zero many
 * times. Far above what a healthy schedule draws, so that it never shows in one.
 */
export function maxAttemptsPerMinute(reconnectMaxDelay: number): number {
  return 40 + Math.ceil((4 * MINUTE) / Math.max(reconnectMaxDelay, 50));
}

/**
 * When to try again: exponential back-off with jitter applied after the cap ("full jitter" where `reconnectJitter` is 1;
 * Marc Brooker, Exponential Backoff And Jitter, AWS Architecture Blog 2015), so that clients stay apart in long outages.
 */
export class ReconnectPolicy {
  readonly #config: WebSocketConfig;
  readonly #runtime: Runtime;
  readonly #window: RollingWindow;
  #attempt = 0;
  #readySince: number | undefined;
  /** When the host woke, and when that last shortened a wait. */
  #wokeAt = -Infinity;
  #lastWake = -Infinity;
  /** The server asked not to be called before. */
  #notBefore = -Infinity;

  constructor(config: WebSocketConfig, runtime: Runtime) {
    this.#config = config;
    this.#runtime = runtime;
    this.#window = new RollingWindow({ count: maxAttemptsPerMinute(config.reconnectMaxDelay), window: MINUTE });
  }

  /** The number of the next or current attempt in a row; 0 before the first reconnect. */
  get attempt(): number {
    return this.#attempt;
  }

  get exhausted(): boolean {
    return this.#attempt >= this.#config.reconnectMaxAttempts;
  }

  dialled(): void {
    this.#window.record(this.#runtime.clock.now());
  }

  ready(): void {
    this.#readySince = this.#runtime.clock.now();
  }

  /** The connection or the attempt ended; true when it had lasted, and attempts count from 1 again. */
  lost(): boolean {
    const since = this.#readySince;
    this.#readySince = undefined;
    const lasted = since !== undefined && this.#runtime.clock.now() - since >= this.#config.reconnectMinUptime;
    if (lasted) this.#attempt = 0;
    return lasted;
  }

  /** Counts an attempt and returns the milliseconds before it; more by what the server asked for. */
  next(retryAfter = 0): number {
    const { reconnectInitialDelay, reconnectBackoffFactor, reconnectMaxDelay, reconnectJitter } = this.#config;
    this.#attempt++;
    const notBefore = Math.min(retryAfter, LONGEST_RETRY_AFTER);
    this.#notBefore = this.#runtime.clock.now() + notBefore;
    // Kept finite: zero times infinity would be no delay at all.
    const growth = Math.min(reconnectBackoffFactor ** (this.#attempt - 1), Number.MAX_VALUE);
    const limit = Math.min(reconnectMaxDelay, reconnectInitialDelay * growth);
    // Beside the server's wish, not within it: those who were told the same time must not come back together.
    const delay = this.#bounded(notBefore + limit - limit * reconnectJitter * this.#runtime.random());
    // Chromium ends the sockets of a page that it freezes, and tells so after it told that the page woke.
    const isEcho = this.#runtime.clock.now() - this.#wokeAt < WAKE_DELAY;
    return Math.min(delay, (isEcho ? this.wake() : undefined) ?? delay);
  }

  /** The host woke up; a connection whose loss shows now was lost while it slept. */
  woke(): void {
    this.#wokeAt = this.#runtime.clock.now();
  }

  /** The delay that a wake of the host shortens the wait to; `undefined` when the last wake was too recent. */
  wake(): number | undefined {
    const now = this.#runtime.clock.now();
    if (now - this.#lastWake < this.#config.reconnectMinUptime) return undefined;
    this.#lastWake = now;
    return this.#bounded(Math.max(WAKE_DELAY * this.#runtime.random(), this.#notBefore - now));
  }

  /** The delay before an attempt that the application asked for. */
  immediate(): number {
    return this.#bounded(0);
  }

  #bounded(delay: number): number {
    return Math.max(delay, this.#window.delay(this.#runtime.clock.now()));
  }
}
