import type { TransportError } from '../errors.js';
import { type Abortable, forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import { Deferred } from '../util/deferred.js';

/** Those who wait for the connection to be ready, each until it is, until it never will be, or until it aborts. */
export class Readiness {
  /** Each with what ends its listening to its signal. */
  readonly #waiters = new Map<Deferred<void>, () => void>();
  readonly #onSettled: () => void;
  readonly #onDeserted: () => void;

  /**
   * @param onSettled - a promise was resolved
   * @param onDeserted - the last one who waited has aborted
   */
  constructor(onSettled: () => void, onDeserted: () => void) {
    this.#onSettled = onSettled;
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
      this.#onSettled();
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
