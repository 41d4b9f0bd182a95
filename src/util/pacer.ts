import type { Clock } from '../runtime.js';
import { Timer } from './timer.js';

/**
 * Milliseconds that a loop may block the event loop without a pause: a quarter of a screen frame at 60 Hz. The rest of
 * the frame is for other work.
 */
export const SLICE = 4;

/** Splits long loops into slices, with a turn of the event loop between two slices, so that they do not block it. */
export class Pacer {
  readonly #clock: Clock;
  readonly #timer: Timer;
  #waiting: (() => void)[] = [];
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timer = new Timer(clock);
  }

  /** Calls `act` for each item in order, one slice at a time. */
  async each<T>(items: readonly T[], act: (item: T, index: number) => void): Promise<void> {
    let startedAt = this.#clock.now();
    for (const [index, item] of items.entries()) {
      act(item, index);
      if (this.#clock.now() - startedAt <= SLICE) continue;
      await this.#turn();
      startedAt = this.#clock.now();
    }
  }

  /** Stops the timer when the client ends. Running loops finish without pauses; their calls fail at once. */
  stop(): void {
    this.#stopped = true;
    this.#timer.stop();
    for (const resume of this.#waiting.splice(0)) resume();
  }

  #turn(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length > 1) return;
      this.#timer.start(0, () => {
        for (const resume of this.#waiting.splice(0)) resume();
      });
    });
  }
}
