import type { Clock } from '../runtime.js';
import { wallTime } from './wall-time.js';

/** The time of the turn of the event loop at hand. One read of a socket may bring hundreds of frames: the clock is read once. */
export class TurnTime {
  readonly #clock: Clock;
  #time: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Unix milliseconds. All frames of one turn, so all frames of one read of the socket, have the same time. */
  now(): number {
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
