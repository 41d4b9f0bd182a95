import type { MockConnection } from './mock-connection.js';
import type { MockFrame } from './mock-frame.js';

/** A frame, or several in a list; an empty list is no answer at all. */
export type MockAnswer = MockFrame | readonly MockFrame[];

/** An answer, or a function that builds one; `undefined` is no answer. */
export type MockResponder = MockAnswer | MockResponderFunction;

export type MockResponderFunction = (text: string, connection: MockConnection) => MockAnswer | undefined;

/** Which texts: all that contain this string, match this expression, or satisfy this function. */
export type MockMatch = string | RegExp | ((text: string, connection: MockConnection) => boolean);

export function resolveAnswer(
  responder: MockResponder,
  text: string,
  connection: MockConnection,
): readonly MockFrame[] {
  const answer = typeof responder === 'function' ? (responder as MockResponderFunction)(text, connection) : responder;
  if (answer === undefined) return [];
  return Array.isArray(answer) ? answer : [answer];
}

export function matches(match: MockMatch, text: string, connection: MockConnection): boolean {
  if (typeof match === 'string') return text.includes(match);
  if (typeof match === 'function') return match(text, connection);
  return text.search(match) >= 0;
}
