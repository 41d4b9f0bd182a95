import type { CallSite } from './call-site.js';
import { handled } from './promises.js';

/** A promise with its `resolve` and `reject`. A rejection is never reported as unhandled, even if no code awaits it. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  readonly #site: CallSite | undefined;

  /** @param site - where the stack of an error is to lead */
  constructor(site?: CallSite) {
    this.#site = site;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.#reject = reject;
    });
  }

  reject(error: unknown): void {
    // Only here, because it creates a second promise.
    void handled(this.promise);
    this.#site?.mark(error);
    this.#reject(error);
  }
}
