import { attempt } from '../ask-handler.js';
import type { Context } from '../context.js';
import {
  type AnyTransportError,
  AuthenticationFailedError,
  ConnectionClosedError,
  ConnectionFailedError,
  MaxReconnectAttemptsError,
} from '../errors.js';
import type { ClosePlan } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import type { LinkEnd } from './link.js';
import type { Login } from './login.js';
import type { ReconnectPolicy } from './reconnect-policy.js';

/** Why a connection, or an attempt, came to its end. */
export interface ConnectionLoss {
  readonly error: AnyTransportError;
  /** How the socket ended. Missing if we end it. */
  readonly end?: LinkEnd | undefined;
  /** The close code for a closing handshake. Missing: the socket is dropped. */
  readonly closeCode?: number | undefined;
  /** We replace a connection that did not fail: another attempt always follows. */
  readonly isPlanned?: boolean | undefined;
  /** Whether the next attempt waits as long as after many failures. */
  readonly isSlow?: boolean | undefined;
  /** Milliseconds before the next attempt, in place of the policy's delay. */
  readonly delay?: number | undefined;
}

const RETRY: ClosePlan = { verdict: 'retry' };

/** Decides what follows a loss: another attempt, or the end of the client. */
export class LossJudge {
  readonly #context: Context;
  readonly #policy: ReconnectPolicy;
  readonly #login: Login;
  /** What the last loss was like: each of these warns once until it ends. */
  #wasBusy = false;
  #wasTooLong = false;

  constructor(context: Context, policy: ReconnectPolicy, login: Login) {
    this.#context = context;
    this.#policy = policy;
    this.#login = login;
  }

  /**
   * @param isClosing - whether the client is being closed anyway, so that no attempt is counted
   * @returns the event of the state table, and the loss with the error that the application sees and what delays the
   * next attempt
   */
  judge(loss: ConnectionLoss, isClosing: boolean): ConnectionLoss & { event: 'lost' | 'failed' } {
    if (this.#policy.lost(loss.isPlanned)) {
      this.#login.resetRefusals();
      this.#wasTooLong = false;
    }
    const { verdict, delay } = loss.end ? this.#ask(loss.end) : RETRY;
    let { error } = loss;
    if (verdict === 'authentication' && !(error instanceof AuthenticationFailedError)) {
      error = this.#login.countRefusal(error.message, { cause: error });
    }
    if (verdict === 'fatal') return { ...loss, event: 'failed', error: finalOf(error) };
    if (isFinal(error)) return { ...loss, event: 'failed', error };
    if (!loss.isPlanned && !isClosing && this.#policy.exhausted) {
      const { failures } = this.#policy;
      return { ...loss, event: 'failed', error: new MaxReconnectAttemptsError(failures, { cause: error }) };
    }
    const named = Math.max(loss.end?.retryAfter ?? 0, delay ?? 0);
    if (named > 0) this.postpone(named);
    return { ...loss, event: 'lost', error, isSlow: verdict === 'retry' && this.#isBusyEdge(loss.end) };
  }

  /** The server named a time before the next attempt. */
  postpone(delay: number): void {
    this.#policy.postpone(this.#cut(delay));
  }

  #ask(end: LinkEnd): ClosePlan {
    const { code, reason, status, headers, body, hasCredentials } = end;
    const close = {
      code,
      reason,
      ...(status !== undefined && { status }),
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && { body }),
      ...(hasCredentials !== undefined && { hasCredentials }),
    };
    const { handler } = this.#context;
    const asked = attempt(this.#context, texts.hookFailed('classifyClose'), () => handler.classifyClose(close));
    if (typeof asked !== 'object' || asked === null) return { verdict: asked ?? 'retry' };
    const { verdict = 'retry', delay } = asked;
    return typeof delay === 'number' && delay >= 0 ? { verdict, delay } : { verdict };
  }

  /** Whether an edge refused with 403 although nobody authenticates: it is busy, or blocks this address for a while. */
  #isBusyEdge(end: LinkEnd | undefined): boolean {
    const isBusy = end?.status === 403 && !this.#context.overrides.classifyClose;
    if (isBusy && !this.#wasBusy) {
      this.#context.emit('warning', { code: 'connection-forbidden', message: texts.FORBIDDEN, error: end.error });
    }
    this.#wasBusy = isBusy;
    return isBusy;
  }

  /** A longer time than `maxServerDelay` is a mistake, or an attack. What is no number of milliseconds is no delay. */
  #cut(named: number): number {
    const { maxServerDelay } = this.#context.config;
    const delay = named > 0 ? named : 0;
    const wasTooLong = this.#wasTooLong;
    this.#wasTooLong = delay > maxServerDelay;
    if (!this.#wasTooLong) return delay;
    if (wasTooLong) return maxServerDelay;
    this.#context.emit('warning', { code: 'server-delay-cut', message: texts.serverDelayCut(delay, maxServerDelay) });
    return maxServerDelay;
  }
}

/** Whether a further attempt must fail too: refused credentials, or a platform without a WebSocket. */
function isFinal(error: AnyTransportError): boolean {
  return (error instanceof AuthenticationFailedError || error instanceof ConnectionFailedError) && !error.retryable;
}

/** The same error for a client that makes no further attempt. */
function finalOf(error: AnyTransportError): AnyTransportError {
  const { cause, message } = error;
  if (error instanceof ConnectionClosedError) {
    return new ConnectionClosedError(message, { cause, closeCode: error.closeCode, retryable: false });
  }
  if (error instanceof ConnectionFailedError) {
    return new ConnectionFailedError(message, { cause, status: error.status, retryable: false });
  }
  return error;
}
