import { keepAliveOf } from '../ask-handler.js';
import type { Context } from '../context.js';
import { Timer } from '../util/timer.js';

/** How many late verdicts in a row lead to another probe. Without a limit, a throttled page would never notice a dead link. */
const MAX_LATE_VERDICTS = 3;

/** A way to ask the link for a sign of life. */
export interface Probe {
  /** Sends a ping. Returns the milliseconds that a rate limit holds it back, or nothing if there is no way to ping. */
  send(): number | undefined;
  /** Whether a ping still waits for room in the socket. */
  readonly isHeldBack?: boolean;
  /** Bytes that were handed over and have not left. A ping leaves behind them. */
  readonly bufferedAmount?: number;
  /** Bytes that came in, of whole frames or not; missing if the platform does not count them. */
  readonly bytesReceived?: number | undefined;
  /** Bytes that have left; missing if the platform does not count them. */
  readonly bytesSent?: number | undefined;
}

export interface HeartbeatListener {
  /** Nothing came in, although a probe asked for an answer. */
  onSilence(): void;
  /** There is no way to probe the link. */
  onUnprobed(): void;
}

/** How often the heartbeat looks for bytes during one `pongTimeout`. */
const LOOKS = 10;

/**
 * Notices a dead link within `pingInterval + pongTimeout` after the last sign of life (C6): a byte that came in, or a byte
 * before the ping that left. Where the platform counts no bytes, whole frames are signs of life. A timer that fires late says more about this host than about the link: a throttled page, a sleeping machine, a blocked event loop. So a late
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
  #lastFrameAt = 0;
  /** When the probe that waits for a sign of life was sent; `undefined` if no probe waits. */
  #probedAt: number | undefined;
  #lateVerdicts = 0;
  /** When the verdict falls, unless bytes move before. */
  #overdueAt = 0;
  /** What had come in, and what had left, at the last look. */
  #received = 0;
  #sent = 0;
  /** Bytes that leave before the ping. */
  #ahead = 0;
  /** Whether the ping waited for room at the last look. */
  #isHeldBack = false;
  /** When each probe was sent whose own answer is outstanding; answers come in this order. */
  readonly #pingedAt: number[] = [];
  #roundTrip: number | undefined;

  constructor(context: Context, probe: Probe, listener: HeartbeatListener) {
    const { config, runtime } = context;
    const keepAlive = keepAliveOf(context);
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

  /** How many frames came in. */
  get frames(): number {
    return this.#frames;
  }

  start(): void {
    this.#lastFrameAt = this.#now();
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
    const pingedAt = this.#pingedAt.shift();
    if (pingedAt !== undefined) this.#roundTrip = this.#now() - pingedAt;
  }

  /** The host woke up: probe at once, not at the next tick. */
  wake(): void {
    if (this.#timer.active && this.#probedAt === undefined) this.#ask();
  }

  #schedule(delay: number): void {
    if (this.#interval > 0) this.#timer.start(Math.max(0, delay), () => this.#tick());
  }

  #tick(): void {
    const now = this.#now();
    const dueAt = this.#afterSilence ? this.#lastFrameAt + this.#interval : now;
    if (dueAt > now) return this.#schedule(dueAt - now);
    this.#lateVerdicts = 0;
    this.#ask();
  }

  #ask(): void {
    const now = this.#now();
    const { bufferedAmount = 0, bytesReceived = 0, bytesSent = 0 } = this.#probe;
    this.#schedule(this.#interval);
    const wait = this.#probe.send();
    // Code that saw the ping may have ended the connection, which stops the timer.
    if (!this.#timer.active) return;
    if (wait === undefined) this.#listener.onUnprobed();
    if (wait === undefined || !this.#expectReply) return;
    this.#probedAt = now;
    // Other frames may have shown life before the answer. A server may leave an answer out.
    const { pongTimeout } = this.#context.config;
    while ((this.#pingedAt[0] ?? now) < now - pongTimeout) this.#pingedAt.shift();
    this.#pingedAt.push(now + wait);
    this.#ahead = bufferedAmount;
    this.#received = bytesReceived;
    this.#sent = bytesSent;
    this.#isHeldBack = this.#probe.isHeldBack ?? false;
    this.#overdueAt = now + wait + pongTimeout;
    this.#watch();
  }

  /** Waits for the answer. Bytes that move put the verdict off. */
  #watch(): void {
    const { pongTimeout } = this.#context.config;
    const left = this.#overdueAt - this.#now();
    const canMove = this.#ahead > 0 || this.#isHeldBack || this.#probe.bytesReceived !== undefined;
    const look = canMove ? Math.min(left, Math.min(pongTimeout, this.#interval) / LOOKS) : left;
    this.#timer.start(look, (lateness) => {
      if (this.#hasMoved()) this.#overdueAt = Math.max(this.#overdueAt, this.#now() + pongTimeout);
      if (this.#now() < this.#overdueAt) this.#watch();
      else this.#judge(lateness);
    });
  }

  /** Whether bytes came in, or the ping or bytes before it left, since the last look. */
  #hasMoved(): boolean {
    const { bufferedAmount = 0, bytesReceived = 0, bytesSent = 0, isHeldBack = false } = this.#probe;
    const ahead = Math.max(0, Math.min(this.#ahead, bufferedAmount, this.#ahead - (bytesSent - this.#sent)));
    const hasMoved = bytesReceived > this.#received || ahead < this.#ahead || (this.#isHeldBack && !isHeldBack);
    this.#isHeldBack = isHeldBack;
    this.#ahead = ahead;
    this.#received = bytesReceived;
    this.#sent = bytesSent;
    return hasMoved;
  }

  #judge(lateness: number): void {
    // The timers of a healthy host are less late than a tenth of the timeout.
    if (lateness > this.#context.config.pongTimeout / 10 && this.#lateVerdicts < MAX_LATE_VERDICTS) {
      this.#lateVerdicts++;
      this.#schedule(this.#interval);
      this.#context.trace.effect('probeAgain', { lateness });
      if (this.#timer.active) this.#ask();
      return;
    }
    // An answer that came while the event loop was busy is read before the next timer.
    this.#timer.start(0, () => {
      if (this.#hasMoved()) {
        this.#overdueAt = this.#now() + this.#context.config.pongTimeout;
        return this.#watch();
      }
      this.stop();
      this.#listener.onSilence();
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
