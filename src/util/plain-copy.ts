/**
 * A copy of plain data: lists and plain objects are copied, and anything else is passed on. Unlike `structuredClone`, which
 * jsdom does not have, it reads through the proxies of reactive stores.
 * @throws TypeError for a function or a symbol, RangeError for data that contains itself
 */
export function plainCopy<T>(value: T): T;
export function plainCopy(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError(`a ${typeof value} is no data`);
  if (Array.isArray(value)) return value.map((item) => plainCopy(item));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainCopy(item)]));
}

/** Also for an object of another realm, whose prototype is not our `Object.prototype`. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
