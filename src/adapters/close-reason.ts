/** A close frame holds 125 bytes, two of them for the code (RFC 6455 section 5.5). */
const LONGEST_REASON = 123;

/** The reason, cut at a whole character where it would not fit into a close frame: closing must never throw. */
export function fitReason(reason: string | undefined): string | undefined {
  // No character takes more than three bytes per UTF-16 unit, so that nearly every reason passes without being encoded.
  if (reason === undefined || reason.length * 3 <= LONGEST_REASON) return reason;
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(LONGEST_REASON));
  return reason.slice(0, read);
}
