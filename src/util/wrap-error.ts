import { type Context, isThenable } from '../context.js';
import { ProtocolError, type TransportErrorOptions } from '../errors.js';

/** The failure of code that is not ours, such as a handler's: what could not be done, and why. */
export function wrapError(what: string, cause: unknown, options?: TransportErrorOptions): ProtocolError {
  return new ProtocolError(`${what}: ${describe(cause)}`, { cause, ...options });
}

/** What was thrown, in a few words; a thrown value need not be an Error. */
export function describe(cause: unknown): string {
  try {
    return cause instanceof Error ? cause.message : String(cause);
  } catch {
    return typeof cause;
  }
}

/** Has code that is not ours do something; where it fails, that is reported, and costs the result alone. */
export function attempt<T>(context: Context, what: string, act: () => T): T | undefined {
  try {
    return act();
  } catch (cause) {
    context.emit('error', wrapError(what, cause));
    return undefined;
  }
}

/** Takes what code that is not ours makes, perhaps asynchronously: what is synchronous stays so. */
export function obtain<T>(make: () => T | Promise<T>, take: (made: T) => void, failed: (cause: unknown) => void): void {
  try {
    const made = make();
    if (isThenable(made)) Promise.resolve(made).then(take).catch(failed);
    else take(made);
  } catch (cause) {
    failed(cause);
  }
}
