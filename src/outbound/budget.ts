import type { Limits } from '../protocol/handler-types.js';
import type { Clock } from '../runtime.js';
import { RollingWindow, withMargin } from './rolling-window.js';

/** Frames that leave for one purpose. Subscription frames obey stricter bounds than all others. */
export type Lane = 'calls' | 'subscriptions';

/**
 * Bytes in the socket's buffer above which a lane stops. Subscription frames stop earlier, so that a cancel never waits
 * behind a long resubscription.
 */
const HIGH_WATER: Readonly<Record<Lane, number>> = { calls: 1_024 * 1_024, subscriptions: 64 * 1_024 };

/** What may leave on one connection: the server's rate limits, and the room in the socket's buffer. */
export class Budget {
  readonly #clock: Clock;
  readonly #socket: { readonly bufferedAmount: number };
  readonly #frames: RollingWindow | undefined;
  readonly #subscriptionFrames: RollingWindow | undefined;

  constructor(limits: Limits | undefined, clock: Clock, socket: { readonly bufferedAmount: number }) {
    this.#clock = clock;
    this.#socket = socket;
    this.#frames = limits?.frames && new RollingWindow(withMargin(limits.frames));
    this.#subscriptionFrames = limits?.subscriptionFrames && new RollingWindow(withMargin(limits.subscriptionFrames));
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
