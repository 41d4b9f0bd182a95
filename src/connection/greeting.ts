import type { Context } from '../context.js';
import { ConnectionFailedError, type TransportError } from '../errors.js';
import { isEmpty } from '../protocol/frames.js';
import type { Frames } from '../protocol/handler-types.js';
import { obtain } from '../util/promises.js';
import { Timer } from '../util/timer.js';
import { wrapError } from '../util/wrap-error.js';
import type { Authenticator } from './login.js';

export interface HandshakeEvents {
  /** The handler's greeting was written; `next` is to be called when the application had its say. */
  greeted(next: () => void): void;
  wantsAuthentication(): boolean;
  /** The handler wants to authenticate with these frames. */
  challenged(frames: Frames): void;
  /** Requests may leave. */
  established(reason: string, authenticated: boolean): void;
  failed(error: TransportError): void;
}

/** What comes between an open socket and `ready`: the handler's greeting, then authentication where it is wanted. */
export class Handshake {
  readonly #context: Context;
  readonly #authenticator: Authenticator;
  readonly #write: (frames: Frames) => void;
  readonly #timer: Timer;
  /** Those of the handshake under way; what an earlier one still brings is ignored. */
  #events: HandshakeEvents | undefined;

  constructor(context: Context, authenticator: Authenticator, write: (frames: Frames) => void) {
    this.#context = context;
    this.#authenticator = authenticator;
    this.#write = write;
    this.#timer = new Timer(context.runtime.clock);
  }

  /** Greets; `authTimeout` bounds what the handler takes for that. */
  start(events: HandshakeEvents): void {
    const { config, handler } = this.#context;
    this.#events = events;
    this.#timer.start(config.authTimeout, () => {
      const words = `The handler did not greet the server within ${config.authTimeout} ms (authTimeout).`;
      events.failed(new ConnectionFailedError(words));
    });
    const greeted = (frames: Frames) => {
      if (this.#events !== events) return;
      this.#write(frames);
      events.greeted(() => this.#decide(events));
    };
    const failed = (cause: unknown) => {
      if (this.#events !== events) return;
      events.failed(wrapError(`The handler's onConnect failed`, cause, { retryable: true }));
    };
    obtain(() => handler.onConnect(), greeted, failed);
  }

  /** Sends the authentication frames and waits for the server's word, within a time of its own. */
  authenticate(frames: Frames): void {
    const events = this.#events;
    this.#timer.stop();
    this.#authenticator.start(frames, (error) => {
      if (error) events?.failed(error);
      else events?.established('the server accepted the authentication', true);
    });
  }

  stop(): void {
    this.#events = undefined;
    this.#timer.stop();
  }

  #decide(events: HandshakeEvents): void {
    if (this.#events !== events) return;
    if (!events.wantsAuthentication()) return events.established('no authentication is wanted', false);
    this.#authenticator.build((frames, error) => {
      if (this.#events !== events) return;
      if (error) events.failed(error);
      else if (isEmpty(frames)) events.established('the protocol has no authentication', false);
      else events.challenged(frames);
    });
  }
}
