import { skipSpace, skipValue } from './json-field.js';

/** Where the elements of a top-level JSON array lie in its text. */
export interface JsonParts {
  /** The start and the end of each element, one after the other. */
  readonly bounds: readonly number[];
  /** Whether the text has the form of an array: brackets around it, and one comma between two elements. */
  readonly isWhole: boolean;
}

const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/**
 * Finds the elements of a top-level array by scanning the text, without parsing it. Takes linear time and never throws.
 * A text with a wrong form gives the elements up to the fault. Undefined if the text does not begin with a bracket.
 * @param limit - how many elements are looked for
 */
export function scanArray(text: string, limit = Infinity): JsonParts | undefined {
  const open = skipSpace(text, 0);
  if (text.charCodeAt(open) !== OPEN) return undefined;
  const bounds: number[] = [];
  for (let at = skipSpace(text, open + 1); ; at = skipSpace(text, at + 1)) {
    const start = at;
    const end = skipValue(text, start);
    at = skipSpace(text, end);
    const code = text.charCodeAt(at);
    const isEmpty = end === start;
    if (!isEmpty) bounds.push(start, trimmedEnd(text, start, end));
    if (code === COMMA && !isEmpty && bounds.length < 2 * limit) continue;
    // Only an empty array has an empty place.
    const isWhole = code === CLOSE && isEmpty === (bounds.length === 0) && skipSpace(text, at + 1) === text.length;
    return { bounds, isWhole };
  }
}

/** The end of a value without the white space behind it. A number ends only at a comma or a bracket. */
function trimmedEnd(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && text.charCodeAt(last - 1) <= 0x20) last--;
  return last;
}
