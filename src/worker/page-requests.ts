import {
  type AnyTransportError,
  CapacityExceededError,
  ConnectionClosedError,
  type Delivery,
  ProtocolError,
  type TransportError,
} from '../errors.js';
import type { RequestId } from '../identifiers.js';
import type { PendingCall } from '../requests/pending-request.js';
import { type Abortable, forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import { check, SIGNAL } from '../util/options.js';
import { plainCopy } from '../util/plain-copy.js';
import { handled } from '../util/promises.js';
import { describe } from '../util/wrap-error.js';
import * as texts from './texts.js';
import type { ToWorker } from './wire.js';

/** Requests and sends that may wait for the worker: more than the client in it would take by its own limits. */
const CALLS = 2_048;
/** Calls that count towards that limit: the others are state. */
const COUNTED: ReadonlySet<string> = /* @__PURE__ */ new Set(['request', 'requestRaw', 'send', 'sendJson']);
/** Calls that ask for an end, and have it when the client ends. */
const ENDS: ReadonlySet<string> = /* @__PURE__ */ new Set(['unsubscribe', 'channel.unsubscribe']);
/** Calls without a frame of their own: their error says nothing of a delivery. */
const FRAMELESS: ReadonlySet<string> = /* @__PURE__ */ new Set(['connect', 'authenticate', 'close']);

/** What the calls need of the link. */
export interface CallLink {
  send(body: ToWorker): boolean;
  withdraw(call: number): boolean;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** One call of the page, from the call to its answer. */
class PageCall implements Abortable {
  readonly id: number;
  readonly method: string;
  readonly signal: AbortSignal | undefined;
  readonly promise: Writable<PendingCall<unknown>>;
  readonly #owner: PageRequests;
  readonly #read: (value: never) => unknown;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;

  constructor(
    owner: PageRequests,
    id: number,
    method: string,
    signal: AbortSignal | undefined,
    read: (value: never) => unknown,
  ) {
    this.#owner = owner;
    this.id = id;
    this.method = method;
    this.signal = signal;
    this.#read = read;
    const promise = new Promise<unknown>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.promise = Object.assign(promise, { requestId: '', delivery: 'unsent' as const });
  }

  /** EventListener of the signal. */
  handleEvent(): void {
    this.#owner.abort(this);
  }

  resolve(value: unknown): void {
    try {
      this.#resolve(this.#read(value as never));
    } catch (error) {
      this.reject(error);
    }
  }

  reject(error: unknown): void {
    void handled(this.promise);
    this.#reject(error);
  }
}

/** The calls of the page that the worker carries out. */
export class PageRequests {
  readonly #link: () => CallLink;
  readonly #calls = new Map<number, PageCall>();
  #counted = 0;
  #lastId = 0;
  /** Why no call is taken any more. */
  #over: AnyTransportError | undefined;

  /** @param link - asked at each call: it is made with these calls */
  constructor(link: () => CallLink) {
    this.#link = link;
  }

  get size(): number {
    return this.#calls.size;
  }

  /**
   * Calls a method in the worker.
   * @param read - makes the result of what crossed
   */
  call<T>(
    method: string,
    args: readonly unknown[],
    read: (value: never) => T = same,
    signal?: unknown,
  ): PendingCall<T> {
    const call = new PageCall(this, ++this.#lastId, method, signal as AbortSignal | undefined, read);
    try {
      this.#check(call);
      this.#calls.set(call.id, call);
      if (COUNTED.has(method)) this.#counted++;
      if (this.#send(call, args)) call.promise.delivery = 'unknown';
      if (call.signal) listenToAbort(call.signal, call);
    } catch (error) {
      this.#take(call.id);
      call.reject(error);
    }
    return call.promise as PendingCall<T>;
  }

  /** The calls are on their way: from now on they may be carried out. */
  posted(ids: readonly number[]): void {
    for (const id of ids) {
      const call = this.#calls.get(id);
      if (call) call.promise.delivery = 'unknown';
    }
  }

  /** The client of the worker has taken the call. */
  called(id: number, requestId: RequestId): void {
    const call = this.#calls.get(id);
    if (call) call.promise.requestId = requestId;
  }

  resolved(id: number, value: unknown): void {
    const call = this.#take(id);
    if (!call) return;
    call.promise.delivery = 'answered';
    call.resolve(value);
  }

  rejected(id: number, error: Error, delivery: string | undefined): void {
    const call = this.#take(id);
    if (!call) return;
    if (delivery !== undefined) call.promise.delivery = delivery as Delivery;
    // The reason of the signal is an object of the page: its twin from the worker is not it.
    const isTimeout = (error as Partial<TransportError>).code !== undefined;
    call.reject(call.signal?.aborted && !isTimeout ? call.signal.reason : error);
  }

  abort(call: PageCall): void {
    const link = this.#link();
    if (!link.withdraw(call.id)) {
      link.send(['abort', call.id]);
      return;
    }
    this.#take(call.id);
    call.reject(call.signal?.reason);
  }

  /** No call is carried out any more. */
  end(error: AnyTransportError): void {
    this.#over ??= error;
    for (const call of [...this.#calls.values()]) {
      this.#take(call.id);
      const { method, promise } = call;
      if (ENDS.has(method)) call.resolve(undefined);
      else if (FRAMELESS.has(method)) call.reject(closedError(error));
      else call.reject(closedError(error, promise.delivery === 'unsent' ? 'unsent' : 'unknown'));
    }
  }

  /** The client has closed: calls that only wait for that are done. */
  closed(): void {
    for (const call of [...this.#calls.values()]) if (call.method === 'close') this.resolved(call.id, undefined);
  }

  #check({ method, signal }: PageCall): void {
    check('signal', signal, SIGNAL);
    if (this.#over) throw closedError(this.#over, FRAMELESS.has(method) ? undefined : 'unsent');
    if (signal?.aborted) throw signal.reason;
    if (!COUNTED.has(method) || this.#counted < CALLS) return;
    throw new CapacityExceededError('calls of a page', CALLS, texts.TOO_MANY_CALLS, { delivery: 'unsent' });
  }

  /** @throws ProtocolError for arguments that cannot be cloned */
  #send({ id, method, signal }: PageCall, args: readonly unknown[]): boolean {
    const link = this.#link();
    const hasSignal = signal !== undefined;
    try {
      return link.send(['call', id, method, args, hasSignal]);
    } catch {
      // The proxies of reactive stores cannot be cloned, but copied.
    }
    try {
      return link.send(['call', id, method, plainCopy(args), hasSignal]);
    } catch (cause) {
      throw new ProtocolError(`${texts.unclonable}: ${describe(cause)}`, { cause, delivery: 'unsent' });
    }
  }

  #take(id: number): PageCall | undefined {
    const call = this.#calls.get(id);
    if (!call) return undefined;
    this.#calls.delete(id);
    if (COUNTED.has(call.method)) this.#counted--;
    if (call.signal) forgetAbort(call.signal, call);
    return call;
  }
}

function same<T>(value: T): T {
  return value;
}

/** The end of one call by the end of all. */
function closedError(error: AnyTransportError, delivery?: Delivery): ConnectionClosedError {
  return new ConnectionClosedError(error.message, { cause: error, delivery, retryable: false });
}
