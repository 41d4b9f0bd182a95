import { limitsOf } from '../ask-handler.js';
import type { Context } from '../context.js';
import { CapacityExceededError } from '../errors.js';
import type { RequestId } from '../identifiers.js';
import { isEmpty, listFrames } from '../protocol/frames.js';
import type { Frame, Frames } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import type { DeadlineQueue } from '../util/deadline-queue.js';
import { SLICE } from '../util/pacer.js';
import { Timer } from '../util/timer.js';
import { isProgrammingError, wrapError } from '../util/wrap-error.js';
import { Budget, type Lane } from './budget.js';
import { CallLane, type CallLaneListener } from './call-lane.js';
import { CancelFrame } from './cancel-frame.js';
import type { OutboundCall } from './outbound-call.js';

/**
 * No socket reports that its buffer has drained, so the outbox looks again: soon, because the next turn of the event loop
 * often drains it, and then less and less often.
 */
const SHORTEST_POLL = 1;
const LONGEST_POLL = 8;
/** How many frames of the connection itself may wait, such as answers to the server's pings under a rate limit. */
const MOST_URGENT = 1_024;
/** How many calls may leave before a waiting subscription frame while frames are held back: every fourth frame is its turn. */
const CALLS_IN_A_ROW = 3;

/** A frame of the connection itself, or a ping, which the socket sends in its own way. */
interface UrgentFrame {
  readonly content: Frame | (() => void);
  /** Who may ask for the frame, and take it back. */
  readonly owner: object | undefined;
}

/** Where subscription frames come from, one at a time, built when there is room for them. */
export interface SubscriptionFrames {
  /** Whether there may be another frame. */
  readonly hasNext: boolean;
  /** Builds the next frame and asks the handler for its final form. Returns whether it can be written now. */
  prepareNext(): boolean;
  /**
   * Writes the next frame through `write`, which returns whether it was written. `isEnd` says that the frame asks for no topic
   * and ends some. Returns false if there is no frame.
   */
  writeNext(write: (frame: Frame, isEnd: boolean) => boolean): boolean;
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
 * What may leave: nothing, frames of the connection itself, then the first subscribe frame, then everything. While a
 * connection is about to be replaced (`leaving`), calls and subscription frames wait for the next connection.
 */
type Phase = 'detached' | 'attached' | 'resuming' | 'flowing' | 'leaving';

/** The events of the connection, of which one at a time is carried out. */
export interface Turns {
  /** Whether an event waits for its turn. */
  readonly hasQueued: boolean;
  /** Acts after everything that came before. */
  inTurn(act: () => void): void;
}

/**
 * The one way out. Four lanes, first to last: frames of the connection itself (greeting, authentication, pings), calls of
 * high priority and cancels, other calls in the order in which they were made, subscription frames. Only the first
 * subscribe frame of a connection goes before the calls that waited for that connection. Every lane obeys the rate
 * limits and the socket's buffer. Calls outlive a connection, the other lanes do not.
 */
export class Outbox implements CallLaneListener {
  readonly #context: Context;
  readonly #deadlines: DeadlineQueue;
  readonly #high: CallLane;
  readonly #normal: CallLane;
  /** Active while nothing at all may leave. */
  readonly #hold: Timer;
  /** Active while no subscription frame may leave. */
  readonly #subscriptionHold: Timer;
  /** Frames of the connection itself. */
  #urgent: UrgentFrame[] = [];
  #phase: Phase = 'detached';
  readonly #turns: Turns;
  #isTurnAsked = false;
  #link: OutboxLink | undefined;
  #budget: Budget | undefined;
  #subscriptions: SubscriptionFrames | undefined;
  #poll = SHORTEST_POLL;
  /** Whether the last subscription frame only ended topics. */
  #wasEnd = false;
  /** How many calls in a row went before the subscription frames since frames were held back; 0 if none is held back. */
  #callsInARow = 0;

  /** @param deadlines - the deadlines of the calls: no call is written after its own */
  constructor(context: Context, deadlines: DeadlineQueue, turns: Turns) {
    const { clock } = context.runtime;
    this.#turns = turns;
    this.#context = context;
    this.#deadlines = deadlines;
    this.#high = new CallLane(context, this);
    this.#normal = new CallLane(context, this);
    this.#hold = new Timer(clock);
    this.#subscriptionHold = new Timer(clock);
  }

  /** How many calls wait to be written. */
  get waiting(): number {
    return this.#high.waiting + this.#normal.waiting;
  }

  /** Bytes of the calls that wait to be written, text by its length. */
  get waitingBytes(): number {
    return this.#high.bytes + this.#normal.bytes;
  }

  get hasWaiting(): boolean {
    return !this.#high.isEmpty || !this.#normal.isEmpty;
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
    this.#budget = new Budget(limitsOf(this.#context), this.#context.runtime.clock, link);
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
    this.#normal.detach();
  }

  /** The connection stays for the calls that wait: there will be no other. */
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
    this.#callsInARow = 0;
    this.#high.detach();
    this.#normal.detach();
    this.#urgent = [];
  }

  /**
   * Writes frames of the connection itself, before everything else.
   * @param owner - may take back what has not left
   */
  urgent(frames: Frames, owner?: object): void {
    if (!this.#link || isEmpty(frames)) return;
    if (this.#urgent.length > MOST_URGENT) {
      return this.#refused(
        this.#link,
        new CapacityExceededError('frames of the connection', MOST_URGENT, texts.TOO_MANY_ANSWERS_WANTED),
      );
    }
    for (const content of listFrames(frames)) this.#urgent.push({ content, owner });
    this.pump();
  }

  /** Whether a frame of an owner has not left. */
  holds(owner: object): boolean {
    return this.#urgent.some((frame) => frame.owner === owner);
  }

  /** Takes back the frames of an owner that have not left. Returns whether there were any. */
  recall(owner: object): boolean {
    const others = this.#urgent.filter((frame) => frame.owner !== owner);
    const hasSome = others.length < this.#urgent.length;
    this.#urgent = others;
    return hasSome;
  }

  /** Sends a WebSocket ping, which counts like a frame. */
  ping(send: () => void, owner: object): void {
    if (!this.#link) return;
    this.#urgent.push({ content: send, owner });
    this.pump();
  }

  /** Counts a frame that the platform sent without us (a pong): the server counts it too. */
  countFrame(): void {
    this.#budget?.count();
  }

  add(call: OutboundCall): void {
    const lane = this.#laneOf(call);
    // Nearly every call finds nothing before it, and leaves unchanged.
    if (lane.isIdle && this.#isClear) {
      this.#writeCall(call, call.frame);
    } else {
      lane.add(call);
      this.pump();
    }
  }

  /** Puts calls that may be written again in front of the calls that wait. */
  addFirst(calls: readonly OutboundCall[]): void {
    for (const lane of [this.#high, this.#normal]) lane.addFirst(calls.filter((call) => this.#laneOf(call) === lane));
  }

  /** Writes cancels of written requests, with the calls of high priority. They wait for room as long as the connection lives. */
  cancel(frames: Frames, id: RequestId): void {
    if (!this.isReady) return;
    for (const frame of listFrames(frames)) this.#high.add(new CancelFrame(this.#context, frame, id));
    this.pump();
  }

  /** Takes a call back that has ended. It never writes another call. Returns true if the call was not written. */
  delete(call: OutboundCall): boolean {
    return this.#laneOf(call).delete(call);
  }

  /** Writes what may be written now. */
  pump(): void {
    const link = this.#link;
    while (link && link === this.#link && !this.#hold.active) {
      if (this.#turns.hasQueued) return this.#pumpInTurn();
      if (this.#urgent.length > 0) {
        if (this.#holdBack('calls')) return;
        this.#write((this.#urgent.shift() as UrgentFrame).content);
      } else if (!this.isReady) {
        return;
      } else if (this.isLeaving) {
        // Only calls of high priority still leave on a connection that is about to be replaced.
        if (!this.#high.isOpen || !this.#stepCalls()) return;
      } else if (this.#phase === 'resuming') {
        if (this.#holdBack('calls')) return;
        this.#resume();
      } else if (this.#high.isOpen || (this.#high.isEmpty && this.#normal.isOpen)) {
        if (!this.#stepCalls()) return;
      } else {
        if (this.#high.isEmpty && this.#normal.isEmpty) this.#callsInARow = 0;
        return this.#subscriptions?.hasNext ? this.#writeSubscriptions() : undefined;
      }
    }
  }

  /**
   * An application that sees a frame (a trace sink, a hook of the handler) may end the connection: the end waits for its
   * turn, and nothing leaves before it.
   */
  #pumpInTurn(): void {
    if (this.#isTurnAsked) return;
    this.#isTurnAsked = true;
    this.#turns.inTurn(() => {
      this.#isTurnAsked = false;
      this.pump();
    });
  }

  onLaneOpen(): void {
    this.pump();
  }

  /** Takes one step with the calls: ends those whose time is over, writes one, or prepares one. Returns false if it must wait. */
  #stepCalls(): boolean {
    const link = this.#link;
    this.#deadlines.sweep();
    const lane = this.#high.isEmpty && !this.isLeaving ? this.#normal : this.#high;
    const call = lane.head();
    if (!call || link !== this.#link) return true;
    if (call.signal?.aborted) {
      call.handleEvent();
      return true;
    }
    if (this.#holdBack('calls')) return false;
    if (this.#callsInARow > CALLS_IN_A_ROW && this.#writeSubscription('calls')) return true;
    if (link !== this.#link) return true;
    const frame = lane.frameOf(call);
    // The handler's own code may have ended the call, or asked for the end of the connection.
    if (frame === undefined || link !== this.#link || this.#turns.hasQueued) return true;
    // It may also have taken longer than the call may wait.
    this.#deadlines.sweep();
    if (lane.head() !== call) return true;
    // Or it may have used up what the rate limit allowed.
    if (this.#holdBack('calls')) return false;
    lane.take(call);
    this.#writeCall(call, frame);
    return true;
  }

  /** Writes the first subscribe frame, if there is one that can be written at once, and frames that make room for it. */
  #resume(): void {
    this.#phase = 'flowing';
    const hasMore = this.#writeSubscription('subscriptions');
    if (hasMore && this.#wasEnd && this.#phase === 'flowing') this.#phase = 'resuming';
  }

  /** Writes a long list in slices. The event loop and newer calls get their turn in between. */
  #writeSubscriptions(): void {
    const { clock } = this.#context.runtime;
    const startedAt = clock.now();
    while (this.#writeSubscription('subscriptions')) {
      if (clock.now() - startedAt > SLICE) return this.#later(this.#subscriptionHold, 0);
    }
  }

  /**
   * Writes a subscription frame if there is one and it may leave. Returns true if more may follow.
   * @param room - whose share of the socket's buffer it may use
   */
  #writeSubscription(room: Lane): boolean {
    const budget = this.#budget;
    if (!budget || !this.#subscriptions || this.#hold.active) return false;
    if (this.#turns.hasQueued) {
      this.#pumpInTurn();
      return false;
    }
    const isHeldBack = () => (room === 'calls' ? budget.rateDelay('subscriptions') > 0 : this.#holdBack(room));
    if (room === 'calls' ? !this.#subscriptions.hasNext : this.#subscriptionHold.active) return false;
    if (isHeldBack() || !this.#subscriptions.prepareNext()) return false;
    // The handler's own code may have asked for the end of the connection, or used up what the rate limit allowed.
    if (this.#turns.hasQueued) {
      this.#pumpInTurn();
      return false;
    }
    if (isHeldBack()) return false;
    return this.#subscriptions.writeNext((frame, isEnd) => {
      this.#wasEnd = isEnd;
      budget.countSubscription();
      if (this.#callsInARow > 0) this.#callsInARow = 1;
      return this.#write(frame);
    });
  }

  /** Hands over a call that waits in no lane any more. */
  #writeCall(call: OutboundCall, frame: Frame): void {
    if (this.#callsInARow > 0) this.#callsInARow++;
    this.#write(frame, call);
  }

  /**
   * Hands a frame to the socket. The call of the frame counts as written before anybody can see the frame. Returns false if
   * the socket failed, which ends the connection.
   */
  #write(frame: Frame | (() => void), call?: OutboundCall): boolean {
    const link = this.#link;
    if (!link) return false;
    this.#budget?.count();
    call?.onLeaving();
    try {
      if (typeof frame === 'function') frame();
      else link.send(frame);
    } catch (cause) {
      if (isProgrammingError(cause)) {
        this.#misfired(cause, call);
        return true;
      }
      if (call?.onRefused()) this.#laneOf(call).addFirst([call]);
      this.#refused(link, cause);
      return false;
    }
    this.#poll = SHORTEST_POLL;
    call?.onWritten();
    if (typeof frame === 'function') return true;
    this.#context.counters.sent++;
    this.#context.trace.frame('out', frame);
    return true;
  }

  /** The code of the socket is wrong, for example an empty stub in a bundle. Another connection would fail the same way. */
  #misfired(cause: unknown, call: OutboundCall | undefined): void {
    const isOpen = call?.onRefused();
    const error = wrapError(texts.SEND_MISFIRED, cause, { delivery: call?.isWritten ? 'unknown' : 'unsent' });
    this.#context.emit('error', error);
    if (isOpen) call?.onUnwritable(error);
  }

  #refused(link: OutboxLink, cause: unknown): void {
    if (link === this.#link) this.detach();
    link.refused(cause);
  }

  #laneOf(call: OutboundCall): CallLane {
    return call.priority === 'high' ? this.#high : this.#normal;
  }

  /** Whether no call waits before a new one, and nothing holds it back. */
  get #isClear(): boolean {
    return (
      this.#phase === 'flowing' &&
      this.#high.isEmpty &&
      this.#urgent.length === 0 &&
      !this.#hold.active &&
      !this.#turns.hasQueued &&
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
    if (lane === 'calls') this.#callsInARow ||= 1;
    return true;
  }

  #later(hold: Timer, delay: number): void {
    hold.start(delay, () => this.pump());
  }
}
