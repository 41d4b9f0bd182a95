import type { Context } from '../context.js';
import { CapacityExceededError, type TransportError } from '../errors.js';
import type { RequestId } from '../identifiers.js';
import { isEmpty, isFrame, listFrames } from '../protocol/frames.js';
import type { Frame, Frames } from '../protocol/handler-types.js';
import { SLICE } from '../util/pacer.js';
import { isThenable } from '../util/promises.js';
import { Timer } from '../util/timer.js';
import { wrapError } from '../util/wrap-error.js';
import { RollingWindow } from './rolling-window.js';

/** Bytes handed to the socket that have not left, above which nothing more is handed over. */
const HIGH_WATER = 1_024 * 1_024;
/** Subscription frames stop earlier, so that a cancel never waits behind a long resubscription. */
const SUBSCRIPTION_HIGH_WATER = 64 * 1_024;
/**
 * No socket tells when its buffer drains, so it is asked: soon, since the next turn of the event loop often drains it, and
 * then less and less often.
 */
const SHORTEST_POLL = 1;
const LONGEST_POLL = 8;
/** Frames of the connection itself that may wait: answers to the server's own pings, where a rate limit holds them back. */
const MOST_URGENT = 1_024;

/** A request or a send on its way to the socket. */
export interface OutboundCall {
  readonly frame: Frame;
  /** The id of a request; a send has none. */
  readonly id?: RequestId;
  /** Whether the frame is the application's own, and leaves as it is. */
  readonly raw?: boolean;
  /** The bytes were handed to the socket. */
  onWritten(): void;
  /** The frame can never be written. */
  onUnwritable(error: TransportError): void;
}

/** Where subscription frames come from, one at a time, built when there is room for them. */
export interface SubscriptionFrames {
  /** Whether there may be one. */
  readonly hasNext: boolean;
  /** Writes the next frame through `write`, which tells whether it was written; false when there is none. */
  writeNext(write: (frame: Frame) => boolean): boolean;
}

/** The socket as the outbox sees it. */
export interface OutboxLink {
  send(frame: Frame): void;
  readonly bufferedAmount: number;
}

/**
 * The one way out. Three lanes, first to last: frames of the connection itself (greeting, authentication, pings), calls in
 * the order they were made, subscriptions; except that the first subscription frame of a connection goes before the calls
 * that waited for it. Every lane obeys the handler's rate limits and the socket's buffer. Calls outlive a connection, the
 * other lanes do not.
 */
export class Outbox {
  readonly #context: Context;
  readonly #subscriptions: SubscriptionFrames;
  readonly #socketFailed: (cause: unknown) => void;
  readonly #prepares: boolean;
  /** Active while nothing at all may leave. */
  readonly #hold: Timer;
  /** Active while no subscription frame may leave. */
  readonly #subscriptionHold: Timer;
  /** Frames of the connection itself; pings are sent by the socket in its own way. */
  readonly #urgent: (Frame | (() => void))[] = [];
  #calls = new Set<OutboundCall>();
  #link: OutboxLink | undefined;
  #serving = false;
  #poll = SHORTEST_POLL;
  /** The first subscription frame of this connection is still to be written. */
  #resuming = false;
  /** The call at the head while the handler prepares it, and what came of that. */
  #preparing: OutboundCall | undefined;
  #prepared: Frame | undefined;
  #frames: RollingWindow | undefined;
  #subscriptionFrames: RollingWindow | undefined;

  constructor(context: Context, subscriptions: SubscriptionFrames, socketFailed: (cause: unknown) => void) {
    this.#context = context;
    this.#subscriptions = subscriptions;
    this.#socketFailed = socketFailed;
    this.#prepares = context.overrides.prepareRequest;
    this.#hold = new Timer(context.runtime.clock);
    this.#subscriptionHold = new Timer(context.runtime.clock);
  }

  /** Calls that wait to be written. */
  get waiting(): number {
    return this.#calls.size;
  }

  /** Whether calls may leave. */
  get isServing(): boolean {
    return this.#serving;
  }

  /** Milliseconds until the rate limit lets another frame go. */
  get rateDelay(): number {
    return this.#frames?.delay(this.#context.runtime.clock.now()) ?? 0;
  }

  /** A socket is open: frames of the connection itself may leave. */
  attach(link: OutboxLink): void {
    const { frames, subscriptionFrames } = this.#context.handler.limits ?? {};
    this.#link = link;
    this.#frames = frames && new RollingWindow(frames);
    this.#subscriptionFrames = subscriptionFrames && new RollingWindow(subscriptionFrames);
  }

  /** The connection is ready: subscriptions and calls may leave. */
  serve(): void {
    this.#serving = true;
    this.#resuming = true;
    this.pump();
  }

  /** The socket is lost; what waits for the next one stays. */
  detach(): void {
    this.#hold.stop();
    this.#subscriptionHold.stop();
    this.#link = undefined;
    this.#serving = false;
    this.#resuming = false;
    this.#endPreparing();
    this.#urgent.length = 0;
  }

  /** A frame of the connection itself. */
  urgent(frames: Frames): void {
    if (!this.#link || isEmpty(frames)) return;
    if (this.#urgent.length > MOST_URGENT) {
      const advice = 'The server asks for more answers than it lets us send';
      return this.#refused(new CapacityExceededError('frames of the connection', MOST_URGENT, advice));
    }
    this.#urgent.push(...listFrames(frames));
    this.pump();
  }

  /** A WebSocket ping, which counts like a frame. */
  ping(send: () => void): void {
    this.#urgent.push(send);
    this.pump();
  }

  /** A frame that the platform sent by itself (a pong) counts against the server's limit all the same. */
  countFrame(): void {
    this.#frames?.record(this.#context.runtime.clock.now());
  }

  add(call: OutboundCall): void {
    this.#calls.add(call);
    // Nearly every call finds nothing before it, and leaves as it is.
    if (this.#isAlone && !this.#prepares) this.#writeCall(call, call.frame);
    else this.pump();
  }

  /** Puts calls that were written before, and may be written again, in front of those that wait. */
  addFirst(calls: OutboundCall[]): void {
    if (calls.length > 0) this.#calls = new Set([...calls, ...this.#calls]);
  }

  /** Takes a call back; true when it had not been written, and now never will be. */
  delete(call: OutboundCall): boolean {
    const isTaken = this.#calls.delete(call);
    if (this.#preparing === call) {
      this.#endPreparing();
      this.pump();
    }
    return isTaken;
  }

  /** Takes all waiting calls back. */
  clear(): OutboundCall[] {
    const calls = [...this.#calls];
    this.#calls.clear();
    this.#endPreparing();
    return calls;
  }

  /** Writes what may be written now. */
  pump(): void {
    const link = this.#link;
    while (link && link === this.#link && !this.#hold.active) {
      const urgent = this.#urgent[0];
      if (urgent !== undefined) {
        if (this.#isHeldBack(HIGH_WATER, this.#hold)) return;
        this.#urgent.shift();
        this.#write(urgent);
      } else if (!this.#serving) {
        return;
      } else if (this.#resuming) {
        if (this.#isHeldBack(HIGH_WATER, this.#hold)) return;
        this.#resuming = false;
        this.#writeSubscription();
      } else if (this.#calls.size > 0 && (!this.#preparing || this.#prepared !== undefined)) {
        if (this.#isHeldBack(HIGH_WATER, this.#hold)) return;
        this.#writeNextCall();
      } else {
        return this.#subscriptions.hasNext ? this.#writeSubscriptions() : undefined;
      }
    }
  }

  /** The rest of a long list goes in slices, between which the event loop and newer calls get their turn. */
  #writeSubscriptions(): void {
    const { clock } = this.#context.runtime;
    const startedAt = clock.now();
    while (this.#writeSubscription()) {
      if (clock.now() - startedAt > SLICE) return this.#later(this.#subscriptionHold, 0);
    }
  }

  /** Writes a subscription frame if there is one and it may leave; true when more may follow. */
  #writeSubscription(): boolean {
    if (!this.#link || this.#subscriptionHold.active || this.#hold.active) return false;
    const window = this.#subscriptionFrames;
    if (this.#isHeldBack(SUBSCRIPTION_HIGH_WATER, this.#subscriptionHold, window)) return false;
    return this.#subscriptions.writeNext((frame) => {
      window?.record(this.#context.runtime.clock.now());
      return this.#write(frame);
    });
  }

  #writeNextCall(): void {
    const { value: call } = this.#calls.values().next();
    if (!call) return;
    const frame = this.#prepared ?? this.#prepare(call);
    if (frame === undefined) return;
    this.#endPreparing();
    this.#writeCall(call, frame);
  }

  #writeCall(call: OutboundCall, frame: Frame): void {
    if (!this.#write(frame)) return;
    this.#calls.delete(call);
    call.onWritten();
  }

  /** The frame as it is to be written; nothing while the handler takes its time for it, or where it failed. */
  #prepare(call: OutboundCall): Frame | undefined {
    const { id, raw } = call;
    if (id === undefined || raw || !this.#prepares) return call.frame;
    try {
      const text = typeof call.frame === 'string' ? call.frame : new TextDecoder().decode(call.frame);
      const prepared = this.#context.handler.prepareRequest(text, id);
      if (!isThenable(prepared)) return checked(prepared);
      this.#await(call, prepared);
    } catch (cause) {
      this.#unprepared(call, cause);
    }
    return undefined;
  }

  /** Goes on with a call unless it was taken back meanwhile, or has to be prepared afresh for another connection. */
  #await(call: OutboundCall, prepared: Promise<Frame>): void {
    const link = this.#link;
    const isCurrent = () => this.#preparing === call && this.#link === link;
    this.#preparing = call;
    prepared.then(
      (frame) => {
        if (!isCurrent()) return;
        try {
          this.#prepared = checked(frame);
        } catch (cause) {
          this.#unprepared(call, cause);
        }
        this.pump();
      },
      (cause) => {
        if (!isCurrent()) return;
        this.#unprepared(call, cause);
        this.pump();
      },
    );
  }

  #endPreparing(): void {
    this.#preparing = undefined;
    this.#prepared = undefined;
  }

  #unprepared(call: OutboundCall, cause: unknown): void {
    this.#endPreparing();
    this.#calls.delete(call);
    call.onUnwritable(wrapError(`The handler's prepareRequest failed`, cause, { delivery: 'unsent' }));
  }

  /** Uses the socket; false when it failed, which ends it. */
  #write(frame: Frame | (() => void)): boolean {
    try {
      if (!this.#link) return false;
      if (typeof frame === 'function') frame();
      else this.#link.send(frame);
    } catch (cause) {
      this.#refused(cause);
      return false;
    }
    this.#poll = SHORTEST_POLL;
    this.#frames?.record(this.#context.runtime.clock.now());
    if (typeof frame === 'function') return true;
    this.#context.counters.sent++;
    this.#context.trace.frame('out', frame);
    return true;
  }

  #refused(cause: unknown): void {
    this.detach();
    this.#socketFailed(cause);
  }

  /** Whether there is one call, and nothing goes before it or holds it back. */
  get #isAlone(): boolean {
    return (
      this.#serving &&
      !this.#resuming &&
      this.#calls.size === 1 &&
      this.#urgent.length === 0 &&
      !this.#hold.active &&
      !this.#isHeldBack(HIGH_WATER, this.#hold)
    );
  }

  /** Whether nothing of a lane may leave now; then sees to it that the pump runs again. */
  #isHeldBack(highWater: number, hold: Timer, window?: RollingWindow): boolean {
    const frames = this.#frames;
    const now = frames || window ? this.#context.runtime.clock.now() : 0;
    const wait = Math.max(frames?.delay(now) ?? 0, window?.delay(now) ?? 0);
    if (wait > 0) this.#later(hold, wait);
    else if ((this.#link?.bufferedAmount ?? 0) > highWater) {
      this.#later(hold, this.#poll);
      this.#poll = Math.min(2 * this.#poll, LONGEST_POLL);
    } else return false;
    return true;
  }

  #later(hold: Timer, delay: number): void {
    hold.start(delay, () => this.pump());
  }
}

/** A handler that builds nothing would hold up every call behind this one. */
function checked(frame: Frame): Frame {
  if (isFrame(frame)) return frame;
  throw new TypeError('it returned neither text nor bytes');
}
