/** The longest reason in bytes: a close frame holds 125 bytes, two of them for the code (RFC 6455 section 5.5). */
const LONGEST_REASON = 123;

/** Cuts a reason that is too long for a close frame after a whole character, because `close()` must never throw. */
export function fitReason(reason: string | undefined): string | undefined {
  // A UTF-16 unit takes at most three bytes, so that nearly every reason fits without being measured.
  if (reason === undefined || reason.length * 3 <= LONGEST_REASON) return reason;
  let bytes = 0;
  let length = 0;
  for (const character of reason) {
    bytes += utf8Size(character.codePointAt(0) as number);
    if (bytes > LONGEST_REASON) break;
    length += character.length;
  }
  return reason.slice(0, length);
}

/** The size of a character in UTF-8, in bytes. Needs no TextEncoder, which jsdom does not have. */
function utf8Size(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
