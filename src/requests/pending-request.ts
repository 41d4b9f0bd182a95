import { type AnyTransportError, RequestTimeoutError } from '../errors.js';
import type { RequestId } from '../identifiers.js';
import type { OutboundCall, Priority } from '../outbound/outbound-call.js';
import { forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import type { CallSite } from '../util/call-site.js';
import type { Expirable } from '../util/deadline-queue.js';
import { handled } from '../util/promises.js';
import { WaitLimit } from './wait-limit.js';

/** The promise of an answer. */
export interface PendingCall<T> extends Promise<T> {
  readonly requestId: RequestId;
  /** `unsent`: no byte left. `unknown`: written, no answer yet. `answered`: the server answered, yes or no. */
  readonly delivery: 'unsent' | 'unknown' | 'answered';
}

/** What happens to a request that a lost connection leaves unanswered. */
export type RetryPolicy = 'never' | 'unsent' | 'idempotent';

export interface PendingOptions {
  readonly timeout: number;
  readonly maxWait?: number | undefined;
  readonly priority?: Priority | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly retry?: RetryPolicy | undefined;
  /** Whether the answer is handed over as a `Message`, whatever it says. */
  readonly raw?: boolean;
  /** Where the request was made; missing without `callStacks`. */
  readonly site?: CallSite | undefined;
}

/** How a request ended. */
export type Outcome = 'answered' | 'timeout' | 'aborted' | 'closed';

/** Settles a request once. */
export interface RequestOwner {
  settle(request: PendingRequest, outcome: Outcome, value: unknown, error: unknown): boolean;
  /** The request was written for the first time. */
  endWait(limit: WaitLimit): void;
  /** All requests with the signal of this aborted request have ended. */
  afterAbort(request: PendingRequest): void;
}

type Settle = (value: unknown) => void;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** One request from the call to its answer. */
export class PendingRequest implements Expirable, OutboundCall {
  readonly id: RequestId;
  readonly retry: RetryPolicy;
  readonly raw: boolean;
  readonly timeout: number;
  readonly priority: Priority;
  readonly signal: AbortSignal | undefined;
  /** How long the request may wait for its first write, where that is shorter than the timeout. */
  readonly waitLimit: WaitLimit | undefined;
  readonly call: Writable<PendingCall<unknown>>;
  /** The frame as serialised at the call. */
  frame: string | Uint8Array;
  deadline = 0;
  isQueued = false;
  isSettled = false;
  /** Whether the request is not on the wire of the live connection: it was never written, or waits to be written again. */
  isUnwritten = true;
  readonly #owner: RequestOwner;
  readonly #site: CallSite | undefined;
  /** Whether the request was handed to a socket before. */
  #hasLeft = false;
  #resolve!: Settle;
  #reject!: Settle;

  constructor(owner: RequestOwner, id: RequestId, frame: string | Uint8Array, options: PendingOptions) {
    this.#owner = owner;
    this.id = id;
    this.frame = frame;
    this.retry = options.retry ?? 'unsent';
    this.raw = options.raw ?? false;
    this.timeout = options.timeout;
    this.priority = options.priority ?? 'normal';
    this.signal = options.signal;
    this.#site = options.site;
    const { maxWait } = options;
    this.waitLimit = maxWait === undefined || maxWait >= this.timeout ? undefined : new WaitLimit(maxWait, this);
    // Own properties, not a subclass: `await` takes one turn for a plain promise, three for any other.
    const call = new Promise<unknown>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    }) as Writable<PendingCall<unknown>>;
    call.requestId = id;
    call.delivery = 'unsent';
    this.call = call;
    if (this.signal) listenToAbort(this.signal, this);
  }

  /** The frame of `requestRaw()` is the application's own and leaves as it is. */
  get kind(): 'request' | undefined {
    return this.raw ? undefined : 'request';
  }

  get isWritten(): boolean {
    return this.call.delivery !== 'unsent';
  }

  onLeaving(): void {
    this.isUnwritten = false;
    this.call.delivery = 'unknown';
  }

  onRefused(): boolean {
    if (this.isSettled) return false;
    this.isUnwritten = true;
    if (!this.#hasLeft) this.call.delivery = 'unsent';
    return true;
  }

  /** The connection is lost, and the request waits to be written again. */
  onRequeued(): void {
    this.isUnwritten = true;
  }

  onWritten(): void {
    this.#hasLeft = true;
    if (this.waitLimit) this.#owner.endWait(this.waitLimit);
    // Only an idempotent request is written again.
    if (this.retry !== 'idempotent') this.frame = '';
  }

  onUnwritable(error: AnyTransportError): void {
    this.#owner.settle(this, 'closed', undefined, error);
  }

  /** EventListener of the abort signal. */
  handleEvent(): void {
    this.#owner.settle(this, 'aborted', undefined, this.signal?.reason);
  }

  afterAbort(): void {
    this.#owner.afterAbort(this);
  }

  expire(): void {
    this.#timeOut(this.timeout);
  }

  waitedTooLong(duration: number): void {
    this.#timeOut(duration);
  }

  /** The signal has nothing to end any more. */
  forgetSignal(): void {
    if (this.signal) forgetAbort(this.signal, this);
  }

  /** Settles the promise. Only the owner calls this. */
  finish(value: unknown, error: unknown): void {
    if (error === undefined) return this.#resolve(value);
    // Only a rejection needs it: an answered request costs one promise less.
    void handled(this.call);
    this.#site?.mark(error);
    this.#reject(error);
  }

  #timeOut(duration: number): void {
    const delivery = this.isWritten ? 'unknown' : 'unsent';
    this.#owner.settle(this, 'timeout', undefined, new RequestTimeoutError(duration, this.id, { delivery }));
  }
}
