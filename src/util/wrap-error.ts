import { ProtocolError, type TransportErrorOptions } from '../errors.js';

/** The failure of foreign code, such as a handler: what could not be done, and why. */
export function wrapError(what: string, cause: unknown, options?: TransportErrorOptions): ProtocolError {
  return new ProtocolError(`${what}: ${describe(cause)}`, { cause, ...options });
}

/** What was thrown, in a few words. A thrown value need not be an Error. */
export function describe(cause: unknown): string {
  try {
    return cause instanceof Error ? cause.message : String(cause);
  } catch {
    return typeof cause;
  }
}
