import type { Clock, Runtime } from '../runtime.js';
import { Timer } from '../util/timer.js';

/** Milliseconds between two frames of a 60 Hz screen. */
const FRAME = 16;
/** After so many milliseconds without a frame the page is hidden, or its screen stands still. */
const HIDDEN = 100;

/** The frames in which a page shows something new: those of its screen; while it is hidden, slower ones without paint. */
export class FrameTicker {
  readonly #frames: NonNullable<Runtime['frames']>;
  readonly #spare: Timer;
  readonly #onFrame: (isPainting: boolean) => void;
  #painting: { readonly timer: unknown } | undefined;

  constructor(clock: Clock, frames: NonNullable<Runtime['frames']>, onFrame: (isPainting: boolean) => void) {
    this.#frames = frames;
    this.#spare = new Timer(clock);
    this.#onFrame = onFrame;
  }

  /** Calls back once, with the next frame. A frame without paint may come before it. */
  start(): void {
    if (!this.#spare.active) this.#spare.start(HIDDEN, () => this.#onFrame(false));
    if (this.#painting) return;
    const paint = () => {
      this.#painting = undefined;
      this.#spare.stop();
      this.#onFrame(true);
    };
    this.#painting = { timer: this.#frames.setTimer(paint, FRAME) };
  }

  stop(): void {
    this.#spare.stop();
    if (this.#painting) this.#frames.clearTimer(this.#painting.timer);
    this.#painting = undefined;
  }
}
