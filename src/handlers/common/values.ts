import type { Message } from '../../protocol/message.js';
import { isObject } from '../../util/options.js';

export { isObject };

export type Members = Readonly<Record<string, unknown>>;

/** Whether every member survives a copy: not an array, a date, or an instance of a class. Holds across realms. */
export function isPlainObject(value: unknown): value is Members {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function isWordOrWords(value: unknown): boolean {
  return isWord(value) || (Array.isArray(value) && value.length > 0 && value.every(isWord));
}

/** The members of a frame; none where it is no object. */
export function membersOf(message: Message): Members {
  const { json } = message;
  return isObject(json) ? json : {};
}
