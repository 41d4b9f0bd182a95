import type { Context } from '../context.js';
import { CapacityExceededError, type ProtocolError } from '../errors.js';
import { isEmpty, listFrames } from '../protocol/frames.js';
import type { Frame, Frames } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import { SLICE } from '../util/pacer.js';
import { Timer } from '../util/timer.js';
import { Budget, type Lane } from './budget.js';
import type { OutboundCall } from './outbound-call.js';
import { Preparation, type PreparationListener } from './preparation.js';

/**
 * No socket reports that its buffer has drained, so the outbox looks again: soon, because the next turn of the event loop
 * often drains it, and then less and less often.
 */
const SHORTEST_POLL = 1;
const LONGEST_POLL = 8;
/** How many frames of the connection itself may wait, such as answers to the server's pings under a rate limit. */
const MOST_URGENT = 1_024;

/** Where subscription frames come from, one at a time, built when there is room for them. */
export interface SubscriptionFrames {
  /** Whether there may be another frame. */
  readonly hasNext: boolean;
  /** Writes the next frame through `write`, which returns whether it was written. Returns false if there is no frame. */
  writeNext(write: (frame: Frame) => boolean): boolean;
}

/** The connection as the outbox sees it. */
export interface OutboxLink {
  /** @throws whatever the socket throws when it cannot take the frame */
  send(frame: Frame): void;
  readonly bufferedAmount: number;
  /** The socket took no more frames. */
  refused(cause: unknown): void;
}

/**
 * What may leave: nothing, frames of the connection itself, then the first subscription frame, then everything. While a
 * connection is about to be replaced (`leaving`), calls and subscription frames wait for the next connection.
 */
type Phase = 'detached' | 'attached' | 'resuming' | 'flowing' | 'leaving';

/**
 * The one way out. Three lanes, first to last: frames of the connection itself (greeting, authentication, pings), calls in
 * the order in which they were made, subscription frames. Only the first subscription frame of a connection goes before the
 * calls that waited for that connection. Every lane obeys the rate limits and the socket's buffer. Calls outlive a
 * connection, the other lanes do not.
 */
export class Outbox implements PreparationListener {
  readonly #context: Context;
  readonly #preparation: Preparation;
  /** Active while nothing at all may leave. */
  readonly #hold: Timer;
  /** Active while no subscription frame may leave. */
  readonly #subscriptionHold: Timer;
  /** Frames of the connection itself. The socket sends pings in its own way. */
  readonly #urgent: (Frame | (() => void))[] = [];
  #calls = new Set<OutboundCall>();
  #phase: Phase = 'detached';
  #link: OutboxLink | undefined;
  #budget: Budget | undefined;
  #subscriptions: SubscriptionFrames | undefined;
  #poll = SHORTEST_POLL;

  constructor(context: Context) {
    this.#context = context;
    this.#preparation = new Preparation(context, this);
    this.#hold = new Timer(context.runtime.clock);
    this.#subscriptionHold = new Timer(context.runtime.clock);
  }

  /** How many calls wait to be written. */
  get waiting(): number {
    return this.#calls.size;
  }

  get hasWaiting(): boolean {
    return this.#calls.size > 0;
  }

  /** Whether calls may leave. */
  get isReady(): boolean {
    return this.#phase === 'resuming' || this.#phase === 'flowing' || this.#phase === 'leaving';
  }

  /** Whether new calls wait because the connection is about to be replaced. */
  get isLeaving(): boolean {
    return this.#phase === 'leaving';
  }

  /** Milliseconds until the rate limit allows another frame. */
  get rateDelay(): number {
    return this.#budget?.rateDelay('calls') ?? 0;
  }

  /** A socket is open: frames of the connection itself may leave. */
  attach(link: OutboxLink): void {
    this.#phase = 'attached';
    this.#link = link;
    this.#budget = new Budget(this.#context.handler.limits, this.#context.runtime.clock, link);
  }

  /** The connection is ready: subscription frames and calls may leave. */
  ready(subscriptions: SubscriptionFrames): void {
    this.#subscriptions = subscriptions;
    this.#phase = 'resuming';
    this.pump();
  }

  /** The connection is about to be replaced: calls and subscription frames wait for the next connection. */
  leave(): void {
    this.#phase = 'leaving';
    this.#preparation.stop();
  }

  /** The connection stays after all. */
  stay(): void {
    if (this.#phase !== 'leaving') return;
    this.#phase = 'flowing';
    this.pump();
  }

  /** The socket is lost. Calls stay and wait for the next connection. */
  detach(): void {
    this.#hold.stop();
    this.#subscriptionHold.stop();
    this.#phase = 'detached';
    this.#link = undefined;
    this.#budget = undefined;
    this.#preparation.stop();
    this.#urgent.length = 0;
  }

  /** Writes frames of the connection itself, before everything else. */
  urgent(frames: Frames): void {
    if (!this.#link || isEmpty(frames)) return;
    if (this.#urgent.length > MOST_URGENT) {
      return this.#refused(
        new CapacityExceededError('frames of the connection', MOST_URGENT, texts.TOO_MANY_ANSWERS_WANTED),
      );
    }
    this.#urgent.push(...listFrames(frames));
    this.pump();
  }

  /** Sends a WebSocket ping, which counts like a frame. */
  ping(send: () => void): void {
    if (!this.#link) return;
    this.#urgent.push(send);
    this.pump();
  }

  /** Counts a frame that the platform sent without us (a pong): the server counts it too. */
  countFrame(): void {
    this.#budget?.count();
  }

  add(call: OutboundCall): void {
    this.#calls.add(call);
    // Nearly every call finds nothing before it, and leaves unchanged.
    if (this.#isAlone && this.#preparation.isIdle) this.#writeCall(call, call.frame);
    else this.pump();
  }

  /** Puts calls that may be written again in front of the calls that wait. */
  addFirst(calls: OutboundCall[]): void {
    if (calls.length > 0) this.#calls = new Set([...calls, ...this.#calls]);
  }

  /** Takes a call back. Returns true if the call was not written; then it never will be. */
  delete(call: OutboundCall): boolean {
    const isTaken = this.#calls.delete(call);
    if (this.#preparation.isPreparing(call)) {
      this.#preparation.stop();
      this.pump();
    }
    return isTaken;
  }

  /** Takes all waiting calls back. */
  clear(): OutboundCall[] {
    const calls = [...this.#calls];
    this.#calls.clear();
    this.#preparation.stop();
    return calls;
  }

  /** Writes what may be written now. */
  pump(): void {
    const link = this.#link;
    while (link && link === this.#link && !this.#hold.active) {
      const urgent = this.#urgent[0];
      if (urgent !== undefined) {
        if (this.#holdBack('calls')) return;
        this.#urgent.shift();
        this.#write(urgent);
      } else if (!this.isReady || this.isLeaving) {
        return;
      } else if (this.#phase === 'resuming') {
        if (this.#holdBack('calls')) return;
        this.#phase = 'flowing';
        this.#writeSubscription();
      } else if (this.#calls.size > 0 && !this.#preparation.isPending) {
        if (this.#holdBack('calls')) return;
        this.#writeNextCall();
      } else {
        return this.#subscriptions?.hasNext ? this.#writeSubscriptions() : undefined;
      }
    }
  }

  onPrepared(): void {
    this.pump();
  }

  onUnpreparable(call: OutboundCall, error: ProtocolError): void {
    this.#calls.delete(call);
    call.onUnwritable(error);
  }

  /** Writes a long list in slices. The event loop and newer calls get their turn in between. */
  #writeSubscriptions(): void {
    const { clock } = this.#context.runtime;
    const startedAt = clock.now();
    while (this.#writeSubscription()) {
      if (clock.now() - startedAt > SLICE) return this.#later(this.#subscriptionHold, 0);
    }
  }

  /** Writes a subscription frame if there is one and it may leave. Returns true if more may follow. */
  #writeSubscription(): boolean {
    if (!this.#link || this.#subscriptionHold.active || this.#hold.active) return false;
    if (!this.#subscriptions || this.#holdBack('subscriptions')) return false;
    return this.#subscriptions.writeNext((frame) => {
      this.#budget?.countSubscription();
      return this.#write(frame);
    });
  }

  #writeNextCall(): void {
    const { value: call } = this.#calls.values().next();
    if (!call) return;
    const frame = this.#preparation.frameOf(call);
    if (frame === undefined) return;
    this.#preparation.stop();
    this.#writeCall(call, frame);
  }

  #writeCall(call: OutboundCall, frame: Frame): void {
    if (!this.#write(frame)) return;
    this.#calls.delete(call);
    call.onWritten();
  }

  /** Hands a frame to the socket. Returns false if the socket failed, which ends the connection. */
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
    this.#budget?.count();
    if (typeof frame === 'function') return true;
    this.#context.counters.sent++;
    this.#context.trace.frame('out', frame);
    return true;
  }

  #refused(cause: unknown): void {
    const link = this.#link;
    this.detach();
    link?.refused(cause);
  }

  /** Whether there is one call, with nothing before it and nothing that holds it back. */
  get #isAlone(): boolean {
    return (
      this.#phase === 'flowing' &&
      this.#calls.size === 1 &&
      this.#urgent.length === 0 &&
      !this.#hold.active &&
      (this.#budget?.allows('calls') ?? false)
    );
  }

  /** Returns whether the budget holds a lane back. If so, the pump runs again later. */
  #holdBack(lane: Lane): boolean {
    const budget = this.#budget;
    const hold = lane === 'calls' ? this.#hold : this.#subscriptionHold;
    const delay = budget?.rateDelay(lane) ?? 0;
    if (delay > 0) {
      this.#later(hold, delay);
    } else if (budget?.isFull(lane)) {
      this.#later(hold, this.#poll);
      this.#poll = Math.min(2 * this.#poll, LONGEST_POLL);
    } else {
      return false;
    }
    return true;
  }

  #later(hold: Timer, delay: number): void {
    hold.start(delay, () => this.pump());
  }
}
