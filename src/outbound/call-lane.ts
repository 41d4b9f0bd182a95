import type { Context } from '../context.js';
import type { Frame } from '../protocol/handler-types.js';
import { Queue } from '../util/queue.js';
import { Timer } from '../util/timer.js';
import type { OutboundCall } from './outbound-call.js';
import { Preparation, type PreparationError, type PreparationListener } from './preparation.js';

/** The order may hold this many calls more that were taken out than calls that wait. */
const SLACK = 64;

export interface CallLaneListener {
  /** A call may be written or prepared again. */
  onLaneOpen(): void;
}

/** The calls of one priority in the order in which they were made, and the preparation of the first of them. */
export class CallLane implements PreparationListener<OutboundCall> {
  readonly #listener: CallLaneListener;
  readonly #preparation: Preparation<OutboundCall>;
  /**
   * Active after a call ended while it was prepared. The code that ended the call may go on to end other calls, so the
   * next call has to wait for another task.
   */
  readonly #pause: Timer;
  readonly #calls = new Set<OutboundCall>();
  /** The order of the calls. A call that was taken out stays here until it is the first, or until half of them are out. */
  readonly #order = new Queue<OutboundCall>();
  /** How many of the calls end with the connection. */
  #bound = 0;
  #bytes = 0;

  constructor(context: Context, listener: CallLaneListener) {
    this.#listener = listener;
    this.#preparation = new Preparation<OutboundCall>(context, this);
    this.#pause = new Timer(context.runtime.clock);
  }

  /** How many calls wait that outlive the connection. */
  get waiting(): number {
    return this.#calls.size - this.#bound;
  }

  /** Bytes of the calls that wait, text by its length. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  /** Whether a call may be written or prepared now. */
  get isOpen(): boolean {
    return this.#calls.size > 0 && !this.#preparation.isPending && !this.#pause.active;
  }

  /** Whether a new call finds nothing before it and leaves as it is. */
  get isIdle(): boolean {
    return this.#calls.size === 0 && this.#preparation.isIdle;
  }

  add(call: OutboundCall): void {
    this.#calls.add(call);
    this.#order.push(call);
    this.#bytes += call.frame.length;
    if (call.isBound) this.#bound++;
  }

  /** Puts calls in front of those that wait. */
  addFirst(calls: readonly OutboundCall[]): void {
    if (calls.length > 0) this.#reset([...calls, ...this.#calls]);
  }

  /** Takes a call out that has ended. Returns false if the call does not wait. */
  delete(call: OutboundCall): boolean {
    if (!this.#calls.has(call)) return false;
    this.#remove(call);
    if (this.#preparation.isPreparing(call)) {
      this.#preparation.stop();
      this.#pause.start(0, () => this.#listener.onLaneOpen());
    }
    return true;
  }

  /** The call that is first; nothing if the lane is not open. */
  head(): OutboundCall | undefined {
    if (!this.isOpen) return undefined;
    while (this.#order.first && !this.#calls.has(this.#order.first)) this.#order.shift();
    return this.#order.first;
  }

  /** The frame of the head as it is to be written; nothing if it is being prepared, or if the call has ended. */
  frameOf(call: OutboundCall): Frame | undefined {
    const frame = this.#preparation.frameOf(call);
    return this.#calls.has(call) ? frame : undefined;
  }

  /** Takes the head out to write it. */
  take(call: OutboundCall): void {
    this.#remove(call);
    this.#preparation.stop();
  }

  /** The connection is lost: the other calls wait for the next one and are prepared for it afresh. */
  detach(): void {
    this.#pause.stop();
    this.#preparation.stop();
    if (this.#bound === 0) return;
    this.#reset([...this.#calls].filter(({ isBound }) => !isBound));
  }

  onPrepared(): void {
    this.#listener.onLaneOpen();
  }

  onUnpreparable(call: OutboundCall, error: PreparationError): void {
    this.delete(call);
    call.onUnwritable(error);
  }

  #remove(call: OutboundCall): void {
    this.#calls.delete(call);
    this.#bytes -= call.frame.length;
    if (call.isBound) this.#bound--;
    if (this.#order.first === call) this.#order.shift();
    else if (this.#order.size > 2 * this.#calls.size + SLACK) this.#reset([...this.#calls]);
  }

  #reset(calls: readonly OutboundCall[]): void {
    this.#calls.clear();
    this.#order.clear();
    this.#bytes = this.#bound = 0;
    for (const call of calls) this.add(call);
  }
}
