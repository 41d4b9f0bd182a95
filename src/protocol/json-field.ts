/**
 * The value of a top-level member of a JSON object, found by scanning the text without parsing it. The first member
 * with this name counts.
 *
 * A string is returned decoded; a number as a number if it is exact, else as its digits in a string. The result is
 * undefined for a missing member and for any other value. For a text that is not JSON the result is unspecified. Never
 * throws.
 *
 * @example
 * ```ts
 * readJsonField('{"topic":"trades.BTC","data":{"topic":"inner"}}', 'topic'); // 'trades.BTC'
 * readJsonField('{"id":12345678901234567890}', 'id'); // '12345678901234567890'
 * ```
 */
export function readJsonField(text: string, name: string): string | number | undefined {
  // In most frames the member is the first, and most frames have no white space.
  const keyEnd = name.length + 2;
  if (
    text.charCodeAt(keyEnd) === QUOTE &&
    text.charCodeAt(keyEnd + 1) === COLON &&
    text.startsWith(name, 2) &&
    text.startsWith('{"') &&
    isPlain(name)
  ) {
    return readScalar(text, skipSpace(text, keyEnd + 2));
  }
  const at = findMember(text, name);
  return at === undefined ? undefined : readScalar(text, at);
}

/** The text of a top-level member's value, as it was received; undefined for a missing member. Never throws. */
export function readJsonMember(text: string, name: string): string | undefined {
  const at = findMember(text, name);
  return at === undefined ? undefined : text.slice(at, skipValue(text, at));
}

/**
 * The value at a path of member names and indices such as `arg.instId` or `data.0.id`, found by scanning the text without
 * parsing it. It is read like a member of `readJsonField`; `true`, `false` and `null` are values too. Undefined if there is
 * nothing, an object or an array. Never throws.
 */
export function readJsonPath(text: string, path: string): string | number | boolean | null | undefined {
  let at: number | undefined = skipSpace(text, 0);
  for (let start = 0; start <= path.length && at !== undefined; ) {
    const dot = path.indexOf('.', start);
    const end = dot < 0 ? path.length : dot;
    const step = path.slice(start, end);
    at = text.charCodeAt(at) === OPEN_BRACKET ? findElement(text, step, at) : findMember(text, step, at);
    start = end + 1;
  }
  if (at === undefined) return undefined;
  if (text.startsWith('true', at)) return true;
  if (text.startsWith('false', at)) return false;
  return text.startsWith('null', at) ? null : readScalar(text, at);
}

/** The latest name that needs no escapes. A stream of updates reads the same name again and again. */
let lastPlain = '';

function isPlain(name: string): boolean {
  if (name !== lastPlain && /["\\]/.test(name)) return false;
  lastPlain = name;
  return true;
}

/** The index of the first value with this name in the object that opens at `from`. */
function findMember(text: string, name: string, from = skipSpace(text, 0)): number | undefined {
  let at = from;
  if (text.charCodeAt(at) !== OPEN_BRACE) return undefined;
  at = skipSpace(text, at + 1);
  for (let isFirst = true; text.charCodeAt(at) === QUOTE; isFirst = false) {
    const keyEnd = endOfString(text, at);
    const matches = isKey(text, at, keyEnd, name);
    at = skipSpace(text, keyEnd);
    if (text.charCodeAt(at) !== COLON) return undefined;
    at = skipSpace(text, at + 1);
    if (matches) return at;
    // Most members are found first or not at all. includes() finds a miss without a walk, unless a key may be escaped.
    if (isFirst && !text.includes(name, at) && !text.includes('\\', at)) return undefined;
    at = skipSpace(text, skipValue(text, at));
    if (text.charCodeAt(at) !== COMMA) return undefined;
    at = skipSpace(text, at + 1);
  }
  return undefined;
}

/** The index of an element of the array that opens at `from`. */
function findElement(text: string, index: string, from: number): number | undefined {
  if (!/^(?:0|[1-9]\d*)$/.test(index)) return undefined;
  let at = skipSpace(text, from + 1);
  for (let left = Number(index); left > 0; left--) {
    at = skipSpace(text, skipValue(text, at));
    if (text.charCodeAt(at) !== COMMA) return undefined;
    at = skipSpace(text, at + 1);
  }
  return at;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** The index of the first character from `from` on that is no white space. */
export function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 0x20 || (code >= 9 && code <= 13); code = text.charCodeAt(at)) at++;
  return at;
}

/** The index after the closing quote of the string that opens at `from`; the end of the text if there is none. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
  return text.length;
}

function isKey(text: string, start: number, end: number, name: string): boolean {
  const length = end - start - 2;
  if (length === name.length) return text.startsWith(name, start + 1) && !name.includes('\\');
  // An escaped key is longer than its name. Search only the key: to search the rest of the text for each key would take
  // quadratic time for an object with many members.
  return length > name.length && text.slice(start, end).includes('\\') && decodeString(text, start, end) === name;
}

function decodeString(text: string, start: number, end: number): string | undefined {
  const body = text.slice(start + 1, end - 1);
  if (!body.includes('\\')) return body;
  try {
    return JSON.parse(text.slice(start, end)) as string;
  } catch {
    return undefined;
  }
}

/** The index after the value that starts at `from`. */
export function skipValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at) - 1;
        if (depth === 0) return at + 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth++;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (--depth === 0) return at + 1;
        if (depth < 0) return at;
        break;
      case COMMA:
        if (depth === 0) return at;
    }
  }
  return text.length;
}

function readScalar(text: string, at: number): string | number | undefined {
  if (text.charCodeAt(at) === QUOTE) return decodeString(text, at, endOfString(text, at));
  NUMBER.lastIndex = at;
  const digits = NUMBER.exec(text)?.[0];
  return digits === undefined ? undefined : exactNumber(digits);
}

/** The number if no digit is lost, else its digits: ids and sequences beyond 2^53 stay text. */
function exactNumber(digits: string): number | string {
  const value = Number(digits);
  // A double keeps 15 significant decimal digits (IEEE 754, DBL_DIG), unless it is too small or too large.
  const size = Math.abs(value);
  const normal = size === 0 ? !/^[^eE]*[1-9]/.test(digits) : size > 1e-300 && size < 1e300;
  if (normal && significantDigits(digits) <= 15) return value;
  return String(value) === digits ? value : digits;
}

function significantDigits(digits: string): number {
  return digits
    .replace(/[eE].*/, '')
    .replace(/^-?[0.]*/, '')
    .replace('.', '').length;
}
