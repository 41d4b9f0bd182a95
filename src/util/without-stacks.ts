/** From so many errors at a time, their stacks cost more than everything else, and all of them are the same. */
export const MANY_ERRORS = 1_000;

/**
 * Makes errors without the frames of their stacks, which V8 collects for each of them. They come out of an event of the
 * socket and would lead nowhere.
 */
export function withoutStacks<T>(make: () => T): T {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 0;
  } catch {
    // A hardened host lets nobody change it.
    return make();
  }
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
