import { attempt } from '../ask-handler.js';
import type { ConnectionStatus } from '../connection-state.js';
import type { Context } from '../context.js';
import {
  AuthenticationFailedError,
  CapacityExceededError,
  ConnectionClosedError,
  type Delivery,
  MaxReconnectAttemptsError,
  MessageTooLargeError,
  ProtocolError,
  RequestRejectedError,
  RequestTimeoutError,
  TransportError,
} from '../errors.js';
import type { RequestId } from '../identifiers.js';
import type { OutboundCall, Outbox } from '../outbound/outbox.js';
import { byteLength } from '../protocol/frames.js';
import type { Frame, ServerError } from '../protocol/handler-types.js';
import { Message } from '../protocol/message.js';
import { DeadlineQueue, type Expirable } from '../util/deadline-queue.js';
import { check, OPTIONS, oneOf, SIGNAL, TIMEOUT } from '../util/options.js';
import { handled } from '../util/promises.js';
import { UniqueIds } from '../util/unique-ids.js';
import { describe, wrapError } from '../util/wrap-error.js';
import {
  type Outcome,
  type PendingCall,
  type PendingRequest,
  PendingRequestStore,
  type RetryPolicy,
} from './pending-requests.js';

export interface RequestOptions {
  /** Milliseconds from the call to the answer. Default: the config's `requestTimeout`; Infinity waits for ever. */
  readonly timeout?: number;
  /** Rejects the call with the signal's reason; before the write nothing is sent any more. */
  readonly signal?: AbortSignal;
  /**
   * `unsent`, the default: waits for a connection, is written once, and fails when that connection is lost. `never`:
   * fails at once unless the connection is ready. `idempotent`: may be written again after a reconnect, with the same id.
   */
  readonly retry?: RetryPolicy;
}

export interface RawRequestOptions extends RequestOptions {
  /** The id that the answer will carry. Default: read from the message by the handler. */
  readonly requestId?: RequestId;
}

/** The application's requests and sends, from the call to the end of their promises. */
export class Calls {
  readonly #context: Context;
  readonly #outbox: Outbox;
  readonly #pending: PendingRequestStore;
  readonly #sendDeadlines: DeadlineQueue;
  readonly #ids = new UniqueIds();
  readonly #status: ConnectionStatus;
  readonly #isSubscribing: (id: RequestId) => boolean;
  /** Told when the last call has ended, while a drain waits for that. */
  #drained: (() => void) | undefined;

  /** @param isSubscribing - whether a subscribe frame with that id is unanswered */
  constructor(context: Context, outbox: Outbox, status: ConnectionStatus, isSubscribing: (id: RequestId) => boolean) {
    const { config, runtime } = context;
    this.#context = context;
    this.#outbox = outbox;
    this.#status = status;
    this.#isSubscribing = isSubscribing;
    this.#sendDeadlines = new DeadlineQueue(runtime.clock);
    this.#pending = new PendingRequestStore(
      config.maxPendingRequests,
      runtime.clock,
      config.pendingCleanupInterval,
      (request, outcome) => this.#onSettled(request, outcome),
    );
  }

  get pending(): number {
    return this.#pending.size;
  }

  request<T>(payload: unknown, options: RequestOptions = {}): PendingCall<T> {
    let id: RequestId = '';
    const frame = () => this.#serialise(this.#inject(payload, id));
    try {
      id = this.newId();
    } catch (cause) {
      return refused<T>(id, wrapError('The handler made no request id', cause, { delivery: 'unsent' }));
    }
    return this.#call<T>(id, options, false, frame);
  }

  requestRaw(frame: Frame, options: RawRequestOptions = {}): PendingCall<Message> {
    let id = options?.requestId;
    try {
      id ??= this.#context.handler.extractRequestId(new Message(frame)) ?? undefined;
    } catch {
      // A frame that the handler cannot read has no id that it could tell.
    }
    return this.#call<Message>(id ?? '', options, true, () => {
      if (id !== undefined && this.#isSubscribing(id)) {
        throw new ProtocolError(`A subscription with the id ${id} is pending already; use another id.`, {
          delivery: 'unsent',
        });
      }
      if (id !== undefined) return checkedFrame(frame);
      throw new ProtocolError('requestRaw found no request id in the message; pass it as options.requestId.', {
        delivery: 'unsent',
      });
    });
  }

  /** Resolves when the frame was handed to the socket. */
  send(frame: Frame): Promise<void> {
    const { requestTimeout } = this.#context.config;
    return handled(
      new Promise<void>((resolve, reject) => {
        const settle = (error: TransportError | undefined) => {
          this.#sendDeadlines.delete(call);
          if (this.#outbox.waiting === 0) this.#checkDrained();
          if (error) reject(error);
          else resolve();
        };
        const call: OutboundCall & Expirable = {
          frame: checkedFrame(frame),
          deadline: 0,
          isQueued: false,
          onWritten: () => settle(undefined),
          onUnwritable: settle,
          expire: () => {
            this.#outbox.delete(call);
            settle(new RequestTimeoutError(requestTimeout, undefined, { delivery: 'unsent' }));
          },
        };
        this.#admit(call.frame, 'unsent');
        this.#sendDeadlines.add(call, requestTimeout);
        this.#outbox.add(call);
      }),
    );
  }

  sendJson(payload: unknown): Promise<void> {
    try {
      return this.send(this.#serialise(payload));
    } catch (error) {
      return handled(Promise.reject(error));
    }
  }

  /** An id in the protocol's type, never used before. */
  newId(): RequestId {
    const { handler, runtime } = this.#context;
    for (let tries = 1; ; tries++) {
      const id = handler.generateRequestId() ?? runtime.generateId?.();
      if (id === undefined) return this.#ids.next();
      // A handler that counts may meet an id that the application chose for a request of its own.
      if (tries === MOST_TRIES || !this.#pending.isUsed(id)) return id;
    }
  }

  /** A frame carries the answer to a request; false when nobody waits for that id. */
  answer(id: RequestId, message: Message): boolean {
    const request = this.#pending.get(id);
    if (!request?.written) return false;
    let result: unknown = message;
    let failure: TransportError | undefined;
    try {
      const { handler } = this.#context;
      const error = request.raw ? undefined : handler.extractError(message);
      if (error) failure = rejection(id, error);
      else if (!request.raw) result = handler.extractResult(message);
    } catch (cause) {
      const words = `The handler could not read the answer to request ${id}: ${describe(cause)}`;
      failure = new ProtocolError(words, { cause, delivery: 'unknown' });
    }
    return this.#pending.settle(request, 'answered', result, failure);
  }

  /** The connection is lost: what was written fails or goes again, what was not waits on. */
  lost(error: TransportError): void {
    const again: PendingRequest[] = [];
    for (const request of [...this.#pending.values()]) {
      if (request.written && request.retry === 'idempotent') again.push(request);
      else if (request.written || request.retry === 'never') this.#fail(request, error);
    }
    this.#outbox.addFirst(again);
  }

  /** The client ends: everything that is left fails. */
  close(error: TransportError): void {
    this.#drained = undefined;
    this.#pending.clear((request) => closedError(error, request.written ? 'unknown' : 'unsent'));
    for (const call of this.#outbox.clear()) call.onUnwritable(closedError(error, 'unsent'));
    this.#sendDeadlines.stop();
  }

  /** Calls back when no call is left. */
  drain(callback: () => void): void {
    this.#drained = callback;
    this.#checkDrained();
  }

  #call<T>(id: RequestId, options: RequestOptions, raw: boolean, frame: () => Frame): PendingCall<T> {
    try {
      check('options', options, OPTIONS);
      const { timeout = this.#context.config.requestTimeout, retry = 'unsent', signal } = options;
      check('signal', signal, SIGNAL);
      if (signal?.aborted) throw signal.reason;
      check('timeout', timeout, TIMEOUT);
      check('retry', retry, RETRY);
      const bytes = frame();
      this.#admit(bytes, retry);
      const request = this.#pending.add(id, { timeout, retry, signal, raw });
      request.frame = bytes;
      this.#outbox.add(request);
      return request.call as PendingCall<T>;
    } catch (error) {
      return refused<T>(id, error);
    }
  }

  /** @throws TransportError when a call cannot be accepted */
  #admit(frame: Frame, retry: RetryPolicy): void {
    const { state, calls: policy } = this.#status;
    if (policy === 'reject') {
      throw new ConnectionClosedError(`The client is ${state}; create another one.`, {
        delivery: 'unsent',
        retryable: false,
      });
    }
    if (retry === 'never' && policy === 'wait') {
      throw new ConnectionClosedError(`The connection is not ready but ${state}, and retry is 'never'.`, {
        delivery: 'unsent',
      });
    }
    const { commandChannelCapacity } = this.#context.config;
    const waiting = this.#outbox.waiting;
    if (waiting >= commandChannelCapacity && (policy === 'wait' || waiting > 0)) {
      throw new CapacityExceededError(
        'commandChannelCapacity',
        commandChannelCapacity,
        'Too many calls wait for the connection',
        {
          delivery: 'unsent',
        },
      );
    }
    const limit = this.#context.handler.limits?.bytesPerFrame ?? Infinity;
    if (limit === Infinity) return;
    const bytes = byteLength(frame);
    if (bytes > limit) {
      const words = `The frame has ${bytes} bytes, the server takes ${limit} (limits.bytesPerFrame).`;
      throw new MessageTooLargeError(limit, words, { delivery: 'unsent' });
    }
  }

  #inject(payload: unknown, id: RequestId): unknown {
    try {
      return this.#context.handler.injectRequestId(payload, id);
    } catch (cause) {
      if (cause instanceof TransportError) throw cause;
      throw wrapError('The handler could not put an id into the payload', cause, { delivery: 'unsent' });
    }
  }

  #serialise(payload: unknown): string {
    try {
      const text = JSON.stringify(payload) as string | undefined;
      if (text !== undefined) return text;
    } catch (cause) {
      throw wrapError('The payload cannot be serialised', cause, { delivery: 'unsent' });
    }
    throw new ProtocolError(`The payload cannot be serialised: JSON has no ${typeof payload}.`, { delivery: 'unsent' });
  }

  #fail(request: PendingRequest, error: TransportError): void {
    const delivery = request.written ? 'unknown' : 'unsent';
    this.#pending.settle(request, 'closed', undefined, closedError(error, delivery));
  }

  #onSettled(request: PendingRequest, outcome: Outcome): void {
    this.#outbox.delete(request);
    this.#context.gate.hold();
    if (outcome === 'aborted' && request.written && this.#outbox.isServing) this.#cancel(request.id);
    this.#checkDrained();
  }

  #cancel(id: RequestId): void {
    attempt(this.#context, `The handler's buildCancel failed`, () =>
      this.#outbox.urgent(this.#context.handler.buildCancel(id)),
    );
  }

  #checkDrained(): void {
    if (!this.#drained || this.#pending.size > 0 || this.#outbox.waiting > 0) return;
    const drained = this.#drained;
    this.#drained = undefined;
    drained();
  }
}

/** How many ids of a handler may be in use already, one after the other. */
const MOST_TRIES = 100;
const RETRY = oneOf('never', 'unsent', 'idempotent');

/** A call that could not even be tried. */
function refused<T>(requestId: RequestId, error: unknown): PendingCall<T> {
  return Object.assign(handled(Promise.reject<T>(error)), { requestId, delivery: 'unsent' as const });
}

function checkedFrame(frame: Frame): Frame {
  if (typeof frame === 'string') return frame;
  // A copy: what is sent is what was passed, also when it has to wait.
  if (frame instanceof Uint8Array) return new Uint8Array(frame);
  throw new ProtocolError('A message is text or a Uint8Array; use sendJson() or request() for other values.', {
    delivery: 'unsent',
  });
}

function rejection(id: RequestId, error: ServerError): RequestRejectedError {
  return new RequestRejectedError(error.message || `The server rejected request ${id}.`, {
    serverCode: error.code,
    data: error.data,
    cause: error,
    ...(error.outcome === 'unknown' ? { delivery: 'unknown' } : {}),
  });
}

/** The end of the connection as one call sees it: an error of its own, with what became of its bytes. */
function closedError(cause: TransportError, delivery: Delivery): TransportError {
  const fate = delivery === 'unsent' ? 'It was not sent.' : 'It was sent and may have been carried out.';
  if (cause instanceof AuthenticationFailedError)
    return new AuthenticationFailedError(`${cause.message} ${fate}`, { cause, delivery });
  if (cause instanceof MaxReconnectAttemptsError)
    return new MaxReconnectAttemptsError(cause.attempts, { cause, delivery });
  return new ConnectionClosedError(`${cause.message} ${fate}`, { cause, delivery });
}
