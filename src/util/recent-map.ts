/** A map that keeps only the latest `capacity` entries, so that its memory is bounded. Fill it with `remember()`. */
export class RecentMap<K, V> extends Map<K, V> {
  readonly #capacity: number;

  constructor(capacity: number) {
    super();
    this.#capacity = capacity;
  }

  /** Sets an entry as the latest. Returns the value of the oldest entry if that was removed to make room. */
  remember(key: K, value: V): V | undefined {
    this.delete(key);
    this.set(key, value);
    if (this.size <= this.#capacity) return undefined;
    const [oldest, removed] = this.entries().next().value as [K, V];
    this.delete(oldest);
    return removed;
  }
}
