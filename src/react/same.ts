/** Whether two objects have the same fields with the same values; only the fields themselves are compared. */
export function sameFields<T extends object>(one: T, other: T): boolean {
  const names = Object.keys(one) as (keyof T)[];
  return names.length === Object.keys(other).length && names.every((name) => Object.is(one[name], other[name]));
}

/**
 * Whether two options ask for the same. Components write options inline, as new objects in each rendering, so they are
 * compared by their content. `undefined` counts as missing. Two functions count as the same: the newest one is called.
 */
export function sameOptions(one: object, other: object): boolean {
  return one === other || sameContent(defined(one), defined(other));
}

function defined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function sameContent(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one === 'function') return typeof other === 'function';
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  // A date, and what else has no fields, says what it is in JSON.
  const entries = Object.entries(one);
  if (entries.length === 0) return JSON.stringify(one) === JSON.stringify(other);
  const fields = other as Readonly<Record<string, unknown>>;
  return (
    entries.length === Object.keys(other).length &&
    entries.every(([name, value]) => Object.hasOwn(fields, name) && sameContent(value, fields[name]))
  );
}
