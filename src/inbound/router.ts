import type { Authenticator } from '../connection/login.js';
import type { Context } from '../context.js';
import type { Frames, ServerRequest, Signal } from '../protocol/handler-types.js';
import type { Message } from '../protocol/message.js';
import { MessageKind } from '../protocol/message-kind.js';
import type { Calls } from '../requests/requests.js';
import type { Subscriptions } from '../subscriptions/subscriptions.js';
import { wrapError } from '../util/wrap-error.js';

/** What a frame may ask of the connection. */
export interface RouterEvents {
  /** Sends a frame that the protocol itself wants. */
  reply(frames: Frames): void;
  pong(): void;
  reconnect(reason: string): void;
  authenticate(): void;
}

/**
 * Finds the one place where a message belongs: an authentication exchange, a request, a subscription, the connection
 * itself, or, when nothing took it, the application's `message` event. Methods that a handler does not write are not called.
 */
export class Router {
  readonly #context: Context;
  readonly #authenticator: Authenticator;
  readonly #calls: Calls;
  readonly #subscriptions: Subscriptions;
  readonly #events: RouterEvents;

  constructor(
    context: Context,
    authenticator: Authenticator,
    calls: Calls,
    subscriptions: Subscriptions,
    events: RouterEvents,
  ) {
    this.#context = context;
    this.#authenticator = authenticator;
    this.#calls = calls;
    this.#subscriptions = subscriptions;
    this.#events = events;
  }

  route(message: Message): void {
    let taken: boolean;
    try {
      taken = this.#take(message);
    } catch (cause) {
      this.#context.emit('error', wrapError('The handler failed on a frame', cause));
      return;
    }
    if (!taken) this.#context.emit('message', message);
  }

  #take(message: Message): boolean {
    if (this.#authenticator.isOpen && this.#authenticator.take(message)) return true;
    const { handler } = this.#context;
    switch (handler.classifyMessage(message)) {
      case MessageKind.Update: {
        const name = handler.extractTopic(message);
        return (
          (name !== null && name !== undefined && this.#subscriptions.publish(name, message)) || this.#heed(message)
        );
      }
      // What was asked for is handed out first: a signal in the same frame may end the connection.
      case MessageKind.Response: {
        const taken = this.#answer(message);
        return this.#heed(message) || taken;
      }
      case MessageKind.Control: {
        const taken = this.#answer(message) || this.#subscriptions.control(message);
        return this.#heed(message) || taken;
      }
      default:
        return this.#heed(message) || this.#serve(message);
    }
  }

  /** A frame with the id of a request, or of a subscribe frame. */
  #answer(message: Message): boolean {
    const id = this.#context.handler.extractRequestId(message);
    if (id === null || id === undefined) return false;
    return this.#calls.answer(id, message) || this.#subscriptions.answer(id, message);
  }

  /** What the frame asks of the connection itself. */
  #heed(message: Message): boolean {
    const { handler, overrides } = this.#context;
    if (overrides.shouldReconnect && handler.shouldReconnect(message)) {
      this.#events.reconnect('the server asked for it');
      return true;
    }
    const signal = overrides.extractSignal ? handler.extractSignal(message) : undefined;
    if (signal) this.#obey(signal);
    return signal !== undefined;
  }

  #obey(signal: Signal): void {
    this.#context.trace.effect('signal', { ...signal });
    switch (signal.type) {
      case 'reconnect':
        return this.#events.reconnect(signal.reason ?? 'the server asked for it');
      case 'authenticate':
        return this.#events.authenticate();
      case 'resync':
        return this.#subscriptions.resync(signal.topics);
      case 'revoked': {
        const { error, retryable = false } = signal;
        return this.#subscriptions.revoked(
          signal.topics,
          error?.message ?? 'it gave no reason',
          error?.code,
          retryable,
        );
      }
    }
  }

  /** Pings, pongs, answers by rule, and requests of the server. */
  #serve(message: Message): boolean {
    const { handler, overrides } = this.#context;
    if (overrides.isServerPing && handler.isServerPing(message)) {
      this.#events.reply(handler.buildPong(message));
      return true;
    }
    if (overrides.isPongResponse && handler.isPongResponse(message)) {
      this.#events.pong();
      return true;
    }
    const reply = overrides.replyTo ? handler.replyTo(message) : undefined;
    if (reply !== null && reply !== undefined) {
      this.#events.reply(reply);
      return true;
    }
    const request = overrides.extractServerRequest ? handler.extractServerRequest(message) : undefined;
    if (request) this.#ask(request);
    return request !== undefined;
  }

  #ask(request: ServerRequest): void {
    const { handler } = this.#context;
    let answered = false;
    const answer = (build: () => Frames) => {
      if (answered) return;
      const frames = build();
      answered = true;
      this.#events.reply(frames);
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
    // -32601 is JSON-RPC's "method not found"; a peer that nobody serves should not be left waiting.
    if (!heard) reject({ code: -32601, message: `Method not found: ${request.method}` });
  }
}
