/**
 * Characters that are rare in JSON texts, the rarest first. Hexadecimal digits are common, so that 'b' and 'f' are
 * last.
 */
const RARE = '_zqjxkvwygmuhpbf';

/**
 * The end of a word from its rarest character on. A text without this part does not contain the word. A search for the
 * part is faster than a search for the word: `includes()` stops at each occurrence of the first character.
 */
export function rarePart(word: string): string {
  // A server may escape characters that are not ASCII, so that no search can exclude the word. Every text contains ''.
  if (/[^ -~]/.test(word)) return '';
  // A part with less than three characters would be in too many texts.
  const starts = [...RARE].map((letter) => word.slice(0, -2).indexOf(letter));
  return word.slice(starts.find((start) => start >= 0));
}
