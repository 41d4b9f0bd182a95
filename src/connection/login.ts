import { readServerError } from '../ask-handler.js';
import type { Context } from '../context.js';
import { type AnyTransportError, AuthenticationFailedError, ProtocolError } from '../errors.js';
import type { LoginReader } from '../inbound/router.js';
import type { Outbox } from '../outbound/outbox.js';
import { isEmpty, listFrames } from '../protocol/frames.js';
import type { AuthFailure, Frames } from '../protocol/handler-types.js';
import type { Message } from '../protocol/message.js';
import * as texts from '../texts.js';
import { obtain } from '../util/promises.js';
import { Timer } from '../util/timer.js';
import { describe } from '../util/wrap-error.js';
import { LoginDialogue, MOST_KEPT } from './login-dialogue.js';

/** The end of a login, with an error unless the server accepted. */
export type LoginDone = (error: AuthenticationFailedError | undefined) => void;

/** The end of a refresh, with an error unless the server accepted. */
export type RefreshDone = (error: AnyTransportError | undefined) => void;

/** The connection that a login belongs to. */
export interface LoginLink {
  /** Looks for a signal in a frame. */
  heed(message: Message): void;
  /** Hands out frames that waited, before everything that came later, and then calls back. */
  handBack(messages: readonly Message[], done: () => void): void;
}

/** One login at a time: the authentication frames out, the server's answer in; or the handler's own dialogue. */
export class Login implements LoginReader {
  /** Whether each connection authenticates: `authOnConnect`, or a call of `authenticate()`. */
  isWanted: boolean;
  readonly #context: Context;
  readonly #outbox: Outbox;
  readonly #timer: Timer;
  #done: LoginDone | undefined;
  #refusals = 0;
  #isRefused = false;
  /** The callers of a refresh inside a live connection. One login answers all of them. */
  readonly #refreshes: RefreshDone[] = [];
  /** Counts the refreshes. What an earlier refresh still brings is ignored. */
  #refreshCount = 0;
  #link: LoginLink | undefined;
  /** The dialogue of a handler with `login()`, from the open socket, or from the refresh, to its end. */
  #dialogue: LoginDialogue | undefined;

  constructor(context: Context, outbox: Outbox) {
    this.isWanted = context.config.authOnConnect;
    this.#context = context;
    this.#outbox = outbox;
    this.#timer = new Timer(context.runtime.clock);
  }

  /** Whether the server's answer is awaited, and the handler is asked which frame it is. */
  get isOpen(): boolean {
    return this.#done !== undefined && !this.isDialogue;
  }

  /** Whether this connection was refused for good, and the client is about to end. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** Whether the handler has a `login()` of its own. */
  get isDialogue(): boolean {
    return this.#context.overrides.login;
  }

  /** A socket is open: its frames wait for the dialogue if there is to be one. */
  opened(link: LoginLink): void {
    this.#link = link;
    if (this.isWanted && this.isDialogue) this.#begin(true);
  }

  /** Whether a refresh is under way. */
  get isRefreshing(): boolean {
    return this.#refreshes.length > 0;
  }

  /**
   * Asks the handler for its frames, perhaps asynchronously.
   * @param built - gets the frames, nothing if the protocol has none, or the handler's failure
   */
  build(built: (frames: Frames, error?: AuthenticationFailedError) => void): void {
    const failed = (cause: unknown) =>
      built(
        undefined,
        cause instanceof AuthenticationFailedError ? cause : this.countRefusal(describe(cause), { cause }),
      );
    obtain(
      () => this.#context.handler.buildAuthMessage(),
      (frames) => built(listFrames(frames)),
      failed,
    );
  }

  /** Writes the frames and waits for the server's answer. */
  start(frames: Frames, done: LoginDone): void {
    const { authTimeout } = this.#context.config;
    this.#done = done;
    if (!this.isDialogue) this.#context.trace.loginStarted(listFrames(frames));
    this.#timer.startPatiently(authTimeout, () => {
      const isUnsent = this.#outbox.recall(this.#owner);
      const words = isUnsent ? texts.loginUnsent(authTimeout) : texts.loginUnanswered(authTimeout);
      this.#finish(new AuthenticationFailedError(words, { retryable: true }));
    });
    if (this.isDialogue) this.#converse(this.#dialogue ?? this.#begin(false));
    else this.#outbox.urgent(frames, this.#owner);
  }

  /** Offers a frame to the dialogue. Returns whether the frame has its place, for now. */
  offer(message: Message): boolean {
    switch (this.#dialogue?.offer(message)) {
      case 'taken':
      case 'kept':
        return true;
      case 'overflowed':
        this.#finish(new AuthenticationFailedError(texts.loginOverflowed(MOST_KEPT), { retryable: true }));
        return true;
      default:
        return false;
    }
  }

  /** Reads a frame while the answer is awaited. Returns whether the frame was the answer. */
  take(message: Message): boolean {
    const { handler } = this.#context;
    let isAccepted: boolean;
    let failure: AuthFailure;
    try {
      isAccepted = handler.isAuthSuccess(message);
      failure = !isAccepted && handler.isAuthFailure(message);
    } catch (cause) {
      // What cannot be read is no success.
      this.#finish(this.countRefusal(texts.unreadableLogin(describe(cause)), { cause }));
      return true;
    }
    if (isAccepted) {
      this.#refusals = 0;
      this.#finish(undefined);
      return true;
    }
    if (!failure) return false;
    const error = readServerError(this.#context, message);
    if (failure === 'retry') {
      const { message: why, code: serverCode } = error;
      const options = { cause: error, serverCode, retryable: true };
      this.#finish(new AuthenticationFailedError(texts.authenticationFailed(why, true), options));
      return true;
    }
    this.#finish(
      this.countRefusal(error.message, { final: failure === 'final', cause: error, serverCode: error.code }),
    );
    return true;
  }

  /** Authenticates inside a live connection. Calls during a refresh share its end. */
  refresh(done: RefreshDone): void {
    this.#refreshes.push(done);
    if (this.#refreshes.length > 1) return;
    const { authTimeout } = this.#context.config;
    const refresh = ++this.#refreshCount;
    this.#timer.startPatiently(authTimeout, () => {
      this.#endRefresh(new AuthenticationFailedError(texts.loginNotBuilt(authTimeout), { retryable: true }));
    });
    if (this.isDialogue) return this.start(undefined, (refusal) => this.#endRefresh(refusal));
    this.build((frames, error) => {
      // The connection ended meanwhile, or the handler took too long.
      if (this.#refreshes.length === 0 || refresh !== this.#refreshCount) return;
      if (error) this.#endRefresh(error);
      else if (!isEmpty(frames)) this.start(frames, (refusal) => this.#endRefresh(refusal));
      // A handler that authenticates, and needs no frame for that, has succeeded.
      else if (this.#context.overrides.buildAuthMessage) this.#endRefresh(undefined);
      else this.#endRefresh(new ProtocolError(texts.NO_AUTHENTICATION));
    });
  }

  /** Counts a refusal. It is final if the server says so, or after `authMaxAttempts` refusals in a row. */
  countRefusal(
    why: string,
    options: { final?: boolean; cause?: unknown; serverCode?: string | number | undefined } = {},
  ): AuthenticationFailedError {
    const { final = false, ...details } = options;
    const { authMaxAttempts } = this.#context.config;
    this.#refusals++;
    const retryable = !final && this.#refusals < authMaxAttempts;
    return new AuthenticationFailedError(texts.authenticationFailed(why, retryable), { ...details, retryable });
  }

  /** The connection was ready for a while: refusals count from one again. */
  resetRefusals(): void {
    this.#refusals = 0;
  }

  /** The connection has ended. Returns the frames that the dialogue did not take. */
  interrupt(): readonly Message[] {
    const dialogue = this.#dialogue;
    this.#dialogue = undefined;
    return dialogue?.end(false) ?? [];
  }

  /** The connection is gone. Returns the callers whose refresh ended with it. */
  cancel(): RefreshDone[] {
    this.interrupt();
    this.#link = undefined;
    this.#done = undefined;
    this.#isRefused = false;
    this.#context.trace.loginEnded();
    this.#timer.stop();
    return this.#refreshes.splice(0);
  }

  /** Whose frames the login's frames are. */
  get #owner(): object {
    return this.#dialogue ?? this;
  }

  #begin(keeps: boolean): LoginDialogue {
    this.#context.trace.loginStarted([]);
    this.#dialogue = new LoginDialogue(this.#context, this.#outbox, keeps, (message) => this.#link?.heed(message));
    return this.#dialogue;
  }

  #converse(dialogue: LoginDialogue): void {
    const isCurrent = () => dialogue === this.#dialogue;
    const refused = (cause: unknown) =>
      cause instanceof AuthenticationFailedError ? cause : this.countRefusal(describe(cause), { cause });
    obtain(
      () => this.#context.handler.login(dialogue.session),
      () => {
        if (!isCurrent()) return;
        this.#refusals = 0;
        this.#finish(undefined);
      },
      (cause) => {
        if (isCurrent()) this.#finish(refused(cause));
      },
    );
  }

  #endRefresh(error: AnyTransportError | undefined): void {
    this.#timer.stop();
    const refreshes = this.#refreshes.splice(0);
    if (!error) this.#context.emit('authenticated');
    for (const done of refreshes) done(error);
  }

  #finish(error: AuthenticationFailedError | undefined): void {
    const done = this.#done;
    this.#done = undefined;
    this.#timer.stop();
    // A login that failed leaves nothing behind that the server could answer.
    if (error) this.#outbox.recall(this.#owner);
    const skipped = this.#dialogue?.end(error === undefined) ?? [];
    this.#dialogue = undefined;
    this.#isRefused = error?.retryable === false && !this.isRefreshing;
    this.#context.trace.loginEnded();
    this.#context.trace.effect('authentication', { accepted: error === undefined });
    // Before the first frame leaves: what the login skipped may say that the session goes on.
    if (skipped.length > 0) this.#link?.handBack(skipped, () => done?.(error));
    else done?.(error);
  }
}
