import { ProtocolError, type TransportErrorOptions } from './errors.js';

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
