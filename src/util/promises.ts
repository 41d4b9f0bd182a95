/** A promise that is already resolved. A job on it costs a fraction of `queueMicrotask()`, which Node wraps in an async resource. */
export const resolved = Promise.resolve();

/** Marks a promise as looked after: its holder may await it or not, without an unhandled rejection (F15). */
export function handled<P extends Promise<unknown>>(promise: P): P {
  promise.catch(() => {});
  return promise;
}

export function isThenable<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Promise<T> | undefined)?.then === 'function';
}

/** Takes what foreign code makes, perhaps asynchronously. What is synchronous stays synchronous. */
export function obtain<T>(make: () => T | Promise<T>, take: (made: T) => void, failed: (cause: unknown) => void): void {
  try {
    const made = make();
    if (isThenable(made)) Promise.resolve(made).then(take).catch(failed);
    else take(made);
  } catch (cause) {
    failed(cause);
  }
}
