import { limitsOf } from '../ask-handler.js';
import type { Context } from '../context.js';
import { Timer } from '../util/timer.js';
import { wallTime } from '../util/wall-time.js';
import type { Connection } from './connection.js';
import { ReconnectPolicy } from './reconnect-policy.js';

/** Milliseconds until the next look whether replaced sockets have finished closing. */
const LINGER_POLL = 100;
/** Milliseconds that an attempt may take before a wake of the host starts it anew. */
const STALE_ATTEMPT = 1_000;

/** When the next attempt starts: after the policy's delay, and after replaced sockets have closed. */
export class Attempts {
  readonly policy: ReconnectPolicy;
  readonly #context: Context;
  readonly #onDue: () => void;
  readonly #timer: Timer;
  /** Replaced connections whose sockets have not finished closing. */
  readonly #lingering = new Set<Connection>();
  #startedAt = 0;
  #count = 0;
  #nextAt: number | undefined;

  /** @param onDue - called when the next attempt is to start */
  constructor(context: Context, onDue: () => void) {
    this.policy = new ReconnectPolicy(context.config, context.runtime, {
      get limits() {
        return limitsOf(context);
      },
    });
    this.#context = context;
    this.#onDue = onDue;
    this.#timer = new Timer(context.runtime.clock);
  }

  /** Whether a wake of the host may replace the attempt under way: it takes long, and no closing socket is in the way. */
  get isReplaceable(): boolean {
    return this.#lingering.size === 0 && this.#context.runtime.clock.now() - this.#startedAt > STALE_ATTEMPT;
  }

  /** How many attempts have started. */
  get count(): number {
    return this.#count;
  }

  /** Unix milliseconds of the planned attempt; `undefined` if none is planned. */
  get nextAt(): number | undefined {
    return this.#timer.active ? this.#nextAt : undefined;
  }

  /** An attempt starts now. */
  started(): void {
    this.#count++;
    this.policy.dialled();
    this.#startedAt = this.#context.runtime.clock.now();
  }

  /** Plans the next attempt, in place of the attempt that was planned before. */
  startIn(delay: number): void {
    this.#nextAt = wallTime(this.#context.runtime.clock) + delay;
    this.#timer.start(delay, () => {
      // At most one socket that is still closing may exist beside a new socket (C1).
      if (this.#lingering.size > 1) this.startIn(LINGER_POLL);
      else this.#onDue();
    });
  }

  /** The host woke up during the delay before an attempt. */
  wake(): void {
    const delay = this.policy.wake();
    if (delay !== undefined && delay < this.#timer.remaining) this.startIn(delay);
  }

  stop(): void {
    this.#timer.stop();
  }

  /** A connection was replaced, and its socket still exists. */
  linger(connection: Connection): void {
    this.#lingering.add(connection);
  }

  gone(connection: Connection): void {
    this.#lingering.delete(connection);
  }

  /** Gives up waiting for replaced sockets. */
  forgetAll(): void {
    for (const connection of this.#lingering) connection.link.forget();
  }
}
