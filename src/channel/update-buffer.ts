import { type Gap, tellingOf, type Update } from './update.js';

/**
 * What a full buffer does: forgets the oldest update, refuses the new one, keeps only the newest (per key), or gives up.
 */
export type OverflowPolicy = 'drop-oldest' | 'drop-newest' | 'latest' | 'fail';

const SMALLEST_RING = 16;

/** What became of a pushed update; of two that competed for a place, one was dropped. */
export type PushOutcome = 'kept' | 'dropped' | 'full';

/**
 * Updates that wait for a reader, oldest first, at most `capacity`. The gap of an update that is dropped is told by the
 * next one that is not: losses are never silent.
 */
export class UpdateBuffer {
  readonly #capacity: number;
  readonly #overflow: OverflowPolicy;
  /** A ring that grows up to the capacity: `#head` is the index of the oldest; taking or replacing one moves no other. */
  #updates: (Update | undefined)[] = [];
  #head = 0;
  #size = 0;
  readonly #key: ((update: Update) => string) | undefined;
  /** For `latest` with a key: the newest of each key, at the place of its first. */
  readonly #latest: Map<string, Update> | undefined;
  /** Of an update that found no place: those that were there before it have nothing to tell of it. */
  #gap: Gap | undefined;

  constructor(capacity: number, overflow: OverflowPolicy, key: ((update: Update) => string) | undefined) {
    // Without a key only the very newest counts.
    this.#capacity = overflow === 'latest' && !key ? 1 : capacity;
    this.#overflow = overflow;
    if (overflow !== 'latest' || !key) return;
    this.#key = key;
    this.#latest = new Map();
  }

  get size(): number {
    return this.#latest?.size ?? this.#size;
  }

  /** Whether a gap waits for the next update. */
  get owesGap(): boolean {
    return this.#gap !== undefined;
  }

  push(update: Update): PushOutcome {
    if (this.#latest) return this.#replace(this.#latest, update);
    const isFull = this.#size === this.#capacity;
    if (isFull && this.#overflow === 'fail') return 'full';
    const told = this.pass(update);
    if (!isFull) {
      if (this.#size === this.#updates.length) this.#grow();
      this.#updates[(this.#head + this.#size++) % this.#updates.length] = told;
      return 'kept';
    }
    if (this.#overflow === 'drop-newest') {
      this.#gap = told.gap;
      return 'dropped';
    }
    const gap = this.#updates[this.#head]?.gap;
    this.#updates[this.#head] = told;
    this.#head = (this.#head + 1) % this.#updates.length;
    if (gap) this.#updates[this.#head] = tellingOf(this.#updates[this.#head] as Update, gap);
    return 'dropped';
  }

  /** An update that need not wait here, with the gap that it owes to those that were dropped before it. */
  pass(update: Update): Update {
    const gap = this.#gap;
    this.#gap = undefined;
    return tellingOf(update, gap);
  }

  shift(): Update | undefined {
    if (this.#latest) return this.#shiftLatest(this.#latest);
    const update = this.#updates[this.#head];
    if (!update) return undefined;
    this.#updates[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#updates.length;
    this.#size--;
    return update;
  }

  /** Tells a gap with the next update, whatever became of the one that carried it. */
  owe(gap: Gap): void {
    this.#gap ??= gap;
  }

  clear(): void {
    this.#updates = [];
    this.#head = this.#size = 0;
    this.#latest?.clear();
  }

  #grow(): void {
    const room = Math.min(Math.max(2 * this.#size, SMALLEST_RING), this.#capacity);
    this.#updates = [...this.#updates.slice(this.#head), ...this.#updates.slice(0, this.#head)];
    this.#updates.length = room;
    this.#head = 0;
  }

  #replace(latest: Map<string, Update>, update: Update): PushOutcome {
    const key = this.#key?.(update) ?? '';
    const replaced = latest.get(key);
    latest.set(key, tellingOf(update, replaced?.gap));
    if (replaced) return 'dropped';
    if (latest.size <= this.#capacity) return 'kept';
    const gap = this.#shiftLatest(latest)?.gap;
    for (const [first, next] of latest) {
      if (gap) latest.set(first, tellingOf(next, gap));
      break;
    }
    return 'dropped';
  }

  #shiftLatest(latest: Map<string, Update>): Update | undefined {
    for (const [key, update] of latest) {
      latest.delete(key);
      return update;
    }
    return undefined;
  }
}
