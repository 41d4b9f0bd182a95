import { type AnyTransportError, RequestTimeoutError } from '../errors.js';
import type { OutboundCall, Priority } from '../outbound/outbound-call.js';
import type { Frame } from '../protocol/handler-types.js';
import { forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import type { Expirable } from '../util/deadline-queue.js';

export interface PendingSendOptions {
  readonly priority: Priority;
  /** Milliseconds that the frame may wait. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

export interface SendOwner {
  /** The send has ended. Called once, before its promise is settled. */
  onEnded(send: PendingSend): void;
}

/** One frame that wants no answer, from the call until it is handed to the socket. */
export class PendingSend implements OutboundCall, Expirable {
  readonly frame: Frame;
  readonly kind = 'send';
  readonly priority: Priority;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly promise: Promise<void>;
  deadline = 0;
  isQueued = false;
  isUnwritten = true;
  #isOver = false;
  readonly #owner: SendOwner;
  #resolve!: () => void;
  #reject!: (reason: unknown) => void;

  constructor(owner: SendOwner, frame: Frame, { priority, timeout, signal }: PendingSendOptions) {
    this.#owner = owner;
    this.frame = frame;
    this.priority = priority;
    this.timeout = timeout;
    this.signal = signal;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (signal) listenToAbort(signal, this);
  }

  onLeaving(): void {
    this.isUnwritten = false;
  }

  onWritten(): void {
    if (this.#end()) this.#resolve();
  }

  onRefused(): boolean {
    this.isUnwritten = true;
    return !this.#isOver;
  }

  onUnwritable(error: AnyTransportError): void {
    this.#fail(error);
  }

  /** EventListener of the abort signal. */
  handleEvent(): void {
    this.#fail(this.signal?.reason);
  }

  expire(): void {
    this.#fail(new RequestTimeoutError(this.timeout, undefined, { delivery: 'unsent' }));
  }

  #fail(reason: unknown): void {
    if (this.#end()) this.#reject(reason);
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#owner.onEnded(this);
    if (this.signal) forgetAbort(this.signal, this);
    return true;
  }
}
