/**
 * A resolved promise. `resolved.then(job)` is much cheaper than `queueMicrotask(job)`: Node adds an async resource to
 * that.
 */
export const resolved = Promise.resolve();

/** Prevents an unhandled rejection: the caller may await the promise or ignore it. Returns the same promise. */
export function handled<P extends Promise<unknown>>(promise: P): P {
  promise.catch(() => {});
  return promise;
}

/** Whether a value is a promise, also a promise of another library or realm. */
export function isThenable<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Promise<T> | undefined)?.then === 'function';
}

/**
 * Passes the result of foreign code to `take`, or its failure to `failed`. The result may be a promise. A synchronous
 * result is taken synchronously.
 */
export function obtain<T>(make: () => T | Promise<T>, take: (made: T) => void, failed: (cause: unknown) => void): void {
  try {
    const made = make();
    if (isThenable(made)) Promise.resolve(made).then(take).catch(failed);
    else take(made);
  } catch (cause) {
    failed(cause);
  }
}
