import type { Context } from '../context.js';
import { type AnyTransportError, ConnectionFailedError } from '../errors.js';
import type { Outbox } from '../outbound/outbox.js';
import { isEmpty } from '../protocol/frames.js';
import type { Frames } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import { obtain } from '../util/promises.js';
import { Timer } from '../util/timer.js';
import { wrapError } from '../util/wrap-error.js';
import type { Login } from './login.js';
import type { StateMachine } from './state-machine.js';

export interface GreetingListener {
  /** The handler wants to authenticate with these frames. */
  onChallenge(frames: Frames): void;
  /** Requests may leave. */
  onEstablished(reason: string, authenticated: boolean): void;
  onFailure(error: AnyTransportError): void;
}

/** What happens between an open socket and `ready`: the handler's greeting, then authentication if it is wanted. */
export class Greeting {
  readonly #context: Context;
  readonly #machine: StateMachine;
  readonly #login: Login;
  readonly #outbox: Outbox;
  readonly #timer: Timer;
  /** The listener of the greeting under way. What an earlier greeting still brings is ignored. */
  #listener: GreetingListener | undefined;

  constructor(context: Context, machine: StateMachine, login: Login, outbox: Outbox) {
    this.#context = context;
    this.#machine = machine;
    this.#login = login;
    this.#outbox = outbox;
    this.#timer = new Timer(context.runtime.clock);
  }

  /** Writes the handler's greeting. `authTimeout` bounds the time that the handler takes for it. */
  start(listener: GreetingListener): void {
    const { config, handler } = this.#context;
    this.#listener = listener;
    this.#timer.startPatiently(config.authTimeout, () => {
      listener.onFailure(new ConnectionFailedError(texts.notGreetedInTime(config.authTimeout)));
    });
    const greeted = (frames: Frames) => {
      if (this.#listener !== listener) return;
      this.#outbox.urgent(frames);
      // After the listeners of `connected`: they may ask for authentication.
      this.#machine.inTurn(() => this.#decide(listener));
    };
    const failed = (cause: unknown) => {
      if (this.#listener !== listener) return;
      listener.onFailure(wrapError(texts.hookFailed('onConnect'), cause, { retryable: true }));
    };
    obtain(() => handler.onConnect(), greeted, failed);
  }

  /** Writes the authentication frames and waits for the server's answer, within a time of its own. */
  authenticate(frames: Frames): void {
    const listener = this.#listener;
    this.#timer.stop();
    this.#login.start(frames, (error) => {
      if (error) listener?.onFailure(error);
      else listener?.onEstablished('the server accepted the authentication', true);
    });
  }

  stop(): void {
    this.#listener = undefined;
    this.#timer.stop();
  }

  #decide(listener: GreetingListener): void {
    if (this.#listener !== listener) return;
    if (!this.#login.isWanted) return listener.onEstablished('no authentication is wanted', false);
    if (this.#login.isDialogue) return listener.onChallenge(undefined);
    this.#login.build((frames, error) => {
      if (this.#listener !== listener) return;
      if (error) listener.onFailure(error);
      else if (isEmpty(frames)) listener.onEstablished('the protocol has no authentication', false);
      else listener.onChallenge(frames);
    });
  }
}
