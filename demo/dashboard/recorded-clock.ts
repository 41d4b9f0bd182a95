import type { Clock } from 'hpx-transport-ws';
import { browserRuntime } from 'hpx-transport-ws/adapters/browser';
import type { Player } from 'hpx-transport-ws/recording';

/** The clock of a replay. Its time of the day is that of the recording, so that a gap is as long as it was. */
export class RecordedClock implements Clock {
  readonly #base = browserRuntime.clock;
  #player: Player | undefined;
  /** Where the recording was when something was played last, and when that was. */
  #anchor = { position: 0, at: 0 };
  /** The time of the line that comes next. */
  #next = 0;
  #position = 0;

  follow(player: Player): void {
    this.#player = player;
  }

  /** The player has read a line. */
  expect(time: number): void {
    this.#next = time;
  }

  /** Milliseconds from the start of the recording. It goes on where nothing was recorded for a while, and never back. */
  get position(): number {
    const now = this.now();
    const { position = 0, isPaused = true, speed = 1 } = this.#player ?? {};
    if (position !== this.#anchor.position || isPaused) this.#anchor = { position, at: now };
    const ahead = speed === Infinity ? 0 : (now - this.#anchor.at) * speed;
    this.#position = Math.max(this.#position, Math.min(position + ahead, Math.max(position, this.#next)));
    return this.#position;
  }

  now(): number {
    return this.#base.now();
  }

  wallTime(): number {
    return (this.#player?.startedAt ?? 0) + this.position;
  }

  setTimer(callback: () => void, delay: number): unknown {
    return this.#base.setTimer(callback, delay);
  }

  clearTimer(timer: unknown): void {
    this.#base.clearTimer(timer);
  }
}
