import type { Gate } from '../context.js';
import type { AnyTransportError } from '../errors.js';
import type { Clock } from '../runtime.js';
import { type Abortable, forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import { Deferred } from '../util/deferred.js';
import { Timer } from '../util/timer.js';

/** What one caller waits for at most. */
export interface ReadinessLimits {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
}

export interface ReadinessListener {
  /** The error of a caller that waited for `timeout` milliseconds. */
  timedOut(timeout: number): AnyTransportError;
  /** The last waiting caller has given up. */
  deserted(): void;
}

/**
 * The callers that wait for `ready`: each until the connection is ready, until the client has ended, until its signal
 * aborts, or until its time is over.
 */
export class Readiness {
  /** Each waiting promise, with what stops its signal and its timer. */
  readonly #waiters = new Map<Deferred<void>, () => void>();
  readonly #gate: Gate;
  readonly #clock: Clock;
  readonly #listener: ReadinessListener;

  constructor(gate: Gate, clock: Clock, listener: ReadinessListener) {
    this.#gate = gate;
    this.#clock = clock;
    this.#listener = listener;
  }

  get isAwaited(): boolean {
    return this.#waiters.size > 0;
  }

  wait({ signal, timeout = Infinity }: ReadinessLimits = {}): Promise<void> {
    const waiter = new Deferred<void>();
    const timer = new Timer(this.#clock);
    const giveUp = (reason: unknown) => {
      this.#waiters.get(waiter)?.();
      this.#waiters.delete(waiter);
      waiter.reject(reason);
      if (!this.isAwaited) this.#listener.deserted();
    };
    const abortable: Abortable = { handleEvent: () => giveUp(signal?.reason) };
    if (timeout !== Infinity) timer.startPatiently(timeout, () => giveUp(this.#listener.timedOut(timeout)));
    this.#waiters.set(waiter, () => {
      timer.stop();
      if (signal) forgetAbort(signal, abortable);
    });
    // Last: it is the application's own code that may run here, and it may close the client.
    if (signal) listenToAbort(signal, abortable);
    return waiter.promise;
  }

  resolve(): void {
    for (const waiter of this.#take()) {
      this.#gate.hold();
      waiter.resolve();
    }
  }

  reject(error: AnyTransportError): void {
    for (const waiter of this.#take()) waiter.reject(error);
  }

  #take(): Deferred<void>[] {
    const waiters = [...this.#waiters.keys()];
    for (const stopListening of this.#waiters.values()) stopListening();
    this.#waiters.clear();
    return waiters;
  }
}
