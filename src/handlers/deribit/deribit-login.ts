import type { AuthFailure, ServerError } from '../../protocol/handler-types.js';
import type { Message } from '../../protocol/message.js';
import { timeOfDay } from '../common/time-of-day.js';
import { alphanumericIds } from '../kit/request-ids.js';
import { hmac, type Signer } from '../kit/signing.js';
import type { DeribitHandlerOptions } from './deribit-options.js';
import { INVALID_CREDENTIALS, isTemporary } from './error-codes.js';

/** After this part of its life a token is refreshed. Half: a message that tells the time comes at least with each heartbeat. */
const REFRESHED_AFTER = 0.5;
/** Milliseconds until an unanswered refresh is tried again. */
const REFRESH_AGAIN = 30_000;

/** The params of `public/auth`. */
export type AuthParams =
  | {
      readonly grant_type: 'client_signature';
      readonly client_id: string;
      readonly timestamp: number;
      readonly nonce: string;
      readonly data: string;
      readonly signature: string;
      readonly scope?: string;
    }
  | { readonly grant_type: 'refresh_token'; readonly refresh_token: string };

/**
 * The session of one connection: the first login is signed, later ones use the refresh token of the login before. Tokens end
 * with the connection.
 */
export class DeribitLogin {
  readonly #apiKey: string;
  readonly #scope: string | undefined;
  readonly #sign: Signer;
  readonly #now: () => number;
  readonly #nonce = alphanumericIds({ length: 16 });
  #refreshToken: string | undefined;
  #refreshAt = Infinity;
  #isRefresh = false;

  constructor(apiKey: string, secret: string, { scope, now }: DeribitHandlerOptions) {
    this.#apiKey = apiKey;
    this.#scope = scope;
    this.#sign = hmac({ secret, encoding: 'hex' });
    this.#now = now ?? timeOfDay;
  }

  /** Whether the token should be refreshed now. */
  get isDue(): boolean {
    return this.#refreshAt !== Infinity && this.#now() >= this.#refreshAt;
  }

  /** The tokens are of no use any more: the next login is signed. */
  forget(): void {
    this.#refreshToken = undefined;
    this.#refreshAt = Infinity;
  }

  /** What to send: the refresh token of this connection, else a signature. */
  async params(): Promise<AuthParams> {
    const refreshToken = this.#refreshToken;
    this.#isRefresh = refreshToken !== undefined;
    // No message asks for the next refresh while this one is under way.
    if (this.#refreshAt !== Infinity) this.#refreshAt = this.#now() + REFRESH_AGAIN;
    if (refreshToken !== undefined) return { grant_type: 'refresh_token', refresh_token: refreshToken };
    return this.#signed(this.#now(), this.#nonce());
  }

  /** The session is open; the answer holds its tokens. */
  accept(answer: Message): void {
    const token = answer.path('result.refresh_token');
    const seconds = Number(answer.path('result.expires_in'));
    this.#refreshToken = typeof token === 'string' ? token : undefined;
    this.#refreshAt = seconds > 0 ? this.#now() + seconds * 1_000 * REFRESHED_AFTER : Infinity;
  }

  /**
   * What a refusal means. Only a signed login can prove that the key is wrong: a refresh token may have ended. The venue has
   * one code for a wrong key and a wrong clock; the words of its data tell them apart (not confirmed by its documentation),
   * and a clock may be set right.
   */
  refused({ code, data }: ServerError): AuthFailure {
    const wasRefresh = this.#isRefresh;
    this.forget();
    if (wasRefresh || isTemporary(code)) return 'retry';
    if (code !== INVALID_CREDENTIALS) return true;
    return /timestamp|nonce|expired/i.test(JSON.stringify(data) ?? '') ? 'retry' : 'final';
  }

  /** A text without the key and the tokens. */
  mask(text: string): string {
    return [this.#apiKey, this.#refreshToken].reduce<string>((shown, secret) => {
      return secret === undefined ? shown : shown.replaceAll(secret, '***');
    }, text);
  }

  async #signed(timestamp: number, nonce: string): Promise<AuthParams> {
    const data = '';
    return {
      grant_type: 'client_signature',
      client_id: this.#apiKey,
      timestamp,
      nonce,
      data,
      signature: await this.#sign(`${timestamp}\n${nonce}\n${data}`),
      ...(this.#scope !== undefined && { scope: this.#scope }),
    };
  }
}
