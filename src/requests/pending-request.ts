import { RequestTimeoutError, type TransportError } from '../errors.js';
import type { RequestId } from '../identifiers.js';
import type { OutboundCall } from '../outbound/outbound-call.js';
import { forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import type { Expirable } from '../util/deadline-queue.js';
import { handled } from '../util/promises.js';

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
  readonly signal?: AbortSignal | undefined;
  readonly retry?: RetryPolicy | undefined;
  /** Whether the answer is handed over as a `Message`, whatever it says. */
  readonly raw?: boolean;
}

/** How a request ended. */
export type Outcome = 'answered' | 'timeout' | 'aborted' | 'closed';

/** Settles a request once. */
export interface RequestOwner {
  settle(request: PendingRequest, outcome: Outcome, value: unknown, error: unknown): boolean;
}

type Settle = (value: unknown) => void;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** One request from the call to its answer. */
export class PendingRequest implements Expirable, OutboundCall {
  readonly id: RequestId;
  readonly retry: RetryPolicy;
  readonly raw: boolean;
  readonly timeout: number;
  readonly call: Writable<PendingCall<unknown>>;
  /** The frame as serialised at the call. */
  frame: string | Uint8Array;
  deadline = 0;
  isQueued = false;
  isSettled = false;
  readonly #owner: RequestOwner;
  readonly #signal: AbortSignal | undefined;
  #resolve!: Settle;
  #reject!: Settle;

  constructor(owner: RequestOwner, id: RequestId, frame: string | Uint8Array, options: PendingOptions) {
    this.#owner = owner;
    this.id = id;
    this.frame = frame;
    this.retry = options.retry ?? 'unsent';
    this.raw = options.raw ?? false;
    this.timeout = options.timeout;
    this.#signal = options.signal;
    // Own properties, not a subclass: `await` takes one turn for a plain promise, three for any other.
    const call = new Promise<unknown>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    }) as Writable<PendingCall<unknown>>;
    call.requestId = id;
    call.delivery = 'unsent';
    this.call = call;
    if (this.#signal) listenToAbort(this.#signal, this);
  }

  get isWritten(): boolean {
    return this.call.delivery !== 'unsent';
  }

  onWritten(): void {
    this.call.delivery = 'unknown';
    // Only an idempotent request is written again.
    if (this.retry !== 'idempotent') this.frame = '';
  }

  onUnwritable(error: TransportError): void {
    this.#owner.settle(this, 'closed', undefined, error);
  }

  /** EventListener of the abort signal. */
  handleEvent(): void {
    this.#owner.settle(this, 'aborted', undefined, this.#signal?.reason);
  }

  expire(): void {
    const delivery = this.isWritten ? 'unknown' : 'unsent';
    this.#owner.settle(this, 'timeout', undefined, new RequestTimeoutError(this.timeout, this.id, { delivery }));
  }

  /** Settles the promise. Only the owner calls this. */
  finish(value: unknown, error: unknown): void {
    if (this.#signal) forgetAbort(this.#signal, this);
    if (error === undefined) return this.#resolve(value);
    // Only a rejection needs it: an answered request costs one promise less.
    void handled(this.call);
    this.#reject(error);
  }
}
