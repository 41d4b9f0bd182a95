/** The close codes of WebSocket (RFC 6455 section 7.4, and the list of IANA) in words. */
const MEANINGS: Readonly<Record<number, string>> = {
  1000: 'the connection was closed on purpose',
  1001: 'the server goes away',
  1002: 'a frame broke the rules of the protocol',
  1003: 'a frame had a type that is not accepted',
  1005: 'the connection was closed without a code',
  1006: 'the connection broke without a close frame',
  1007: 'a text was not valid UTF-8',
  1008: 'a rule of the server was broken',
  1009: 'a message was too large',
  1010: 'the server lacks an extension',
  1011: 'the server failed',
  1012: 'the server restarts',
  1013: 'the server is too busy for now',
  1014: 'a gateway got no valid answer from the server',
  1015: 'the TLS handshake failed',
};

/** A close code with its meaning: `1006: the connection broke without a close frame`. */
export function closeText(code: number, reason = ''): string {
  const meaning = MEANINGS[code] ?? (code >= 3_000 ? 'a code of the server' : 'an unknown code');
  return `${code}: ${meaning}${reason ? ` (${reason})` : ''}`;
}
