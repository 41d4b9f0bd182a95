import type { TransportError } from './errors.js';
import { handled } from './pending-request-store.js';

/** Somebody who waits for `ready`. */
interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** Those who wait for the connection to be ready, each until it is, until it never will be, or until it aborts. */
export class Readiness {
  readonly #waiters = new Set<Waiter>();
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
    return handled(
      new Promise<void>((resolve, reject) => {
        const onAbort = () => {
          this.#waiters.delete(waiter);
          reject(signal?.reason);
          if (!this.isAwaited) this.#onDeserted();
        };
        const waiter: Waiter = {
          resolve: () => {
            signal?.removeEventListener('abort', onAbort);
            this.#onSettled();
            resolve();
          },
          reject: (error) => {
            signal?.removeEventListener('abort', onAbort);
            reject(error);
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        this.#waiters.add(waiter);
      }),
    );
  }

  resolve(): void {
    for (const waiter of this.#take()) waiter.resolve();
  }

  reject(error: TransportError): void {
    for (const waiter of this.#take()) waiter.reject(error);
  }

  #take(): Waiter[] {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    return waiters;
  }
}
