import { parseExchangeFrame } from '../exchange/exchange-frame.js';
import { type MockResponder, resolveAnswer } from './mock-answer.js';
import type { MockConnection } from './mock-connection.js';
import type { MockFrame } from './mock-frame.js';

/** How the mock server authenticates its clients. All members are optional: `{}` accepts every `{"op":"auth"}`. */
export interface MockAuthentication {
  /**
   * Whether a text is an authentication frame.
   * @default a JSON object with `op: 'auth'`
   */
  readonly isAuth?: (text: string) => boolean;
  /**
   * Whether the credentials of an authentication frame are right.
   * @default () => true
   */
  readonly accepts?: (text: string) => boolean;
  /**
   * The answer to right credentials. An empty list sends nothing.
   * @default `{"op":"auth","success":true}`, with the `req_id` of the frame
   */
  readonly success?: MockResponder;
  /**
   * The answer to wrong credentials. An empty list sends nothing.
   * @default `{"op":"auth","success":false,"error":"authentication refused"}`, with the `req_id` of the frame
   */
  readonly failure?: MockResponder;
  /**
   * The number of authentication frames to refuse first, even if their credentials are right.
   * @default 0
   */
  readonly refusals?: number;
  /**
   * Whether the built-in exchange refuses everything except pings before the authentication.
   * @default true, as exchanges do
   */
  readonly required?: boolean;
}

/** Answers authentication frames and counts them. */
export class MockAuthenticator {
  /** Authentication frames that came in. */
  attempts = 0;
  /** The number of frames that are still refused. */
  refusals: number;
  readonly required: boolean;
  readonly #isAuth: (text: string) => boolean;
  readonly #accepts: (text: string) => boolean;
  readonly #success: MockResponder;
  readonly #failure: MockResponder;

  constructor(options: MockAuthentication) {
    this.refusals = options.refusals ?? 0;
    this.required = options.required ?? true;
    this.#isAuth = options.isAuth ?? ((text) => parseExchangeFrame(text)?.op === 'auth');
    this.#accepts = options.accepts ?? (() => true);
    this.#success = options.success ?? ((text) => verdict(text, { success: true }));
    this.#failure = options.failure ?? ((text) => verdict(text, { success: false, error: 'authentication refused' }));
  }

  /** The answer, which may be an empty list; `undefined` for a text that is no authentication frame. */
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
  return { op: 'auth', req_id: parseExchangeFrame(text)?.req_id, ...outcome };
}
