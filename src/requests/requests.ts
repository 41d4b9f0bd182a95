import { attempt } from '../ask-handler.js';
import type { Context } from '../context.js';
import { type AnyTransportError, isTransportError, ProtocolError, RequestRejectedError } from '../errors.js';
import type { RequestId } from '../identifiers.js';
import type { Outbox } from '../outbound/outbox.js';
import type { Frame, ServerError } from '../protocol/handler-types.js';
import { adopt, Message } from '../protocol/message.js';
import * as texts from '../texts.js';
import type { CallSite } from '../util/call-site.js';
import type { DeadlineQueue } from '../util/deadline-queue.js';
import { checkAll, type OptionRule, type OptionRules, oneOf } from '../util/options.js';
import { ownText } from '../util/own-text.js';
import type { Pacer } from '../util/pacer.js';
import { handled } from '../util/promises.js';
import { MANY_ERRORS, withoutStacks } from '../util/without-stacks.js';
import { wrapError } from '../util/wrap-error.js';
import { type Admission, ownFrame, serialise } from './admission.js';
import { type CallOptions, callRules } from './call-options.js';
import { closedError } from './closed-error.js';
import type { Drain } from './drain.js';
import type { Outcome, PendingCall, PendingOptions, PendingRequest, RetryPolicy } from './pending-request.js';
import { PendingRequests, type PendingRequestsListener } from './pending-requests.js';
import type { RequestIds } from './request-ids.js';

export interface RequestOptions extends CallOptions {
  /**
   * - `unsent`: waits for a connection, is written once, and fails when that connection is lost.
   * - `never`: fails at once unless the connection is ready.
   * - `idempotent`: may be written again after a reconnect, with the same id.
   * @default 'unsent', so that an order never leaves twice
   */
  readonly retry?: RetryPolicy;
}

export interface RawRequestOptions extends RequestOptions {
  /**
   * The id that the answer carries.
   * @default the id that the handler reads from the message
   */
  readonly requestId?: RequestId;
}

const NO_OPTIONS: RawRequestOptions = {};
const ID: OptionRule = [
  (value: unknown) => (typeof value === 'string' && value !== '') || Number.isFinite(value),
  texts.AN_ID,
];
const requestRules: OptionRules<RequestOptions> = {
  ...callRules,
  retry: oneOf('never', 'unsent', 'idempotent'),
};
const rawRules: OptionRules<RawRequestOptions> = { ...requestRules, requestId: ID };

/** Requests that were lost with their connection, and which of them is rejected next. */
interface LostRequests {
  readonly requests: readonly PendingRequest[];
  readonly error: AnyTransportError;
  next: number;
}

/** The application's requests, from the call to the end of their promises. */
export class Requests implements PendingRequestsListener {
  readonly #context: Context;
  readonly #outbox: Outbox;
  readonly #ids: RequestIds;
  readonly #admission: Admission;
  readonly #drain: Drain;
  readonly #pacer: Pacer;
  readonly #lost = new Set<LostRequests>();
  readonly #pending: PendingRequests;

  constructor(
    context: Context,
    outbox: Outbox,
    ids: RequestIds,
    admission: Admission,
    drain: Drain,
    deadlines: DeadlineQueue,
    pacer: Pacer,
  ) {
    this.#context = context;
    this.#outbox = outbox;
    this.#ids = ids;
    this.#admission = admission;
    this.#drain = drain;
    this.#pacer = pacer;
    this.#pending = new PendingRequests(context.config.maxPendingRequests, deadlines, this);
    ids.addUser(this.#pending);
    drain.watchRequests(this.#pending);
  }

  /** How many requests have no answer. */
  get pending(): number {
    return this.#pending.size;
  }

  request<T>(payload: unknown, options: RequestOptions = NO_OPTIONS, site?: CallSite): PendingCall<T> {
    let id: RequestId = '';
    const frame = () => serialise(this.#inject(payload, id), this.#context.handler);
    try {
      id = this.#ids.next();
    } catch (cause) {
      return refused<T>(id, wrapError(texts.NO_REQUEST_ID_MADE, cause, { delivery: 'unsent' }));
    }
    return this.#call<T>(id, options, { raw: false, site }, frame);
  }

  requestRaw(frame: Frame, options: RawRequestOptions = NO_OPTIONS, site?: CallSite): PendingCall<Message> {
    let id = options?.requestId;
    try {
      id ??= this.#context.handler.extractRequestId(this.#read(frame)) ?? undefined;
    } catch {
      // The handler cannot read the frame, so the frame has no id.
    }
    if (id !== undefined) id = ownText(id);
    return this.#call<Message>(id ?? '', options, { raw: true, site }, () => {
      if (id === undefined) throw new ProtocolError(texts.NO_REQUEST_ID_FOUND, { delivery: 'unsent' });
      if (this.#ids.isUsed(id, this.#pending)) {
        throw new ProtocolError(texts.idOfSubscription(id), { delivery: 'unsent' });
      }
      const own = ownFrame(frame);
      this.#ids.note(id);
      return own;
    });
  }

  /** The id as a number instead of text, or as text; undefined if this client ever used the id as it is. */
  otherForm(id: RequestId): RequestId | undefined {
    return this.#ids.otherForm(id);
  }

  /** Takes a frame that answers a request. Returns false if no request waits for that id. */
  answer(id: RequestId, message: Message): boolean {
    const request = this.#pending.get(id);
    if (!request?.isWritten) return false;
    let result: unknown = message;
    let failure: AnyTransportError | undefined;
    try {
      const { handler } = this.#context;
      const error = request.raw ? undefined : handler.extractError(message);
      if (error) failure = rejection(id, error);
      else if (!request.raw) result = handler.extractResult(message);
    } catch (cause) {
      failure = wrapError(texts.unreadableAnswer(id), cause, { delivery: 'unknown' });
    }
    return this.#pending.settle(request, 'answered', result, failure);
  }

  /**
   * The connection is lost: written requests fail or are written again, the others keep waiting. All that fail end at once.
   * Their promises are rejected in slices, because very many would block the event loop.
   */
  lost(error: AnyTransportError): void {
    const again: PendingRequest[] = [];
    const failed: PendingRequest[] = [];
    for (const request of this.#pending.all()) {
      if (request.isWritten && request.retry === 'idempotent') {
        request.onRequeued();
        again.push(request);
      } else if (request.isWritten || request.retry === 'never') {
        failed.push(request);
      }
    }
    this.#pending.endAll(failed);
    for (const request of failed) if (request.isUnwritten) this.#outbox.delete(request);
    this.#outbox.addFirst(again);
    const batch: LostRequests = { requests: failed, error, next: 0 };
    this.#lost.add(batch);
    void this.#pacer.each(failed, () => this.#rejectNext(batch)).then(() => this.#lost.delete(batch));
    this.#drain.check();
  }

  /** The client ends: every request that is left fails. */
  close(error: AnyTransportError): void {
    this.#drain.stop();
    for (const batch of this.#lost) while (batch.next < batch.requests.length) this.#rejectNext(batch);
    this.#pending.clear((request) => closedError(error, request.isWritten ? 'unknown' : 'unsent'));
  }

  #rejectNext(batch: LostRequests): void {
    const request = batch.requests[batch.next++];
    if (!request) return;
    const make = () => closedError(batch.error, request.isWritten ? 'unknown' : 'unsent');
    request.finish(undefined, batch.requests.length < MANY_ERRORS ? make() : withoutStacks(make));
    this.#context.gate.hold();
  }

  onSettled(request: PendingRequest, outcome: Outcome): void {
    this.#outbox.delete(request);
    this.#context.gate.hold();
    // The cancel of an aborted request is still to be written.
    if (outcome === 'aborted') queueMicrotask(() => this.#drain.check());
    else this.#drain.check();
  }

  onAborted(request: PendingRequest): void {
    if (request.isUnwritten || !this.#outbox.isReady) return;
    attempt(this.#context, texts.hookFailed('buildCancel'), () =>
      this.#outbox.cancel(this.#context.handler.buildCancel(request.id), request.id),
    );
  }

  #call<T>(
    id: RequestId,
    options: RequestOptions,
    { raw, site }: Pick<PendingOptions, 'raw' | 'site'>,
    frame: () => Frame,
  ): PendingCall<T> {
    try {
      if (options !== NO_OPTIONS) checkAll(options, raw ? rawRules : requestRules);
      const { timeout = this.#context.config.requestTimeout, retry = 'unsent', ...rest } = options;
      const { maxWait, priority = 'normal', signal } = rest;
      if (signal?.aborted) throw signal.reason;
      const bytes = frame();
      this.#admission.admit(bytes, { retry, priority, signal });
      const request = this.#pending.add(id, bytes, { timeout, maxWait, priority, retry, signal, raw, site });
      this.#outbox.add(request);
      return request.call as PendingCall<T>;
    } catch (error) {
      return refused<T>(id, error);
    }
  }

  /** The application's own frame, as the handler reads it. */
  #read(frame: Frame): Message {
    const message = new Message(frame);
    adopt(message, { counters: { parsed: 0 }, parse: (text) => this.#context.handler.parse(text) });
    return message;
  }

  #inject(payload: unknown, id: RequestId): unknown {
    try {
      return this.#context.handler.injectRequestId(payload, id);
    } catch (cause) {
      if (isTransportError(cause)) throw cause;
      throw wrapError(texts.NO_REQUEST_ID_PUT, cause, { delivery: 'unsent' });
    }
  }
}

/** A call that could not even be tried. */
function refused<T>(requestId: RequestId, error: unknown): PendingCall<T> {
  return Object.assign(handled(Promise.reject<T>(error)), { requestId, delivery: 'unsent' as const });
}

function rejection(id: RequestId, error: ServerError): RequestRejectedError {
  return new RequestRejectedError(error.message || texts.requestRejected(id), {
    serverCode: error.code,
    data: error.data,
    cause: error,
    ...(error.outcome === 'unknown' ? { delivery: 'unknown' } : {}),
  });
}
