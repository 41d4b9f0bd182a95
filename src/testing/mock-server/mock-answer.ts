import type { MockConnection } from './mock-connection.js';
import type { MockFrame } from './mock-frame.js';

/** The frames of an answer: one, or a list in order. An empty list sends nothing. */
export type MockAnswer = MockFrame | readonly MockFrame[];

/** An answer, or a function that builds it from the message. `undefined` sends nothing. */
export type MockResponder = MockAnswer | MockResponderFunction;

/** Builds the answer to one text message; `undefined` sends nothing. */
export type MockResponderFunction = (text: string, connection: MockConnection) => MockAnswer | undefined;

/** Selects texts: those that contain the string, match the expression, or for which the function returns true. */
export type MockMatch = string | RegExp | ((text: string, connection: MockConnection) => boolean);

/** The frames that a responder sends for one text. */
export function resolveAnswer(
  responder: MockResponder,
  text: string,
  connection: MockConnection,
): readonly MockFrame[] {
  const answer = typeof responder === 'function' ? (responder as MockResponderFunction)(text, connection) : responder;
  if (answer === undefined) return [];
  return Array.isArray(answer) ? answer : [answer];
}

/** Whether a text is selected. */
export function matches(match: MockMatch, text: string, connection: MockConnection): boolean {
  if (typeof match === 'string') return text.includes(match);
  if (typeof match === 'function') return match(text, connection);
  return text.search(match) >= 0;
}
