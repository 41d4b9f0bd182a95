import type { Context } from '../context.js';
import { wallTime } from '../trace.js';
import { Timer } from '../util/timer.js';

/** How many late verdicts in a row are put off by another probe. A throttled page would otherwise never notice. */
const MAX_LATE_VERDICTS = 3;

export interface HeartbeatEvents {
  /** Sends a ping; returns the milliseconds that a rate limit holds it back, or nothing when there is no way to ping. */
  probe(): number | undefined;
  /** Nothing came in since `since` (Unix milliseconds at the latest), although a probe asked for it. */
  dead(since: number): void;
}

/**
 * Notices a dead link within `pingInterval + pongTimeout` (C6). Any inbound frame counts as life. A timer that fires late
 * says more about this host than about the link (a throttled page, a sleeping machine, a blocked event loop), so it leads
 * to another probe, not to a verdict. Without a way to probe, silence proves nothing (F17).
 */
export class Heartbeat {
  readonly #context: Context;
  readonly #events: HeartbeatEvents;
  readonly #timer: Timer;
  readonly #interval: number;
  readonly #afterSilence: boolean;
  readonly #expectReply: boolean;
  #frames = 0;
  #framesAtTick = 0;
  #tickedAt = 0;
  #lastFrameAt = 0;
  /** When the probe that waits for life was sent; `undefined` while none does. */
  #probedAt: number | undefined;
  #lateVerdicts = 0;
  #quietSince = 0;
  /** When the probe was sent whose own answer is outstanding; other frames may show life before it. */
  #pingedAt: number | undefined;
  #roundTrip: number | undefined;

  constructor(context: Context, events: HeartbeatEvents) {
    const { config, handler, runtime } = context;
    const keepAlive = handler.keepAlive;
    this.#context = context;
    this.#events = events;
    this.#timer = new Timer(runtime.clock);
    this.#interval = keepAlive?.interval ?? config.pingInterval;
    this.#afterSilence = keepAlive?.when === 'after-silence';
    this.#expectReply = keepAlive?.expectReply ?? true;
  }

  /** Milliseconds from the last answered probe to its answer. */
  get roundTrip(): number | undefined {
    return this.#roundTrip;
  }

  start(): void {
    this.#tickedAt = this.#lastFrameAt = this.#now();
    this.#framesAtTick = this.#frames;
    this.#quietSince = wallTime(this.#context.runtime.clock);
    this.#schedule(this.#interval);
  }

  stop(): void {
    this.#timer.stop();
    this.#probedAt = undefined;
  }

  /** A frame came in: the link lives. */
  alive(): void {
    this.#frames++;
    if (this.#afterSilence) this.#lastFrameAt = this.#now();
    if (this.#probedAt !== undefined) this.#answered(this.#probedAt);
  }

  /** The answer to a probe came in. */
  pong(): void {
    if (this.#pingedAt === undefined) return;
    this.#roundTrip = this.#now() - this.#pingedAt;
    this.#pingedAt = undefined;
  }

  /** The host woke up: ask the link at once instead of at the next tick. */
  wake(): void {
    if (this.#timer.active && this.#probedAt === undefined) this.#probe();
  }

  #schedule(delay: number): void {
    if (this.#interval > 0) this.#timer.start(Math.max(0, delay), () => this.#tick());
  }

  #tick(): void {
    const silence = this.#now() - this.#lastFrameAt;
    if (this.#afterSilence && silence < this.#interval) return this.#schedule(this.#interval - silence);
    this.#lateVerdicts = 0;
    this.#probe();
  }

  #probe(): void {
    const now = this.#now();
    if (this.#frames !== this.#framesAtTick)
      this.#quietSince = wallTime(this.#context.runtime.clock) - (now - this.#tickedAt);
    this.#framesAtTick = this.#frames;
    this.#tickedAt = now;
    const wait = this.#events.probe();
    if (wait === undefined || !this.#expectReply) return this.#schedule(this.#interval);
    this.#probedAt = now;
    this.#pingedAt = now + wait;
    this.#timer.start(wait + this.#context.config.pongTimeout, (lateness) => this.#judge(lateness));
  }

  #judge(lateness: number): void {
    // A tenth is more than a healthy host's timers stray.
    if (lateness > this.#context.config.pongTimeout / 10 && this.#lateVerdicts < MAX_LATE_VERDICTS) {
      this.#lateVerdicts++;
      this.#context.trace.effect('probeAgain', { lateness });
      return this.#probe();
    }
    // An answer that came while the event loop was busy is read before the next timer.
    this.#timer.start(0, () => {
      this.stop();
      this.#events.dead(this.#quietSince);
    });
  }

  #answered(probedAt: number): void {
    this.#probedAt = undefined;
    this.#lastFrameAt = this.#now();
    this.#schedule(probedAt + this.#interval - this.#lastFrameAt);
  }

  #now(): number {
    return this.#context.runtime.clock.now();
  }
}
