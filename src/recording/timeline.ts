import type { Clock } from '../runtime.js';

/** Maps the time of a recording to the time of a clock, at a speed. */
export class Timeline {
  readonly #clock: Clock;
  #speed: number;
  /** This time of the recording was at that time of the clock. */
  #anchor = { recorded: 0, at: 0 };

  constructor(clock: Clock, speed: number) {
    this.#clock = clock;
    this.#speed = speed;
    this.#anchor.at = clock.now();
  }

  get speed(): number {
    return this.#speed;
  }

  /** Changes the speed from this time of the recording on. */
  change(speed: number, recorded: number): void {
    this.anchor(recorded);
    this.#speed = speed;
  }

  /** This time of the recording is now. */
  anchor(recorded: number): void {
    this.#anchor = { recorded, at: this.#clock.now() };
  }

  /** When a time of the recording is due, by the clock. */
  dueAt(recorded: number): number {
    return this.#anchor.at + Math.max(0, recorded - this.#anchor.recorded) / this.#speed;
  }
}
