/**
 * The `Retry-After` header (RFC 9110 section 10.2.3), which holds seconds or a date, in milliseconds from now;
 * `undefined` where it is missing or means nothing. A date is compared with the server's own `Date`, where it sent one,
 * so that a clock that is wrong on either side does no harm.
 */
export function parseRetryAfter(header: string | undefined, date: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\s*(\d{1,10})\s*$/.exec(header)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1_000;
  // Date.parse makes a date of nearly everything, `-5` for one.
  const until = /^[A-Z][a-z]+, .* GMT$/.test(header) ? Date.parse(header) : Number.NaN;
  if (Number.isNaN(until)) return undefined;
  const sent = date === undefined ? Number.NaN : Date.parse(date);
  return Math.max(0, until - (Number.isNaN(sent) ? Date.now() : sent));
}
