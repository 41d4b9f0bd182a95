import type { Clock } from '../runtime.js';
import { Timer } from './timer.js';

/** How long a loop may keep the event loop busy in one go: a quarter of a frame at 60 Hz, since more comes with it. */
export const SLICE = 4;

/** Lets long loops give the event loop a turn now and then (F14). */
export class Pacer {
  readonly #clock: Clock;
  readonly #timer: Timer;
  #waiting: (() => void)[] = [];
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timer = new Timer(clock);
  }

  /** Does something with each item, a slice at a time. */
  async each<T>(items: readonly T[], act: (item: T, index: number) => void): Promise<void> {
    let startedAt = this.#clock.now();
    for (const [index, item] of items.entries()) {
      act(item, index);
      if (this.#clock.now() - startedAt <= SLICE) continue;
      await this.#turn();
      startedAt = this.#clock.now();
    }
  }

  /** The client has ended: loops run to their end, whose calls fail at once, and no timer is left. */
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
