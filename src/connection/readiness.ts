import type { Gate } from '../context.js';
import type { TransportError } from '../errors.js';
import { type Abortable, forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import { Deferred } from '../util/deferred.js';

/** The callers that wait for `ready`: each until the connection is ready, until the client has ended, or until its signal aborts. */
export class Readiness {
  /** Each waiting promise, with what stops listening to its signal. */
  readonly #waiters = new Map<Deferred<void>, () => void>();
  readonly #gate: Gate;
  readonly #onDeserted: () => void;

  /** @param onDeserted - called when the last waiting caller has aborted */
  constructor(gate: Gate, onDeserted: () => void) {
    this.#gate = gate;
    this.#onDeserted = onDeserted;
  }

  get isAwaited(): boolean {
    return this.#waiters.size > 0;
  }

  wait(signal?: AbortSignal): Promise<void> {
    const waiter = new Deferred<void>();
    const abortable: Abortable = {
      handleEvent: () => {
        this.#waiters.delete(waiter);
        waiter.reject(signal?.reason);
        if (!this.isAwaited) this.#onDeserted();
      },
    };
    if (signal) listenToAbort(signal, abortable);
    this.#waiters.set(waiter, () => signal && forgetAbort(signal, abortable));
    return waiter.promise;
  }

  resolve(): void {
    for (const waiter of this.#take()) {
      this.#gate.hold();
      waiter.resolve();
    }
  }

  reject(error: TransportError): void {
    for (const waiter of this.#take()) waiter.reject(error);
  }

  #take(): Deferred<void>[] {
    const waiters = [...this.#waiters.keys()];
    for (const stopListening of this.#waiters.values()) stopListening();
    this.#waiters.clear();
    return waiters;
  }
}
