import { readServerError } from '../ask-handler.js';
import type { Context } from '../context.js';
import { AuthenticationFailedError, ProtocolError, type TransportError } from '../errors.js';
import { isEmpty, listFrames } from '../protocol/frames.js';
import type { Frames } from '../protocol/handler-types.js';
import type { Message } from '../protocol/message.js';
import { obtain } from '../util/promises.js';
import { Timer } from '../util/timer.js';
import { describe } from '../util/wrap-error.js';

/** The end of an exchange: with an error unless the server accepted. */
export type AuthenticationDone = (error: AuthenticationFailedError | undefined) => void;

/** The end of a refresh: with an error unless the server accepted. */
export type RefreshDone = (error: TransportError | undefined) => void;

/** One authentication exchange at a time: the frame out, the server's word in. */
export class Authenticator {
  readonly #context: Context;
  readonly #write: (frames: Frames) => void;
  readonly #timer: Timer;
  #done: AuthenticationDone | undefined;
  #refusals = 0;
  /** Those who asked for authentication inside a live session; one exchange serves all of them. */
  readonly #refreshes: RefreshDone[] = [];
  /** Counts the refreshes: what an earlier one still brings is ignored. */
  #exchange = 0;

  constructor(context: Context, write: (frames: Frames) => void) {
    this.#context = context;
    this.#write = write;
    this.#timer = new Timer(context.runtime.clock);
  }

  /** Whether the server's word is awaited. */
  get isOpen(): boolean {
    return this.#done !== undefined;
  }

  /**
   * Asks the handler for its frames, perhaps asynchronously.
   * @param built - gets the frames, nothing where the protocol has none, or the handler's failure
   */
  build(built: (frames: Frames, error?: AuthenticationFailedError) => void): void {
    const failed = (cause: unknown) =>
      built(undefined, cause instanceof AuthenticationFailedError ? cause : this.refused(describe(cause), { cause }));
    obtain(
      () => this.#context.handler.buildAuthMessage(),
      (frames) => built(listFrames(frames)),
      failed,
    );
  }

  /** Writes the frames and waits for the server's word. */
  start(frames: Frames, done: AuthenticationDone): void {
    const { authTimeout } = this.#context.config;
    this.#done = done;
    this.#timer.start(authTimeout, () => {
      const message = `The server did not answer the authentication within ${authTimeout} ms (authTimeout).`;
      this.#finish(new AuthenticationFailedError(message, { retryable: true }));
    });
    this.#write(frames);
  }

  /** Reads a frame while the exchange is open; true when it ended it. */
  take(message: Message): boolean {
    const { handler } = this.#context;
    if (handler.isAuthSuccess(message)) {
      this.#refusals = 0;
      this.#finish(undefined);
      return true;
    }
    const failure = handler.isAuthFailure(message);
    if (!failure) return false;
    const error = readServerError(this.#context, message);
    this.#finish(this.refused(error.message, { final: failure === 'final', cause: error, serverCode: error.code }));
    return true;
  }

  /** Authenticates inside a live session; those who want it while it is under way share its end. */
  refresh(done: RefreshDone): void {
    this.#refreshes.push(done);
    if (this.#refreshes.length > 1) return;
    const { authTimeout } = this.#context.config;
    const exchange = ++this.#exchange;
    this.#timer.start(authTimeout, () => {
      const words = `The handler built no authentication message within ${authTimeout} ms (authTimeout).`;
      this.#endRefresh(new AuthenticationFailedError(words, { retryable: true }));
    });
    this.build((frames, error) => {
      // The session ended meanwhile, and with it this exchange, or the handler took too long.
      if (this.#refreshes.length === 0 || exchange !== this.#exchange) return;
      if (error) this.#endRefresh(error);
      else if (isEmpty(frames)) {
        this.#endRefresh(new ProtocolError('The handler has no authentication: it builds no message for it.'));
      } else this.start(frames, (refusal) => this.#endRefresh(refusal));
    });
  }

  /** Counts a refusal; it is final when the server says so, or when it was one too many. */
  refused(
    why: string,
    options: { final?: boolean; cause?: unknown; serverCode?: string | number | undefined } = {},
  ): AuthenticationFailedError {
    const { final = false, ...details } = options;
    const { authMaxAttempts } = this.#context.config;
    this.#refusals++;
    const retryable = !final && this.#refusals < authMaxAttempts;
    const advice = retryable ? 'It is tried again.' : 'Check the credentials and the clock of this host.';
    return new AuthenticationFailedError(`Authentication failed: ${why}. ${advice}`, { ...details, retryable });
  }

  /** The connection served for a while: refusals count from one again. */
  succeeded(): void {
    this.#refusals = 0;
  }

  /** The session is gone; returns those whose refresh went with it. */
  cancel(): RefreshDone[] {
    this.#done = undefined;
    this.#timer.stop();
    return this.#refreshes.splice(0);
  }

  #endRefresh(error: TransportError | undefined): void {
    this.#timer.stop();
    const refreshes = this.#refreshes.splice(0);
    if (!error) this.#context.emit('authenticated');
    for (const done of refreshes) done(error);
  }

  #finish(error: AuthenticationFailedError | undefined): void {
    const done = this.#done;
    this.#done = undefined;
    this.#timer.stop();
    this.#context.trace.effect('authentication', { accepted: error === undefined });
    done?.(error);
  }
}
