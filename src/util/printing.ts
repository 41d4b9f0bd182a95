/** How Node, Bun and Deno print an object. */
const PRINT = Symbol.for('nodejs.util.inspect.custom');

interface Printable {
  toJSON(): object;
}

/** Lets objects print what their `toJSON()` says, under the name of their class. */
export function printAsJson(prototype: Printable, name: string): void {
  const value = function print(
    this: Printable,
    depth: number,
    options: object,
    inspect?: (value: unknown, how: object) => string,
  ): string {
    return depth < 0 || !inspect ? `[${name}]` : `${name} ${inspect(this.toJSON(), options)}`;
  };
  // Defined and not declared: it is no part of the public type.
  Object.defineProperty(prototype, PRINT, { value });
}
