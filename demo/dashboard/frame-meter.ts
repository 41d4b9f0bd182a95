/** Counts the frames that the page paints. */
export class FrameMeter {
  #frames = 0;
  #since = performance.now();

  constructor() {
    const tick = () => {
      this.#frames++;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  /** Frames per second since the last call. */
  take(): number {
    const now = performance.now();
    const rate = (this.#frames * 1_000) / (now - this.#since);
    this.#frames = 0;
    this.#since = now;
    return rate;
  }
}
