import type { Outbox } from '../outbound/outbox.js';

/** Waits for the last call of a client that is being closed. */
export class Drain {
  readonly #outbox: Outbox;
  #pendingRequests: { readonly size: number } | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** The requests whose answers count. */
  watch(pendingRequests: { readonly size: number }): void {
    this.#pendingRequests = pendingRequests;
  }

  /** Calls back when no call is left. */
  whenEmpty(callback: () => void): void {
    this.#onEmpty = callback;
    this.check();
  }

  /** A call ended: looks whether it was the last call. */
  check(): void {
    if (!this.#onEmpty || this.#pendingRequests?.size || this.#outbox.waiting > 0) return;
    const callback = this.#onEmpty;
    this.#onEmpty = undefined;
    callback();
  }

  stop(): void {
    this.#onEmpty = undefined;
  }
}
