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
  /** Until when the recording waits for a frame: a time, because the rest of a length may be too small to move a clock. */
  #until: number | undefined;
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
    return this.#until !== undefined;
  }

  /** The client has a new socket, or none: what it sent before is over. */
  reset(): void {
    this.#until = undefined;
    this.#match.reset();
  }

  /** The client has sent a frame. */
  sent(text: string): void {
    this.#match.add(text);
  }

  /** The recording shows a frame as sent. */
  ask(recorded: string): GateVerdict {
    const now = this.#clock.now();
    const until = this.#until ?? now + this.#patience;
    const verdict = { wait: 0, isLate: this.#until !== undefined } as const;
    this.#until = undefined;
    if (this.#match.find(recorded)) return verdict;
    if (until > now && this.#match.isAwaited(recorded)) {
      this.#until = until;
      return { wait: until - now };
    }
    this.#unsent++;
    return verdict;
  }

  /** A recorded frame with the client's own ids. */
  translate(text: string): string {
    return this.#match.translate(text);
  }
}
