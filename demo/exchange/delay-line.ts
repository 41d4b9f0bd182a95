interface Delayed {
  readonly dueAt: number;
  act(): void;
}

/** Lets things happen late, in their order. Without a delay they happen at once. */
export class DelayLine {
  readonly #delay: () => number;
  #waiting: Delayed[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param delay - milliseconds */
  constructor(delay: () => number) {
    this.#delay = delay;
  }

  pass(act: () => void): void {
    const delay = this.#delay();
    if (delay === 0 && this.#waiting.length === 0) return act();
    const now = performance.now();
    this.#waiting.push({ dueAt: Math.max(now + delay, this.#waiting.at(-1)?.dueAt ?? 0), act });
    this.#timer ??= setTimeout(() => this.#flush(), delay);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #flush(): void {
    const now = performance.now();
    let due = this.#waiting.findIndex(({ dueAt }) => dueAt > now);
    if (due < 0) due = this.#waiting.length;
    for (const { act } of this.#waiting.splice(0, due)) act();
    const [next] = this.#waiting;
    this.#timer = next && setTimeout(() => this.#flush(), next.dueAt - performance.now());
  }
}
