import { attempt } from '../ask-handler.js';
import type { Context } from '../context.js';
import { AuthenticationFailedError, MaxReconnectAttemptsError, type TransportError } from '../errors.js';
import type { CloseVerdict } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import type { LinkEnd } from './link.js';
import type { Login } from './login.js';
import type { ReconnectPolicy } from './reconnect-policy.js';

/** Why a connection, or an attempt, came to its end. */
export interface ConnectionLoss {
  readonly error: TransportError;
  /** How the socket ended. Missing if we end it. */
  readonly end?: LinkEnd | undefined;
  /** Unix milliseconds since which nothing came in. Missing if that is now. */
  readonly since?: number | undefined;
  /** The close code for a closing handshake. Missing: the socket is dropped. */
  readonly closeCode?: number | undefined;
  /** We replace a connection that did not fail: another attempt always follows. */
  readonly isPlanned?: boolean | undefined;
  /** Milliseconds before the next attempt, in place of the policy's delay. */
  readonly delay?: number | undefined;
}

/** Decides what follows a loss: another attempt, or the end of the client. */
export class LossJudge {
  readonly #context: Context;
  readonly #policy: ReconnectPolicy;
  readonly #login: Login;

  constructor(context: Context, policy: ReconnectPolicy, login: Login) {
    this.#context = context;
    this.#policy = policy;
    this.#login = login;
  }

  /**
   * @param isClosing - whether the client is being closed anyway, so that no attempt is counted
   * @returns the event of the state table, and the error that the application sees
   */
  judge(loss: ConnectionLoss, isClosing: boolean): { event: 'lost' | 'failed'; error: TransportError } {
    if (this.#policy.lost()) this.#login.resetRefusals();
    const verdict = loss.end ? this.#ask(loss.end) : 'retry';
    let { error } = loss;
    if (verdict === 'authentication' && !(error instanceof AuthenticationFailedError)) {
      error = this.#login.countRefusal(error.message, { cause: error });
    }
    const isFinal = verdict === 'fatal' || (error instanceof AuthenticationFailedError && !error.retryable);
    if (isFinal) return { event: 'failed', error };
    if (loss.isPlanned || isClosing || !this.#policy.exhausted) return { event: 'lost', error };
    return { event: 'failed', error: new MaxReconnectAttemptsError(this.#policy.attempt, { cause: error }) };
  }

  #ask(end: LinkEnd): CloseVerdict {
    const { code, reason, status } = end;
    const close = { code, reason, ...(status !== undefined && { status }) };
    const { handler } = this.#context;
    return attempt(this.#context, texts.hookFailed('classifyClose'), () => handler.classifyClose(close)) ?? 'retry';
  }
}
