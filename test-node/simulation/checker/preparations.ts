import type { EntryOf } from '../history.js';

interface Preparation {
  readonly kind: string;
  readonly topics: readonly string[];
  readonly since: number;
}

/** The frames of the live connection that the handler is asked to sign. */
export class Preparations {
  /** Milliseconds that a subscription frame may take. */
  readonly #timeout: number;
  readonly #open = new Map<number, Preparation>();
  /** When it last failed for a topic. */
  readonly #failures = new Map<string, number>();
  /** When the last subscription frame was done with. */
  #doneAt = Number.NEGATIVE_INFINITY;

  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  clear(): void {
    this.#open.clear();
  }

  begin({ at, kind, signature, topics }: EntryOf<'preparing'>): void {
    if (kind !== 'subscribe' && kind !== 'unsubscribe') return;
    // One at a time: what was being prepared was taken back, or took too long.
    for (const one of this.#open.values()) {
      this.#doneAt = at;
      if (one.kind !== 'subscribe' || at < one.since + this.#timeout - 1) continue;
      for (const topic of one.topics) this.#failures.set(topic, at);
    }
    this.#open.clear();
    this.#open.set(signature, { kind, topics, since: at });
  }

  end(signature: number, failed: boolean, at: number): void {
    const done = this.#open.get(signature);
    if (!done) return;
    this.#open.delete(signature);
    this.#doneAt = at;
    // Of several topics the frame is built anew, in halves.
    if (failed && done.kind === 'subscribe' && done.topics.length === 1) this.#failures.set(done.topics[0] ?? '', at);
  }

  /** Whether it has just failed for a topic, or has taken too long. */
  failedFor(topic: string, now: number): boolean {
    if (this.#failures.get(topic) === now) return true;
    return [...this.#open.values()].some(
      ({ since, topics }) => topics.includes(topic) && now >= since + this.#timeout - 1,
    );
  }

  /** Until when subscription frames had to wait for one that was being prepared. */
  busyUntil(now: number): number {
    const starts = [...this.#open.values()].map(({ since }) => Math.min(now, since + this.#timeout));
    return Math.max(this.#doneAt, ...starts);
  }
}
