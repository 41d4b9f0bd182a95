import { ProtocolError, type TransportErrorOptions } from '../errors.js';
import { sentence } from '../texts.js';

/** The failure of foreign code, such as a handler: what could not be done, and why. */
export function wrapError(what: string, cause: unknown, options?: TransportErrorOptions): ProtocolError {
  return new ProtocolError(`${what}: ${sentence(describe(cause))}`, { cause, ...options });
}

/** What was thrown, in a few words. A thrown value need not be an Error. */
export function describe(cause: unknown): string {
  try {
    // Never `instanceof Error`: another realm has a class of its own.
    const { message } = (typeof cause === 'object' && cause !== null ? cause : {}) as Partial<Error>;
    return typeof message === 'string' ? message : String(cause);
  } catch {
    return typeof cause;
  }
}

const PROGRAMMING_ERRORS = new Set(['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError']);

/** Whether code is wrong, and not the state of the world. By name, because another realm has classes of its own. */
export function isProgrammingError(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && PROGRAMMING_ERRORS.has(String((cause as Error).name));
}
