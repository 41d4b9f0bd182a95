import type { Clock } from '../runtime.js';
import { wallTime } from '../trace.js';

/** When, and on which connection, the frame at hand arrived: each update and each gap is stamped with it. */
export class Arrival {
  readonly #clock: Clock;
  #epoch = 0;
  #time: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** 1 for the first connection that became ready. */
  get epoch(): number {
    return this.#epoch;
  }

  /** A new connection is ready. */
  ready(epoch: number): void {
    this.#epoch = epoch;
  }

  /** Unix milliseconds. All frames of one turn, so all frames of one read of the socket, have the same time. */
  time(): number {
    if (this.#time === undefined) {
      this.#time = wallTime(this.#clock);
      void Promise.resolve().then(this.#endTurn);
    }
    return this.#time;
  }

  readonly #endTurn = (): void => {
    this.#time = undefined;
  };
}
