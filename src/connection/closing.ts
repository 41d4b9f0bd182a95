import type { CloseCause } from '../events.js';
import type { Clock } from '../runtime.js';
import { Timer } from '../util/timer.js';

export interface CloseOptions {
  /**
   * The close code of RFC 6455 section 7.4 that the server receives: 1000, or 3000 to 4999.
   * @default 1000, the code of an ordinary end
   */
  readonly code?: number;
  /** At most 123 bytes in UTF-8, the space in a close frame. @default '' */
  readonly reason?: string;
  /** Whether to wait for the answers of requests that were made before. @default false */
  readonly drain?: boolean;
  /** Milliseconds for the drain and the closing handshake together. @default 1_000 */
  readonly deadline?: number;
}

/** The end of a client: what `close()` asked for, its deadline, and the promise that resolves when the client has ended. */
export class Closing {
  readonly closed: Promise<CloseCause>;
  readonly #timer: Timer;
  #resolve!: (cause: CloseCause) => void;
  #options: Required<CloseOptions> | undefined;

  constructor(clock: Clock) {
    this.#timer = new Timer(clock);
    this.closed = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** What the first call of `close()` asked for; `undefined` before it. */
  get options(): Required<CloseOptions> | undefined {
    return this.#options;
  }

  /** Takes the options of the first call. Returns false for every later call. */
  ask(options: Required<CloseOptions>): boolean {
    if (this.#options) return false;
    this.#options = options;
    return true;
  }

  /** Starts the deadline that `close()` asked for, in milliseconds. */
  start(deadline: number, onDeadline: () => void): void {
    this.#timer.startPatiently(deadline, onDeadline);
  }

  stop(): void {
    this.#timer.stop();
  }

  /** The client has ended. */
  resolve(cause: CloseCause): void {
    this.#resolve(cause);
  }
}
