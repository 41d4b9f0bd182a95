import { attempt } from '../ask-handler.js';
import type { Context } from '../context.js';
import type { RequestId } from '../identifiers.js';
import type { Frames, ServerRequest, Signal } from '../protocol/handler-types.js';
import type { Message } from '../protocol/message.js';
import { MessageKind } from '../protocol/message-kind.js';
import type { Requests } from '../requests/requests.js';
import type { Subscriptions } from '../subscriptions/subscriptions.js';
import * as texts from '../texts.js';
import { wrapError } from '../util/wrap-error.js';

/** Reads frames while a login waits for its answer. */
export interface LoginReader {
  readonly isOpen: boolean;
  /** Returns whether the frame was the answer. */
  take(message: Message): boolean;
  /** Offers a frame to the handler's own login. Returns whether it took or keeps the frame. */
  offer(message: Message): boolean;
}

/** What a frame may ask of the connection that brought it. */
export interface ConnectionActions {
  /** Writes frames that the protocol itself wants. */
  reply(frames: Frames): void;
  /** A message found its place. */
  routed(): void;
  /** Our ping was answered. */
  pong(): void;
  /** @param delay - milliseconds that the server asks for, on top of the usual delay */
  reconnect(reason: string, delay?: number): void;
  /** @param message - the frame that asks for it; it may be the challenge itself */
  authenticate(message: Message): void;
}

/**
 * Finds the one place where a message belongs: a login, a request, a subscription, the connection itself, or, if nothing
 * takes it, the application's `message` event. Hooks that a handler does not override are not called.
 */
export class Router {
  readonly #context: Context;
  readonly #login: LoginReader;
  readonly #requests: Requests;
  readonly #subscriptions: Subscriptions;
  readonly #actions: ConnectionActions;

  constructor(
    context: Context,
    login: LoginReader,
    requests: Requests,
    subscriptions: Subscriptions,
    actions: ConnectionActions,
  ) {
    this.#context = context;
    this.#login = login;
    this.#requests = requests;
    this.#subscriptions = subscriptions;
    this.#actions = actions;
  }

  route(message: Message): void {
    let left: MessageKind | undefined;
    try {
      left = this.#take(message);
    } catch (cause) {
      this.#context.emit('error', wrapError(texts.HANDLER_FAILED_ON_FRAME, cause));
      return;
    }
    if (left === MessageKind.Unknown) this.#context.counters.unknown++;
    if (left) this.#context.emit('message', message, left);
    this.#actions.routed();
  }

  /** Returns the kind of a message that nothing took. */
  #take(message: Message): MessageKind | undefined {
    if (this.#context.overrides.login && this.#login.offer(message)) return undefined;
    const isLogin = this.#login.isOpen;
    // The answer to a login may say that the session is resumed. That has to be known before the first frame leaves.
    // A hook that fails on it must not lose the answer.
    const isHeeded =
      isLogin && attempt(this.#context, texts.HANDLER_FAILED_ON_FRAME, () => this.heed(message)) === true;
    if (isLogin && this.#login.isOpen && this.#login.take(message)) return undefined;
    const { handler } = this.#context;
    const kind = handler.classifyMessage(message);
    let isTaken = false;
    switch (kind) {
      case MessageKind.Update: {
        const name = handler.extractTopic(message);
        isTaken = name !== null && name !== undefined && this.#subscriptions.publish(name, message);
        break;
      }
      case MessageKind.Response:
        isTaken = this.#answer(message);
        break;
      case MessageKind.Control:
        isTaken = this.#answer(message) || this.#subscriptions.control(message);
        break;
    }
    // What the frame brings is handed out first: a signal in the same frame may end the connection.
    if (isHeeded || (!isLogin && this.heed(message)) || isTaken) return undefined;
    switch (kind) {
      case MessageKind.Update:
      case MessageKind.Response:
      case MessageKind.Control:
        return kind;
      default:
        return this.#keepUp(message) ? undefined : (kind ?? MessageKind.Unknown);
    }
  }

  /** Takes a frame with the id of a request, or of a subscribe frame. */
  #answer(message: Message): boolean {
    const id = this.#context.handler.extractRequestId(message);
    if (id === null || id === undefined) return false;
    if (this.#answerTo(id, message)) return true;
    // Some servers send a number back as text, or the other way round.
    const other = this.#requests.otherForm(id);
    return other !== undefined && this.#answerTo(other, message);
  }

  #answerTo(id: RequestId, message: Message): boolean {
    return this.#requests.answer(id, message) || this.#subscriptions.answer(id, message);
  }

  /** Carries out what a frame asks of the connection itself. Returns whether it asks something. */
  heed(message: Message): boolean {
    const { handler, overrides } = this.#context;
    if (overrides.shouldReconnect && handler.shouldReconnect(message)) {
      this.#actions.reconnect(texts.SERVER_ASKED);
      return true;
    }
    const signal = overrides.extractSignal && handler.extractSignal(message);
    if (!signal) return false;
    this.#obey(signal, message);
    return true;
  }

  #obey(signal: Signal, message: Message): void {
    this.#context.trace.effect('signal', { ...signal });
    switch (signal.type) {
      case 'reconnect':
        return this.#actions.reconnect(signal.reason ?? texts.SERVER_ASKED, signal.delay);
      case 'authenticate':
        return this.#actions.authenticate(message);
      case 'resync':
        return this.#subscriptions.resync(signal.topics);
      case 'completed':
        return this.#subscriptions.completed(signal.topics);
      case 'resumed':
        return this.#subscriptions.resumed(signal.topics);
      case 'revoked': {
        const { error, retryable } = signal;
        return this.#subscriptions.revoked(signal.topics, error?.message ?? texts.NO_REASON, error?.code, retryable);
      }
    }
  }

  /** Pings, pongs, answers that the protocol wants, and requests of the server. */
  #keepUp(message: Message): boolean {
    const { handler, overrides } = this.#context;
    if (overrides.isServerPing && handler.isServerPing(message)) {
      this.#actions.reply(handler.buildPong(message));
      return true;
    }
    if (overrides.isPongResponse && handler.isPongResponse(message)) {
      this.#actions.pong();
      return true;
    }
    const reply = overrides.replyTo ? handler.replyTo(message) : undefined;
    if (reply !== null && reply !== undefined) {
      this.#actions.reply(reply);
      return true;
    }
    const request = overrides.extractServerRequest && handler.extractServerRequest(message);
    if (!request) return false;
    this.#ask(request);
    return true;
  }

  #ask(request: ServerRequest): void {
    const { handler } = this.#context;
    let answered = false;
    const answer = (build: () => Frames) => {
      if (answered) return;
      const frames = build();
      answered = true;
      this.#actions.reply(frames);
    };
    const reject = (error: { message: string; code?: string | number; data?: unknown }) =>
      answer(() => handler.buildErrorResponse(request.id, error));
    const heard = this.#context.emit('request', {
      id: request.id,
      method: request.method,
      params: request.params,
      respond: (result) => answer(() => handler.buildResponse(request.id, result)),
      reject,
    });
    // -32601 is "method not found" in JSON-RPC. Without a listener the server must not be left waiting.
    if (!heard) reject({ code: -32601, message: texts.methodNotFound(request.method) });
  }
}
