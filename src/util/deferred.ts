import { handled } from './promises.js';

/** A promise with its `resolve` and `reject`. A rejection is never reported as unhandled, even if no code awaits it. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.#reject = reject;
    });
  }

  reject(error: unknown): void {
    // Only here, because it creates a second promise.
    void handled(this.promise);
    this.#reject(error);
  }
}
