import type { Clock } from '../runtime.js';
import { Timer } from '../util/timer.js';

/** Milliseconds between two frames of a 60 Hz screen. */
export const FRAME = 16;

/** The pace of a conflating channel: milliseconds, or the frames of the screen. */
export type ConflateInterval = number | 'frame';

/** A part that has updates to hand over. */
export interface Conflating {
  /** Hands them over. */
  flush(): void;
}

interface Tick {
  readonly timer: Timer;
  waiting: Set<Conflating>;
}

/**
 * The pace at which conflating channels hand over. Channels with the same interval share a timer: fifty topics on a screen
 * cost one timer per frame, and not fifty. Two ticks are never closer than the interval.
 */
export class Conflation {
  readonly #clock: Clock;
  readonly #frames: Clock;
  readonly #ticks = new Map<ConflateInterval, Tick>();

  /** @param frames - a clock whose timers fire with the next frame of the screen */
  constructor(clock: Clock, frames: Clock) {
    this.#clock = clock;
    this.#frames = frames;
  }

  /** Flushes `conflating` once, at the next tick. */
  join(interval: ConflateInterval, conflating: Conflating): void {
    const tick = this.#tickOf(interval);
    tick.waiting.add(conflating);
    if (tick.timer.active) return;
    tick.timer.start(interval === 'frame' ? FRAME : interval, () => {
      const { waiting } = tick;
      tick.waiting = new Set();
      for (const each of waiting) each.flush();
    });
  }

  leave(interval: ConflateInterval, conflating: Conflating): void {
    const tick = this.#ticks.get(interval);
    if (tick?.waiting.delete(conflating) && tick.waiting.size === 0) tick.timer.stop();
  }

  #tickOf(interval: ConflateInterval): Tick {
    let tick = this.#ticks.get(interval);
    if (!tick) {
      tick = { timer: new Timer(interval === 'frame' ? this.#frames : this.#clock), waiting: new Set() };
      this.#ticks.set(interval, tick);
    }
    return tick;
  }
}
