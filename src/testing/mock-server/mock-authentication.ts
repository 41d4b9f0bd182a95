import { type MockResponder, resolveAnswer } from './mock-answer.js';
import type { MockConnection } from './mock-connection.js';
import { parseFrame } from './mock-dialect.js';
import type { MockFrame } from './mock-frame.js';

/** How the mock server authenticates its clients. Everything has a default: `{}` wants `{"op":"auth"}`. */
export interface MockAuthentication {
  /** Which texts are authentication frames. Default: JSON with `op: 'auth'`. */
  readonly isAuth?: (text: string) => boolean;
  /** Whether these credentials are right. Default: all are. */
  readonly accepts?: (text: string) => boolean;
  /** Default `{"op":"auth","success":true}`, with the `req_id` of the frame; an empty list answers nothing. */
  readonly success?: MockResponder;
  /** Default `{"op":"auth","success":false,"error":"authentication refused"}`, with the `req_id` of the frame. */
  readonly failure?: MockResponder;
  /** How many authentication frames to refuse first, whatever they hold. Default 0. */
  readonly refusals?: number;
  /** Whether the built-in dialect refuses everything but pings before authentication. Default true, as exchanges do. */
  readonly required?: boolean;
}

/** Answers authentication frames, and counts them. */
export class MockAuthenticator {
  attempts = 0;
  /** How many more are refused. */
  refusals: number;
  readonly required: boolean;
  readonly #isAuth: (text: string) => boolean;
  readonly #accepts: (text: string) => boolean;
  readonly #success: MockResponder;
  readonly #failure: MockResponder;

  constructor(options: MockAuthentication) {
    this.refusals = options.refusals ?? 0;
    this.required = options.required ?? true;
    this.#isAuth = options.isAuth ?? ((text) => parseFrame(text)?.op === 'auth');
    this.#accepts = options.accepts ?? (() => true);
    this.#success = options.success ?? ((text) => verdict(text, { success: true }));
    this.#failure = options.failure ?? ((text) => verdict(text, { success: false, error: 'authentication refused' }));
  }

  /** The answer, which may be empty; nothing where the text is no authentication frame. */
  answer(text: string, connection: MockConnection): readonly MockFrame[] | undefined {
    if (!this.#isAuth(text)) return undefined;
    this.attempts++;
    if (this.refusals > 0) this.refusals--;
    else if (this.#accepts(text)) {
      connection.authenticated = true;
      return resolveAnswer(this.#success, text, connection);
    }
    return resolveAnswer(this.#failure, text, connection);
  }
}

function verdict(text: string, outcome: object): object {
  return { op: 'auth', req_id: parseFrame(text)?.req_id, ...outcome };
}
