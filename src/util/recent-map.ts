/** A map of which `remember()` keeps the latest entries alone, so that memory stays bounded (C9). */
export class RecentMap<K, V> extends Map<K, V> {
  readonly #capacity: number;

  constructor(capacity: number) {
    super();
    this.#capacity = capacity;
  }

  /** Sets an entry as the latest; returns the oldest one, which had to make room. */
  remember(key: K, value: V): V | undefined {
    this.delete(key);
    this.set(key, value);
    if (this.size <= this.#capacity) return undefined;
    const [oldest, removed] = this.entries().next().value as [K, V];
    this.delete(oldest);
    return removed;
  }
}
