import type { Message } from '../../protocol/message.js';
import { readable } from '../../protocol/readable.js';
import { isObject } from '../../util/options.js';

/** The members of a JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether a value is an object without a class, so that a copy of its members is a copy of it. Works across realms. */
export function isPlainObject(value: unknown): value is Members {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether a value is a non-empty string. */
export function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Whether a value is a non-empty string, or a non-empty list of such strings. */
export function isWordOrWords(value: unknown): boolean {
  return isWord(value) || (Array.isArray(value) && value.length > 0 && value.every(isWord));
}

/**
 * The members of a message; an empty object for a message that is no JSON object.
 * @throws ProtocolError if the message cannot be parsed
 */
export function membersOf(message: Message): Members {
  return asMembers(readable(message));
}

/** The members of a value; an empty object for a value that is no JSON object. */
export function asMembers(json: unknown): Members {
  return isObject(json) ? json : {};
}

export function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
