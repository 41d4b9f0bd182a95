import { isTransportError } from '../errors.js';
import { maskUrls } from './mask-url.js';

/** What the errors of platforms tell beside their message, and what helps to find the fault. */
const FACTS = ['code', 'errno', 'syscall', 'address', 'port', 'hostname', 'reason'] as const;
/** How deep the causes of causes are copied. */
const DEPTH = 3;

/**
 * A copy of a platform's error without secrets. Platforms put the URL with its token into messages, and requests with their
 * headers into members. Errors of this package are passed on as they are.
 */
export function cleanCause(cause: unknown, depth = DEPTH): unknown {
  if (typeof cause === 'string') return maskUrls(cause);
  if (typeof cause !== 'object' || cause === null || isTransportError(cause)) return cause;
  const { message, name, stack, errors, cause: inner } = cause as Partial<AggregateError>;
  const copy = new Error(maskUrls(String(message ?? '')));
  const facts: Record<string, unknown> = { name: String(name ?? 'Error'), stack: maskUrls(String(stack ?? '')) };
  if (depth > 0 && inner !== undefined) facts.cause = cleanCause(inner, depth - 1);
  if (depth > 0 && Array.isArray(errors)) facts.errors = errors.map((error) => cleanCause(error, depth - 1));
  for (const [fact, value] of Object.entries(facts)) Object.defineProperty(copy, fact, { value, configurable: true });
  for (const fact of FACTS) {
    const value: unknown = (cause as Record<string, unknown>)[fact];
    if (typeof value === 'number') Object.assign(copy, { [fact]: value });
    else if (typeof value === 'string') Object.assign(copy, { [fact]: maskUrls(value) });
  }
  return copy;
}
