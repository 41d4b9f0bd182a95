import { JsonRpcHandler } from '../../../src/handlers/json-rpc.js';
import type { AuthFailure, Sequence, Signal } from '../../../src/protocol/handler-types.js';
import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';

const AUTH_ID = 'auth';
const call = (id: number | string, method: string, params: object) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

/** Deribit: JSON-RPC that lists the channels it accepted, and wants its heartbeat answered with a request. */
export class DeribitHandler extends JsonRpcHandler {
  readonly #login: { client_id: string; client_secret: string } | undefined;
  #refreshToken: string | undefined;

  constructor(login?: { client_id: string; client_secret: string }) {
    super({
      subscribeMethod: login ? 'private/subscribe' : 'public/subscribe',
      unsubscribeMethod: login ? 'private/unsubscribe' : 'public/unsubscribe',
      notificationMethod: 'subscription',
      topicsPerFrame: 500,
      subscribeParams: (subscriptions) => ({ channels: subscriptions.map(({ topic }) => topic) }),
      numericIds: true,
    });
    this.#login = login;
  }

  override onConnect(): string {
    this.#refreshToken = undefined;
    return call('heartbeat', 'public/set_heartbeat', { interval: 30 });
  }

  override classifyMessage(message: Message): MessageKind {
    const isHeartbeat = message.field('method') === 'heartbeat' || this.isPongResponse(message);
    return isHeartbeat ? MessageKind.System : super.classifyMessage(message);
  }

  /** Answers to the two heartbeat calls are not for the application. */
  override isPongResponse(message: Message): boolean {
    return message.field('id') === 'heartbeat' || message.field('id') === 'test';
  }

  override replyTo(message: Message): string | undefined {
    return message.text.includes('"test_request"') ? call('test', 'public/test', {}) : undefined;
  }

  override extractSequence(message: Message): Sequence | undefined {
    if (!String(this.extractTopic(message)).startsWith('book.')) return undefined;
    const { change_id: current = 0, prev_change_id: previous } = this.extractData(message) as Record<string, number>;
    return previous === undefined ? { current, snapshot: true } : { current, previous };
  }

  override extractSignal(message: Message): Signal | undefined {
    return this.extractError(message)?.code === 13009 ? { type: 'authenticate' } : undefined;
  }

  override buildAuthMessage(): string | undefined {
    if (this.#refreshToken) {
      return call(AUTH_ID, 'public/auth', { grant_type: 'refresh_token', refresh_token: this.#refreshToken });
    }
    return this.#login && call(AUTH_ID, 'public/auth', { grant_type: 'client_credentials', ...this.#login });
  }

  override isAuthSuccess(message: Message): boolean {
    if (message.field('id') !== AUTH_ID || this.extractError(message)) return false;
    this.#refreshToken = (this.extractResult(message) as { refresh_token: string }).refresh_token;
    return true;
  }

  override isAuthFailure(message: Message): AuthFailure {
    return message.field('id') === AUTH_ID && this.extractError(message)?.code === 13004 ? 'final' : false;
  }
}
