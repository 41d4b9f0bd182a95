import { ProtocolError } from '../errors.js';
import * as texts from './texts.js';

/** 10⁰ to 10¹⁵, all exact. */
const POWERS = Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`));
const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i;

/**
 * The number that is nearest to a decimal text; NaN if the text is no decimal. The integer of up to 15 digits and the power
 * of ten are exact, so their quotient is the nearest number (W. D. Clinger, "How to read floating point numbers accurately",
 * 1990). A longer text, an exponent or a sign takes the slow way.
 */
export function toNumber(text: string): number {
  const { length } = text;
  let digits = 0;
  let point = -1;
  if (length > 16) return slowToNumber(text);
  for (let index = 0; index < length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (digit === -2 && point < 0) point = index;
    else return slowToNumber(text);
  }
  if (point < 0) return length < 16 && length > 0 ? digits : slowToNumber(text);
  return length > 1 ? digits / (POWERS[length - 1 - point] as number) : NaN;
}

function slowToNumber(text: string): number {
  return DECIMAL.test(text) && /^[+-]?\.?\d/.test(text) ? Number(text) : NaN;
}

/** Compares two decimals exactly, however many digits they have: negative if `one` is less, 0 if both are one number. */
export function compareDecimals(one: string, other: string): number {
  const a = read(one);
  const b = read(other);
  if (a.sign !== b.sign) return a.sign - b.sign;
  if (a.scale !== b.scale) return a.sign * (a.scale - b.scale);
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -a.sign : a.sign;
}

/** A price or a size as text, without an exponent. A text stays as it is written. */
export function asText(value: string | number, what: string): string {
  if (typeof value === 'string') return value;
  if (!Number.isFinite(value)) throw new ProtocolError(texts.notADecimal(what));
  const text = String(value);
  return text.includes('e') ? withoutExponent(text) : text;
}

/** Whether a size is 0, however it is written. */
export function isZero(size: string): boolean {
  const number = toNumber(size);
  if (Number.isNaN(number)) throw new ProtocolError(texts.notADecimal('size'));
  if (number < 0) throw new ProtocolError(texts.NEGATIVE_SIZE);
  return number === 0;
}

/** sign · 0.digits · 10^scale, with neither leading nor trailing zeros in the digits; all of 0 is 0. */
function read(text: string): { sign: number; digits: string; scale: number } {
  const [, minus = '', whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  if (digits === '') return { sign: 0, digits, scale: 0 };
  const scale = whole.length - (all.length - digits.length) + Number(exponent);
  return { sign: minus === '-' ? -1 : 1, digits: digits.replace(/0+$/, ''), scale };
}

function withoutExponent(text: string): string {
  const { sign, digits, scale } = read(text);
  const minus = sign < 0 ? '-' : '';
  if (scale <= 0) return `${minus}0.${'0'.repeat(-scale)}${digits}`;
  // A number has an exponent from 10²¹ on, so that all its digits are before the point.
  return `${minus}${digits.padEnd(scale, '0')}`;
}
