import type { Clock } from '../runtime.js';
import { RequestMatch } from './request-match.js';

/** Whether the recording may go on behind a frame that it shows as sent. */
export type GateVerdict =
  /** Ask again after `wait` milliseconds, or when the client has sent a frame. */
  | { readonly wait: number }
  /** Go on. `isLate`: the recording has waited for the client. */
  | { readonly wait: 0; readonly isLate: boolean };

/** Lets a recording wait for the frames of its client, so that no answer comes before its request. */
export class RequestGate {
  readonly #clock: Clock;
  readonly #patience: number;
  readonly #match: RequestMatch;
  /** Since when the recording waits for a frame. */
  #since: number | undefined;
  #unsent = 0;

  constructor(clock: Clock, patience: number, idField: string | undefined) {
    this.#clock = clock;
    this.#patience = patience;
    this.#match = new RequestMatch(idField);
  }

  /** How many recorded frames the client did not send. */
  get unsent(): number {
    return this.#unsent;
  }

  get isWaiting(): boolean {
    return this.#since !== undefined;
  }

  /** The client has a new socket, or none: what it sent before is over. */
  reset(): void {
    this.#since = undefined;
    this.#match.reset();
  }

  /** The client has sent a frame. */
  sent(text: string): void {
    this.#match.add(text);
  }

  /** The recording shows a frame as sent. */
  ask(recorded: string): GateVerdict {
    const now = this.#clock.now();
    const since = this.#since;
    this.#since = undefined;
    const verdict = { wait: 0, isLate: since !== undefined } as const;
    if (this.#match.find(recorded)) return verdict;
    const wait = this.#match.isAwaited(recorded) ? this.#patience - (now - (since ?? now)) : 0;
    if (wait > 0) {
      this.#since = since ?? now;
      return { wait };
    }
    this.#unsent++;
    return verdict;
  }

  /** A recorded frame with the client's own ids. */
  translate(text: string): string {
    return this.#match.translate(text);
  }
}
