/**
 * The same value in memory of its own. An engine keeps a substring as a view of the whole text, so that a short id would
 * hold the large frame from which it was cut.
 */
export function ownText<T extends string | number>(value: T): T {
  return typeof value === 'string' ? (` ${value}`.slice(1) as T) : value;
}
