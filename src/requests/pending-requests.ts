import { CapacityExceededError, ProtocolError, RequestTimeoutError, type TransportError } from '../errors.js';
import type { RequestId } from '../identifiers.js';
import type { OutboundCall } from '../outbound/outbox.js';
import type { Clock } from '../runtime.js';
import { forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import { DeadlineQueue, type Expirable } from '../util/deadline-queue.js';
import { handled } from '../util/promises.js';
import { RecentMap } from '../util/recent-map.js';

/** The promise of an answer. */
export interface PendingCall<T> extends Promise<T> {
  readonly requestId: RequestId;
  /** `unsent`: no byte left. `unknown`: written, no answer yet. `answered`: the server answered, yes or no. */
  readonly delivery: 'unsent' | 'unknown' | 'answered';
}

/** What becomes of a request that a lost connection leaves unanswered. */
export type RetryPolicy = 'never' | 'unsent' | 'idempotent';

export interface PendingOptions {
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  readonly retry?: RetryPolicy | undefined;
  /** Hand the answer over as a `Message`, whatever it says. */
  readonly raw?: boolean;
}

/** How a request left the store. */
export type Outcome = 'answered' | 'timeout' | 'aborted' | 'closed';

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
  frame: string | Uint8Array = '';
  deadline = 0;
  isQueued = false;
  isSettled = false;
  readonly #store: PendingRequestStore;
  readonly #signal: AbortSignal | undefined;
  #resolve!: Settle;
  #reject!: Settle;

  constructor(store: PendingRequestStore, id: RequestId, options: PendingOptions) {
    this.#store = store;
    this.id = id;
    this.retry = options.retry ?? 'unsent';
    this.raw = options.raw ?? false;
    this.timeout = options.timeout;
    this.#signal = options.signal;
    // Own properties instead of a subclass: `await` takes one turn for a plain promise, three for any other.
    const call = new Promise<unknown>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    }) as Writable<PendingCall<unknown>>;
    call.requestId = id;
    call.delivery = 'unsent';
    this.call = call;
    if (this.#signal) listenToAbort(this.#signal, this);
  }

  get written(): boolean {
    return this.call.delivery !== 'unsent';
  }

  onWritten(): void {
    this.call.delivery = 'unknown';
    // Nothing else is written again.
    if (this.retry !== 'idempotent') this.frame = '';
  }

  onUnwritable(error: TransportError): void {
    this.#store.settle(this, 'closed', undefined, error);
  }

  /** EventListener of the abort signal. */
  handleEvent(): void {
    this.#store.settle(this, 'aborted', undefined, this.#signal?.reason);
  }

  expire(): void {
    const delivery = this.written ? 'unknown' : 'unsent';
    this.#store.settle(this, 'timeout', undefined, new RequestTimeoutError(this.timeout, this.id, { delivery }));
  }

  /** For the store alone. */
  finish(value: unknown, error: unknown): void {
    if (this.#signal) forgetAbort(this.#signal, this);
    if (error === undefined) return this.#resolve(value);
    // Only a rejection needs it: an answered request costs one promise less.
    void handled(this.call);
    this.#reject(error);
  }
}

/** How many ids of requests that were given up, or that the application chose, are remembered. */
const REMEMBERED_IDS = 1_024;

/**
 * Requests without an answer, waiting and written together: each is settled exactly once and then forgotten (R1, R2), and
 * there are never more than `capacity` (R3). The cost of one does not depend on how many there are.
 */
export class PendingRequestStore {
  readonly capacity: number;
  readonly #requests = new Map<RequestId, PendingRequest>();
  /** Written and given up: a late answer may still come, and must not settle another request (R2). */
  readonly #abandoned = new RecentMap<RequestId, true>(REMEMBERED_IDS);
  /** Chosen by the application, and answered: a repeated answer must not settle a request with an id of ours (R2). */
  readonly #chosen = new RecentMap<RequestId, true>(REMEMBERED_IDS);
  readonly #deadlines: DeadlineQueue;
  readonly #onSettled: (request: PendingRequest, outcome: Outcome) => void;

  /**
   * @param longestSleep - milliseconds between two sweeps at the most
   * @param onSettled - is told of each request that left, before the code that awaits it runs
   */
  constructor(
    capacity: number,
    clock: Clock,
    longestSleep: number,
    onSettled: (request: PendingRequest, outcome: Outcome) => void,
  ) {
    this.capacity = capacity;
    this.#deadlines = new DeadlineQueue(clock, longestSleep);
    this.#onSettled = onSettled;
  }

  get size(): number {
    return this.#requests.size;
  }

  hasCapacity(): boolean {
    return this.#requests.size < this.capacity;
  }

  /**
   * @throws CapacityExceededError when the store is full
   * @throws ProtocolError when that id is pending already, or was given up unanswered
   */
  add(id: RequestId, options: PendingOptions): PendingRequest {
    if (!this.hasCapacity()) {
      throw new CapacityExceededError('maxPendingRequests', this.capacity, 'Too many requests wait for an answer', {
        delivery: 'unsent',
      });
    }
    if (this.#requests.has(id)) {
      throw new ProtocolError(`A request with the id ${id} is pending already; use another id.`, {
        delivery: 'unsent',
      });
    }
    if (this.#abandoned.has(id)) {
      const words = `A request with the id ${id} was given up and may still be answered; use another id.`;
      throw new ProtocolError(words, { delivery: 'unsent' });
    }
    const request = new PendingRequest(this, id, options);
    this.#requests.set(id, request);
    this.#deadlines.add(request, options.timeout);
    return request;
  }

  /** Whether an answer to another request may come under that id. */
  isUsed(id: RequestId): boolean {
    return this.#requests.has(id) || this.#abandoned.has(id) || this.#chosen.has(id);
  }

  get(id: RequestId): PendingRequest | undefined {
    return this.#requests.get(id);
  }

  /** Takes a request out and settles its promise; false when that has happened before. */
  settle(request: PendingRequest, outcome: Outcome, value: unknown, error: unknown): boolean {
    if (request.isSettled) return false;
    request.isSettled = true;
    this.#requests.delete(request.id);
    this.#deadlines.delete(request);
    if (outcome === 'answered') {
      request.call.delivery = 'answered';
      if (request.raw) this.#chosen.remember(request.id, true);
    } else if (request.written) {
      this.#abandoned.remember(request.id, true);
    }
    request.finish(value, error);
    this.#onSettled(request, outcome);
    return true;
  }

  /** Times out what is due now; returns how many requests that were. The store does it by itself, too. */
  sweep(): number {
    return this.#deadlines.sweep();
  }

  /** Rejects every request that `which` picks. */
  rejectAll(
    error: (request: PendingRequest) => unknown,
    which: (request: PendingRequest) => boolean = () => true,
  ): void {
    for (const request of [...this.#requests.values()]) {
      if (which(request)) this.settle(request, 'closed', undefined, error(request));
    }
  }

  values(): IterableIterator<PendingRequest> {
    return this.#requests.values();
  }

  /** Rejects all and stops the timer. */
  clear(error: (request: PendingRequest) => unknown): void {
    this.rejectAll(error);
    this.#deadlines.stop();
  }
}
