import { handled } from './promises.js';

/** A promise with what settles it. Only one that is rejected is marked as looked after (F15), which costs a promise. */
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
    void handled(this.promise);
    this.#reject(error);
  }
}
