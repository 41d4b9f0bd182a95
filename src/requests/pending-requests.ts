import { ProtocolError } from '../errors.js';
import type { RequestId } from '../identifiers.js';
import * as texts from '../texts.js';
import type { DeadlineQueue } from '../util/deadline-queue.js';
import { RecentMap } from '../util/recent-map.js';
import { MANY_ERRORS, withoutStacks } from '../util/without-stacks.js';
import { checkCapacity } from './capacity.js';
import { type Outcome, type PendingOptions, PendingRequest, type RequestOwner } from './pending-request.js';
import type { IdUser } from './request-ids.js';
import type { WaitLimit } from './wait-limit.js';

/** How many ids of requests that were given up, or that the application chose, are remembered. */
const REMEMBERED_IDS = 1_024;

export interface PendingRequestsListener {
  /** A request ended. Called before the code that awaits the request runs. */
  onSettled(request: PendingRequest, outcome: Outcome): void;
  /** A signal ended this request, and all its other requests. */
  onAborted(request: PendingRequest): void;
}

/**
 * The requests without an answer, waiting and written together. Each request is settled exactly once and then forgotten
 * (R1). There are never more than `capacity` and
 * the reserve of high priority. The cost of one request does not depend on how many there are.
 */
export class PendingRequests implements RequestOwner, IdUser {
  readonly #capacity: number;
  readonly #requests = new Map<RequestId, PendingRequest>();
  /** Written and given up: a late answer may still come, and must not settle another request. */
  readonly #abandoned = new RecentMap<RequestId, true>(REMEMBERED_IDS);
  /** Chosen by the application, and answered: a repeated answer must not settle a request with an id of ours. */
  readonly #chosen = new RecentMap<RequestId, true>(REMEMBERED_IDS);
  readonly #deadlines: DeadlineQueue;
  readonly #listener: PendingRequestsListener;

  constructor(capacity: number, deadlines: DeadlineQueue, listener: PendingRequestsListener) {
    this.#capacity = capacity;
    this.#deadlines = deadlines;
    this.#listener = listener;
  }

  get size(): number {
    return this.#requests.size;
  }

  /**
   * Whether a request is on the wire of the live connection and has no answer. The oldest requests come first, so the search
   * is short.
   */
  get hasWritten(): boolean {
    for (const request of this.#requests.values()) if (!request.isUnwritten) return true;
    return false;
  }

  /**
   * @throws CapacityExceededError when there are too many
   * @throws ProtocolError when that id is pending already, or was given up unanswered
   */
  add(id: RequestId, frame: string | Uint8Array, options: PendingOptions): PendingRequest {
    const { priority = 'normal' } = options;
    checkCapacity('maxPendingRequests', this.#capacity, this.#requests.size, priority, texts.TOO_MANY_PENDING);
    if (this.#requests.has(id)) throw new ProtocolError(texts.idPending(id), { delivery: 'unsent' });
    if (this.#abandoned.has(id)) throw new ProtocolError(texts.idGivenUp(id), { delivery: 'unsent' });
    const request = new PendingRequest(this, id, frame, options);
    this.#requests.set(id, request);
    this.#deadlines.add(request, options.timeout);
    if (request.waitLimit) this.#deadlines.add(request.waitLimit, request.waitLimit.duration);
    return request;
  }

  isUsed(id: RequestId): boolean {
    return this.#requests.has(id) || this.#abandoned.has(id) || this.#chosen.has(id);
  }

  get(id: RequestId): PendingRequest | undefined {
    return this.#requests.get(id);
  }

  /** Takes a request out and settles its promise. Returns false if that has happened before. */
  settle(request: PendingRequest, outcome: Outcome, value: unknown, error: unknown): boolean {
    if (!this.end(request, outcome)) return false;
    request.finish(value, error);
    this.#listener.onSettled(request, outcome);
    return true;
  }

  /** Takes out requests that end together. Their promises are to be rejected right after. */
  endAll(requests: readonly PendingRequest[]): void {
    const firstRemembered = requests.length - REMEMBERED_IDS;
    for (const [index, request] of requests.entries()) this.end(request, 'closed', index >= firstRemembered);
  }

  /**
   * Takes a request out, whose promise is to be settled right after. Returns false if that has happened before.
   * @param isRemembered - whether a late answer has to be known as one; the oldest of very many need not
   */
  end(request: PendingRequest, outcome: Outcome, isRemembered = true): boolean {
    if (request.isSettled) return false;
    request.isSettled = true;
    request.forgetSignal();
    this.#requests.delete(request.id);
    this.#deadlines.delete(request);
    if (request.waitLimit) this.#deadlines.delete(request.waitLimit);
    if (outcome === 'answered') {
      request.call.delivery = 'answered';
      if (request.raw) this.#chosen.remember(request.id, true);
    } else if (request.isWritten && isRemembered) {
      this.#abandoned.remember(request.id, true);
    }
    return true;
  }

  endWait(limit: WaitLimit): void {
    this.#deadlines.delete(limit);
  }

  afterAbort(request: PendingRequest): void {
    this.#listener.onAborted(request);
  }

  /** A copy, so that a rejection may add or remove requests. */
  all(): PendingRequest[] {
    return [...this.#requests.values()];
  }

  /** Rejects all and stops the timer. */
  clear(error: (request: PendingRequest) => unknown): void {
    const requests = this.all();
    const rejectAll = () => {
      for (const request of requests) this.settle(request, 'closed', undefined, error(request));
    };
    if (requests.length < MANY_ERRORS) rejectAll();
    else withoutStacks(rejectAll);
    this.#deadlines.stop();
  }
}
