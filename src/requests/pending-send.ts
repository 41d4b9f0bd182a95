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
  /** Whether the send has not ended. */
  isWaiting(send: PendingSend): boolean;
  /** The send has ended. Called before its promise is settled. */
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
    this.#end();
    this.#resolve();
  }

  onRefused(): boolean {
    this.isUnwritten = true;
    return this.#owner.isWaiting(this);
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
    this.#end();
    this.#reject(reason);
  }

  #end(): void {
    this.#owner.onEnded(this);
    if (this.signal) forgetAbort(this.signal, this);
  }
}
