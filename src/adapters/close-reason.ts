/** The longest reason in bytes: a close frame holds 125 bytes, two of them for the code (RFC 6455 section 5.5). */
const LONGEST_REASON = 123;

/** Cuts a reason that is too long for a close frame after a whole character, because `close()` must never throw. */
export function fitReason(reason: string | undefined): string | undefined {
  // A UTF-16 unit takes at most three bytes, so that nearly every reason fits without being encoded.
  if (reason === undefined || reason.length * 3 <= LONGEST_REASON) return reason;
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(LONGEST_REASON));
  return reason.slice(0, read);
}
