import type { ProtocolHandler } from '../protocol/protocol-handler.js';
import type { SocketError } from '../runtime.js';
import * as texts from '../texts.js';

/** Host and path of a URL, without secrets: no query, user or fragment, and no long segment of letters and digits. */
export function showUrl(source: unknown, handler: ProtocolHandler<object, object>): string {
  try {
    const { host, pathname } = new URL(String(source));
    return handler.redact(host + pathname.split('/').map(mask).join('/'));
  } catch {
    return texts.THE_SERVER;
  }
}

/** What the server, or the network, said to an attempt that failed. */
export function whatFailed(words: string, error: SocketError | undefined, protocols: readonly string[]): string {
  const { status, headers, cause } = error ?? { cause: undefined };
  const parts = [status === undefined ? reasonsOf(cause) || words : `HTTP status ${status}`];
  const { location } = headers ?? {};
  if (location !== undefined) parts.push(texts.redirectedTo(showTarget(location)));
  if (protocols.length > 0) parts.push(texts.offered(protocols.map(mask)));
  return parts.join('; ');
}

/** The reason of each address that was tried. */
function reasonsOf(cause: unknown): string {
  const { errors } = (cause ?? {}) as { errors?: unknown };
  if (!Array.isArray(errors)) return '';
  return errors.map((error) => (error instanceof Error ? error.message : String(error))).join(', ');
}

function showTarget(location: string): string {
  const [target = ''] = location.split(/[?#]/);
  const [, scheme = '', host = '', path = target] = /^(\w+:\/\/)(?:[^@/]*@)?([^/]*)(.*)$/.exec(target) ?? [];
  return scheme + host + path.split('/').map(mask).join('/');
}

function mask(segment: string): string {
  return /[\da-z]{16}/i.test(segment) ? '***' : segment;
}
