/** Letters that JSON texts hold seldom, rarest first; those of hexadecimal digits come last. */
const RARE = '_zqjxkvwygmuhpbf';

/**
 * The part of a word from its rarest letter on: a text without it does not hold the word either, and a native search for
 * it stops less often, since it stops at every first letter that fits.
 */
export function rarePart(word: string): string {
  // Encoders may escape what is not ASCII, so that its absence proves nothing; every text holds the empty one.
  if (/[^ -~]/.test(word)) return '';
  // A part of less than three letters would be in too many texts.
  const starts = [...RARE].map((letter) => word.slice(0, -2).indexOf(letter));
  return word.slice(starts.find((start) => start >= 0));
}
