import type { Context } from '../context.js';
import { wallTime } from '../trace.js';
import { Timer } from '../util/timer.js';

/** How many late verdicts in a row lead to another probe. Without a limit, a throttled page would never notice a dead link. */
const MAX_LATE_VERDICTS = 3;

/** A way to ask the link for a sign of life. */
export interface Probe {
  /** Sends a ping. Returns the milliseconds that a rate limit holds it back, or nothing if there is no way to ping. */
  send(): number | undefined;
}

export interface HeartbeatListener {
  /** Nothing came in since `since` (Unix milliseconds), although a probe asked for an answer. */
  onSilence(since: number): void;
}

/**
 * Notices a dead link within `pingInterval + pongTimeout` (C6). Any inbound frame is a sign of life. A timer that fires
 * late says more about this host than about the link: a throttled page, a sleeping machine, a blocked event loop. So a late
 * timer leads to another probe, not to a verdict. Without a way to probe, silence proves nothing.
 */
export class Heartbeat {
  readonly #context: Context;
  readonly #probe: Probe;
  readonly #listener: HeartbeatListener;
  readonly #timer: Timer;
  readonly #interval: number;
  readonly #afterSilence: boolean;
  readonly #expectReply: boolean;
  #frames = 0;
  #framesAtTick = 0;
  #tickedAt = 0;
  #lastFrameAt = 0;
  /** When the probe that waits for a sign of life was sent; `undefined` if no probe waits. */
  #probedAt: number | undefined;
  #lateVerdicts = 0;
  #quietSince = 0;
  /** When the probe was sent whose own answer is outstanding. Other frames may show life before that answer. */
  #pingedAt: number | undefined;
  #roundTrip: number | undefined;

  constructor(context: Context, probe: Probe, listener: HeartbeatListener) {
    const { config, handler, runtime } = context;
    const keepAlive = handler.keepAlive;
    this.#context = context;
    this.#probe = probe;
    this.#listener = listener;
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

  /** The host woke up: probe at once, not at the next tick. */
  wake(): void {
    if (this.#timer.active && this.#probedAt === undefined) this.#ask();
  }

  #schedule(delay: number): void {
    if (this.#interval > 0) this.#timer.start(Math.max(0, delay), () => this.#tick());
  }

  #tick(): void {
    const silence = this.#now() - this.#lastFrameAt;
    if (this.#afterSilence && silence < this.#interval) return this.#schedule(this.#interval - silence);
    this.#lateVerdicts = 0;
    this.#ask();
  }

  #ask(): void {
    const now = this.#now();
    if (this.#frames !== this.#framesAtTick)
      this.#quietSince = wallTime(this.#context.runtime.clock) - (now - this.#tickedAt);
    this.#framesAtTick = this.#frames;
    this.#tickedAt = now;
    const wait = this.#probe.send();
    if (wait === undefined || !this.#expectReply) return this.#schedule(this.#interval);
    this.#probedAt = now;
    this.#pingedAt = now + wait;
    this.#timer.start(wait + this.#context.config.pongTimeout, (lateness) => this.#judge(lateness));
  }

  #judge(lateness: number): void {
    // The timers of a healthy host are less late than a tenth of the timeout.
    if (lateness > this.#context.config.pongTimeout / 10 && this.#lateVerdicts < MAX_LATE_VERDICTS) {
      this.#lateVerdicts++;
      this.#context.trace.effect('probeAgain', { lateness });
      return this.#ask();
    }
    // An answer that came while the event loop was busy is read before the next timer.
    this.#timer.start(0, () => {
      this.stop();
      this.#listener.onSilence(this.#quietSince);
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
