import type { Topic } from '../identifiers.js';
import { obtain } from '../util/promises.js';
import type { BookAdapter, BookChange } from './book-adapter.js';

/** Milliseconds between the first snapshot and the second; doubled for each further one. As for a resync. */
const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 30_000;
/** After so many milliseconds without a snapshot, the delays start anew. */
const CALM = 60_000;
/** How many changes are kept for a snapshot. With more, the oldest half is forgotten: the snapshot may be newer. */
const MOST_PENDING = 10_000;

/** What a snapshot source needs of its book. */
export interface SnapshotOwner {
  /** A snapshot came, and these changes since it was asked for. */
  snapshotCame(snapshot: BookChange, changes: readonly BookChange[]): void;
  snapshotFailed(cause: unknown): void;
}

/** Gets the snapshot of a book that does not come on its channel, and keeps the changes that come meanwhile. */
export class SnapshotSource {
  readonly #adapter: BookAdapter<never>;
  readonly #topic: Topic;
  readonly #owner: SnapshotOwner;
  #pending: BookChange[] = [];
  /** The request that is under way. */
  #request: AbortController | undefined;
  #lastAt = -Infinity;
  #delay = 0;

  constructor(adapter: BookAdapter<never>, topic: Topic, owner: SnapshotOwner) {
    this.#adapter = adapter;
    this.#topic = topic;
    this.#owner = owner;
  }

  /** Keeps a change for the snapshot, and asks for the snapshot when it is time. The updates are the clock. */
  keep(change: BookChange, now: number): void {
    if (this.#pending.length === MOST_PENDING) this.#pending.splice(0, MOST_PENDING / 2);
    this.#pending.push(change);
    if (this.#request) return;
    if (now - this.#lastAt >= CALM) this.#delay = 0;
    if (now - this.#lastAt >= this.#delay) this.#get(now);
  }

  /** The book needs no snapshot any more. */
  stop(): void {
    this.#request?.abort();
    this.#request = undefined;
    this.#pending = [];
  }

  #get(now: number): void {
    const request = new AbortController();
    this.#request = request;
    this.#delay = Math.min(LONGEST_DELAY, Math.max(FIRST_DELAY, 2 * this.#delay));
    this.#lastAt = now;
    obtain(
      () => this.#adapter.snapshot?.(this.#topic, request.signal) as Promise<BookChange>,
      (snapshot) => {
        if (request.signal.aborted) return;
        this.#request = undefined;
        this.#owner.snapshotCame(snapshot, this.#pending);
      },
      (cause) => {
        if (request.signal.aborted) return;
        this.#request = undefined;
        this.#owner.snapshotFailed(cause);
      },
    );
  }
}
