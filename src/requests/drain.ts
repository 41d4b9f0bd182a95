import type { Outbox } from '../outbound/outbox.js';

/** The requests of a client, as far as a drain needs them. */
interface CountedRequests {
  readonly size: number;
  /** Whether a request was written and has no answer. */
  readonly hasWritten: boolean;
}

/** The subscriptions of a client, as far as a drain needs them. */
interface Confirmations {
  /** Whether a confirmation is outstanding. */
  readonly isAwaiting: boolean;
}

/** What counts before the parts that are counted exist. */
const NOTHING: CountedRequests & Confirmations = { size: 0, hasWritten: false, isAwaiting: false };

/**
 * Waits for the last call of a client that is being closed, or for the last answer on a connection that is about to be
 * replaced.
 */
export class Drain {
  readonly #outbox: Outbox;
  #requests: CountedRequests = NOTHING;
  #confirmations: Confirmations = NOTHING;
  #onEmpty: (() => void) | undefined;
  #onAnswered: (() => void) | undefined;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** The requests whose answers count. */
  watchRequests(requests: CountedRequests): void {
    this.#requests = requests;
  }

  /** The subscriptions whose confirmations count. */
  watchConfirmations(confirmations: Confirmations): void {
    this.#confirmations = confirmations;
  }

  /** Whether an answer or a confirmation is outstanding. */
  get isAwaiting(): boolean {
    return this.#requests.hasWritten || this.#confirmations.isAwaiting;
  }

  /** Calls back when no call is left. */
  whenEmpty(callback: () => void): void {
    this.#onEmpty = callback;
    this.check();
  }

  /** Calls back when no answer and no confirmation is outstanding. */
  whenAnswered(callback: () => void): void {
    this.#onAnswered = callback;
    this.check();
  }

  /** Forgets `whenAnswered()`. */
  stopAwaiting(): void {
    this.#onAnswered = undefined;
  }

  /** A confirmation is not outstanding any more: looks when the code at hand has ended. */
  confirmed(): void {
    if (this.#onAnswered) queueMicrotask(() => this.check());
  }

  /** A call ended or a frame was routed: looks whether it was the last one. */
  check(): void {
    if (this.#onAnswered && !this.isAwaiting) {
      const callback = this.#onAnswered;
      this.#onAnswered = undefined;
      callback();
    }
    if (!this.#onEmpty || this.#requests.size > 0 || this.#outbox.waiting > 0) return;
    const callback = this.#onEmpty;
    this.#onEmpty = undefined;
    callback();
  }

  /** Forgets `whenEmpty()`. */
  stop(): void {
    this.#onEmpty = undefined;
  }
}
