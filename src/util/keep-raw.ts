/**
 * Keeps reactive stores from wrapping the instances of a class in proxies, on which private fields cannot be read: Vue and
 * Pinia pass over an object with `__v_skip`, and Valtio passes over one with a `Symbol.iterator`, whatever its value is.
 */
export function keepRaw(prototype: object): void {
  // Defined and not declared: it is no part of the public type.
  Object.defineProperties(prototype, {
    __v_skip: { value: true },
    [Symbol.iterator]: { value: undefined, writable: true, configurable: true },
  });
}
