import type { Limits, RateLimit } from '../protocol/handler-types.js';
import type { Clock } from '../runtime.js';
import { RollingWindow } from './rolling-window.js';

/** Frames that leave for one purpose. Subscription frames obey stricter bounds than all others. */
export type Lane = 'calls' | 'subscriptions';

/**
 * Bytes in the socket's buffer above which a lane stops. Subscription frames stop earlier, so that a cancel never waits
 * behind a long resubscription.
 */
const HIGH_WATER: Readonly<Record<Lane, number>> = { calls: 1_024 * 1_024, subscriptions: 64 * 1_024 };

/** The shortest default margin of a rate limit, in milliseconds. The usual jitter of a line is below it. */
const SHORTEST_MARGIN = 20;
/** The default margin as a part of the window. */
const MARGIN = 0.05;

/** What may leave on one connection: the server's rate limits, and the room in the socket's buffer. */
export class Budget {
  readonly #clock: Clock;
  readonly #socket: { readonly bufferedAmount: number };
  readonly #frames: RollingWindow | undefined;
  readonly #subscriptionFrames: RollingWindow | undefined;

  constructor(limits: Limits | undefined, clock: Clock, socket: { readonly bufferedAmount: number }) {
    this.#clock = clock;
    this.#socket = socket;
    this.#frames = limits?.frames && windowOf(limits.frames);
    this.#subscriptionFrames = limits?.subscriptionFrames && windowOf(limits.subscriptionFrames);
  }

  /** Milliseconds until the rate limits allow another frame of a lane; 0 if they allow it now. */
  rateDelay(lane: Lane): number {
    const window = lane === 'subscriptions' ? this.#subscriptionFrames : undefined;
    if (!this.#frames && !window) return 0;
    const now = this.#clock.now();
    return Math.max(this.#frames?.delay(now) ?? 0, window?.delay(now) ?? 0);
  }

  /** Whether the socket has no room for a frame of a lane. */
  isFull(lane: Lane): boolean {
    return this.#socket.bufferedAmount > HIGH_WATER[lane];
  }

  /** Whether a frame of a lane may leave now. */
  allows(lane: Lane): boolean {
    return this.rateDelay(lane) === 0 && !this.isFull(lane);
  }

  /** Counts a frame of any lane. */
  count(): void {
    this.#frames?.record(this.#clock.now());
  }

  /** Counts a subscription frame against the limit of its own. */
  countSubscription(): void {
    this.#subscriptionFrames?.record(this.#clock.now());
  }
}

/** The server counts arrivals, and frames that left apart may arrive closer together: so the window is longer by a margin. */
function windowOf({ count, window, margin = Math.max(MARGIN * window, SHORTEST_MARGIN) }: RateLimit): RollingWindow {
  return new RollingWindow({ count, window: window + margin });
}
