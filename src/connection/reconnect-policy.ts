import type { WebSocketConfig } from '../config.js';
import { RollingWindow, withMargin } from '../outbound/rolling-window.js';
import type { Limits } from '../protocol/handler-types.js';
import type { Runtime } from '../runtime.js';

const MINUTE = 60_000;
/** Upper bound of the delay after a wake of the host. */
const WAKE_DELAY = 1_000;

/**
 * The most attempts in any minute (C5). Back-off alone bounds them on average only, because full jitter may draw zero
 * many times. The bound is far above a healthy schedule, which never reaches it.
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
  readonly #handler: { readonly limits?: Limits };
  /** When the latest attempts started, oldest first. */
  #dialledAt: number[] = [];
  #attempt = 0;
  /** How many attempts in a row led to a connection that we replaced ourselves before it had lasted. */
  #replaced = 0;
  #readySince: number | undefined;
  /** When the host woke, and when that last shortened a wait. */
  #wokeAt = -Infinity;
  #lastWake = -Infinity;
  /** Milliseconds that the server named for the next delay. */
  #named = 0;
  /** The server asked for no attempt before this time. */
  #notBefore = -Infinity;

  /** @param handler - its `limits.attempts` is read anew for each delay */
  constructor(config: WebSocketConfig, runtime: Runtime, handler: { readonly limits?: Limits } = {}) {
    this.#config = config;
    this.#handler = handler;
    this.#runtime = runtime;
    this.#window = new RollingWindow({ count: maxAttemptsPerMinute(config.reconnectMaxDelay), window: MINUTE });
  }

  /** The number of the next or current attempt in a row. It is 0 before the first reconnect. */
  get attempt(): number {
    return this.#attempt;
  }

  /** How many attempts in a row failed, or led to a connection that was lost before it had lasted. */
  get failures(): number {
    return this.#attempt - this.#replaced;
  }

  get exhausted(): boolean {
    return this.failures >= this.#config.reconnectMaxAttempts;
  }

  dialled(): void {
    const now = this.#runtime.clock.now();
    this.#window.record(now);
    const { count = 0 } = this.#handler.limits?.attempts ?? {};
    this.#dialledAt = count > 0 ? [...this.#dialledAt, now].slice(-count) : [];
  }

  ready(): void {
    this.#readySince = this.#runtime.clock.now();
  }

  /**
   * The connection or the attempt ended. Returns true if it had lasted, so that attempts count from 1 again.
   * @param isPlanned - whether we end it ourselves
   */
  lost(isPlanned = false): boolean {
    const since = this.#readySince;
    this.#readySince = undefined;
    const lasted = since !== undefined && this.#runtime.clock.now() - since >= this.#config.reconnectMinUptime;
    if (lasted) this.#attempt = this.#replaced = 0;
    else if (isPlanned && since !== undefined && this.#attempt > 0) this.#replaced++;
    return lasted;
  }

  /** The server named a time, which is added to the next delay. Nothing shortens it. */
  postpone(serverDelay: number): void {
    this.#named = Math.max(this.#named, serverDelay);
  }

  /**
   * Counts an attempt. Returns the milliseconds before it.
   * @param isSlow - whether to wait as long as after many failures
   */
  next(isSlow = false): number {
    const { reconnectInitialDelay, reconnectBackoffFactor, reconnectMaxDelay, reconnectJitter } = this.#config;
    this.#attempt++;
    const now = this.#runtime.clock.now();
    this.#notBefore = Math.max(this.#notBefore, now + this.#named);
    this.#named = 0;
    // Kept finite: zero times infinity would be no delay at all.
    const growth = Math.min(reconnectBackoffFactor ** (this.#attempt - 1), Number.MAX_VALUE);
    const limit = isSlow ? reconnectMaxDelay : Math.min(reconnectMaxDelay, reconnectInitialDelay * growth);
    // Add jitter on top of Retry-After, so that clients with the same value spread out.
    const delay = this.#bounded(
      Math.max(0, this.#notBefore - now) + limit - limit * reconnectJitter * this.#runtime.random(),
    );
    // Chromium ends the sockets of a page that it freezes, and reports that after it reports the wake of the page.
    const isEcho = now - this.#wokeAt < WAKE_DELAY;
    return Math.min(delay, (isEcho ? this.wake() : undefined) ?? delay);
  }

  /** The host woke up. A loss that shows now happened while the host slept. */
  woke(): void {
    this.#wokeAt = this.#runtime.clock.now();
  }

  /**
   * The delay after a wake of the host; `undefined` if the last wake was too recent, or if no attempt may follow within
   * `longest`.
   */
  wake(longest = Infinity): number | undefined {
    const now = this.#runtime.clock.now();
    if (now - this.#lastWake < this.#config.reconnectMinUptime) return undefined;
    const delay = this.#bounded(Math.max(WAKE_DELAY * this.#runtime.random(), this.#notBefore - now));
    if (delay > longest) return undefined;
    this.#lastWake = now;
    return delay;
  }

  /** The delay after a wake that gives up an attempt; `undefined` if that attempt could not be replaced at once. */
  replace(): number | undefined {
    return this.wake(WAKE_DELAY);
  }

  /** The delay before an attempt that the application asked for. */
  immediate(): number {
    return this.#bounded(Math.max(0, this.#notBefore - this.#runtime.clock.now()));
  }

  #bounded(delay: number): number {
    const now = this.#runtime.clock.now();
    return Math.max(delay, this.#window.delay(now), this.#serverWindow(now));
  }

  /** Milliseconds until the server allows one more attempt. */
  #serverWindow(now: number): number {
    const limit = this.#handler.limits?.attempts;
    if (!limit) return 0;
    const { count, window } = withMargin(limit);
    const oldest = this.#dialledAt.at(-count);
    return oldest === undefined || this.#dialledAt.length < count ? 0 : Math.max(0, oldest + window - now);
  }
}
