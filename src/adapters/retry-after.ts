/**
 * Reads the `Retry-After` header (RFC 9110 section 10.2.3), which holds seconds or a date. Returns milliseconds from
 * now; `undefined` if the header is missing or invalid. A date is compared with the server's own `Date` header if there
 * is one, so that a wrong clock on either side has no effect.
 */
export function parseRetryAfter(header: string | undefined, date: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\s*(\d+)\s*$/.exec(header)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1_000;
  // Date.parse() accepts nearly every text as a date, for example `-5`.
  const until = /^[A-Z][a-z]+, .* GMT$/.test(header) ? Date.parse(header) : Number.NaN;
  if (Number.isNaN(until)) return undefined;
  const sent = date === undefined ? Number.NaN : Date.parse(date);
  return Math.max(0, until - (Number.isNaN(sent) ? Date.now() : sent));
}
