import type { ProtocolHandler } from '../protocol/protocol-handler.js';
import { redactedUrl } from '../protocol/secrets.js';
import type { SocketError } from '../runtime.js';
import * as texts from '../texts.js';
import { maskUrls, maskWord } from '../util/mask-url.js';

/** Host and path of a URL, without secrets: no query, user or fragment, and no long segment of letters and digits. */
export function showUrl(source: unknown, handler: ProtocolHandler<object, object>): string {
  return redactedUrl(String(source), handler)?.replace(/^\w+:\/\//, '') ?? texts.THE_SERVER;
}

/** What an attempt was made with. */
export interface Attempted {
  readonly url: unknown;
  readonly protocols: readonly string[];
  readonly handler: ProtocolHandler<object, object>;
}

/** What the server, or the network, said to an attempt that failed. */
export function whatFailed(words: string, error: SocketError | undefined, attempt: Attempted): string {
  const { handler, protocols, url } = attempt;
  const { status, headers, cause } = error ?? { cause: undefined };
  const parts = [status === undefined ? maskUrls(reasonsOf(cause) || words) : `HTTP status ${status}`];
  const { location } = headers ?? {};
  if (location !== undefined) parts.push(texts.redirectedTo(showTarget(location, url, handler)));
  if (protocols.length > 0) parts.push(texts.offered(protocols.map(maskWord)));
  return parts.join('; ');
}

/** The reason of each address that was tried. */
function reasonsOf(cause: unknown): string {
  const { errors } = (cause ?? {}) as { errors?: unknown };
  if (!Array.isArray(errors)) return '';
  return errors.map((error) => (error instanceof Error ? error.message : String(error))).join(', ');
}

/** A redirect may name another host, or be relative to the URL that was dialled. */
function showTarget(location: string, url: unknown, handler: ProtocolHandler<object, object>): string {
  try {
    return redactedUrl(new URL(location, String(url)).href, handler) ?? '***';
  } catch {
    return '***';
  }
}
