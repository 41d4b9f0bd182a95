import { ConfigError } from '../../errors.js';
import type { RequestId, Topic } from '../../identifiers.js';
import type {
  AuthFailure,
  Frames,
  Limits,
  Sequence,
  ServerError,
  Signal,
  SubscriptionOutcome,
} from '../../protocol/handler-types.js';
import type { Message } from '../../protocol/message.js';
import { MessageKind } from '../../protocol/message-kind.js';
import { isObject } from '../../util/options.js';
import { isWord, membersOf } from '../common/values.js';
import { isNotification } from '../json-rpc/call.js';
import { JsonRpcHandler } from '../json-rpc.js';
import { acceptedOnly } from '../kit/outcomes.js';
import { linkedSequence } from '../kit/sequences.js';
import { DeribitLogin } from './deribit-login.js';
import type { DeribitMethods } from './deribit-methods.js';
import { type DeribitHandlerOptions, readDeribitOptions } from './deribit-options.js';
import type { DeribitTopics } from './deribit-topics.js';
import { isTemporary, leavesOutcomeOpen, UNAUTHORIZED } from './error-codes.js';
import * as texts from './texts.js';

/** The ids of the handler's own calls. Ids of requests count up from 1 and do not get so far; they fit into 32 bits. */
const SET_HEARTBEAT = 2_000_000_000;
const TEST = 2_000_000_001;
const PING = 2_000_000_002;
const LOGIN = 2_000_000_003;
const OWN_IDS: ReadonlySet<RequestId | undefined> = new Set([SET_HEARTBEAT, TEST, PING, LOGIN]);

const PRIVATE = /^(?:user\.|block_rfq\.(?:maker|taker)|block_trade_confirmations)/;
const realm = (topic: Topic) => (PRIVATE.test(topic) ? 'private' : 'public');

/**
 * Speaks with Deribit (JSON-RPC over WebSocket, API v2): public and private topics, calls and orders on one connection.
 *
 * - A topic is the channel of the venue: `book.BTC-PERPETUAL.100ms`. Topics beginning with `user.` need an API key.
 * - With `apiKey` and `secret` each connection logs in with a signature. Before the token ends it is refreshed, without a
 *   reconnect. A wrong key ends the client.
 * - The venue confirms only the channels that it knows. The others are refused.
 * - Its heartbeats are asked for, and answered.
 * - Books carry `change_id` and `prev_change_id`: a hole becomes a `gap`.
 *
 * One handler with an API key serves one client, because it holds the tokens of the session.
 *
 * @throws ConfigError for an unknown option, a wrong value, or half a set of credentials; it shows no secret
 *
 * @example
 * ```ts
 * const handler = new DeribitHandler();
 * const book = new Message(
 *   '{"jsonrpc":"2.0","method":"subscription","params":{"channel":"book.BTC-PERPETUAL.100ms","data":{"type":"change",' +
 *     '"change_id":193809650259,"prev_change_id":193809616666}}}',
 * );
 * handler.extractTopic(book); // 'book.BTC-PERPETUAL.100ms'
 * handler.extractSequence(book); // { current: 193809650259, previous: 193809616666 }
 * ```
 */
export class DeribitHandler extends JsonRpcHandler<DeribitTopics, DeribitMethods> {
  /**
   * The venue takes 500 channels in a frame, and 3 000 credits for the frame, from a pool of 30 000 that fills again in 3
   * seconds.
   */
  override readonly limits: Limits = { topicsPerFrame: 500, subscriptionFrames: { count: 10, window: 3_000 } };
  override readonly serverChoosesTopics = false;
  readonly #heartbeatSeconds: number;
  readonly #login: DeribitLogin | undefined;

  constructor(options: DeribitHandlerOptions = {}) {
    const read = readDeribitOptions(options);
    const { apiKey, secret, heartbeatInterval = 0, parse, stringify } = read;
    super({
      subscribeMethod: (topic) => `${realm(topic)}/subscribe`,
      unsubscribeMethod: (topic) => `${realm(topic)}/unsubscribe`,
      notificationMethod: 'subscription',
      subscribeParams: (subscriptions) => ({ channels: subscriptions.map(({ topic }) => topic) }),
      topicsPerFrame: 500,
      numericIds: true,
      ...(parse && { parse }),
      ...(stringify && { stringify }),
    });
    this.#heartbeatSeconds = heartbeatInterval / 1_000;
    if (apiKey !== undefined && secret !== undefined) this.#login = new DeribitLogin(apiKey, secret, read);
  }

  // ——— Connection ———

  /** The venue sends heartbeats to those who ask for them. Tokens of the connection before are of no use. */
  override onConnect(): string {
    this.#login?.forget();
    return this.#call(SET_HEARTBEAT, 'public/set_heartbeat', { interval: this.#heartbeatSeconds });
  }

  override buildAuthMessage(): Frames | Promise<Frames> {
    return this.#login?.params().then((params) => this.#call(LOGIN, 'public/auth', params));
  }

  override isAuthSuccess(message: Message): boolean {
    if (!this.#login || !isAnswer(message, LOGIN) || super.extractError(message)) return false;
    this.#login.accept(message);
    return true;
  }

  override isAuthFailure(message: Message): AuthFailure {
    const error = this.#login && isAnswer(message, LOGIN) ? super.extractError(message) : undefined;
    return error ? (this.#login?.refused(error) ?? false) : false;
  }

  /** Log in again: the token will end soon, or it has ended. Any message tells the time; heartbeats come at the latest. */
  override extractSignal(message: Message): Signal | undefined {
    if (!this.#login) return undefined;
    const isEnded = message.field('method') === undefined && message.path('error.code') === UNAUTHORIZED;
    if (isEnded) this.#login.forget();
    return isEnded || this.#login.isDue ? { type: 'authenticate' } : undefined;
  }

  override isServerPing(message: Message): boolean {
    return message.field('method') === 'heartbeat' && message.path('params.type') === 'test_request';
  }

  override buildPong(): string {
    return this.#call(TEST, 'public/test', {});
  }

  override buildPing(): string {
    return this.#call(PING, 'public/test', {});
  }

  override isPongResponse(message: Message): boolean {
    return isAnswer(message, PING);
  }

  /** Heartbeats, and answers to the handler's own calls, are not for the application. An error among them is. */
  override replyTo(message: Message): Frames {
    const isTaken = message.field('method') === 'heartbeat' || message.path('error.code') === undefined;
    return isTaken && this.classifyMessage(message) === MessageKind.System ? [] : undefined;
  }

  override redact(text: string): string {
    const masked = super.redact(text);
    return this.#login?.mask(masked) ?? masked;
  }

  // ——— Messages ———

  override classifyMessage(message: Message): MessageKind {
    const method = message.field('method');
    if (method === 'heartbeat') return MessageKind.System;
    if (method === undefined && OWN_IDS.has(message.field('id'))) return MessageKind.System;
    const kind = super.classifyMessage(message);
    // An error that names no frame: a notice.
    return kind === MessageKind.Unknown && message.path('error.code') !== undefined ? MessageKind.System : kind;
  }

  /** The `change_id` of books. A grouped book (`book.X.none.10.100ms`) is whole each time and names no change before. */
  override extractSequence(message: Message): Sequence | undefined {
    if (!String(this.extractTopic(message)).startsWith('book.')) return undefined;
    const type = message.path('params.data.type');
    const previous = message.path('params.data.prev_change_id');
    const snapshot = type === 'snapshot' || (type === undefined && previous === undefined);
    return linkedSequence(message.path('params.data.change_id'), previous, { snapshot });
  }

  override extractError(message: Message): ServerError | undefined {
    const error = super.extractError(message);
    return error && leavesOutcomeOpen(error.code) ? { ...error, outcome: 'unknown' } : error;
  }

  override injectRequestId(payload: unknown, requestId: RequestId): object {
    return super.injectRequestId(Array.isArray(payload) ? payload.map(withParams) : withParams(payload), requestId);
  }

  // ——— Subscriptions ———

  override canonicalTopic(topic: Topic): Topic {
    return topic;
  }

  /**
   * Public and private topics are subscribed by different methods.
   * @throws ConfigError for a private topic without an API key
   */
  override groupKey(topic: Topic, params: unknown): string | undefined {
    if (!this.#login && realm(topic) === 'private') throw new ConfigError('apiKey', undefined, texts.PRIVATE_TOPIC);
    return super.groupKey(topic, params);
  }

  /** The result lists the channels that the venue accepted; it says nothing about the others. */
  override isSubscriptionSuccess(message: Message, topics: readonly Topic[]): boolean | SubscriptionOutcome {
    const error = this.extractError(message);
    if (error) {
      const isPassing = isTemporary(error.code) || (error.code === UNAUTHORIZED && this.#login !== undefined);
      return isPassing ? { refused: topics, retryable: true } : false;
    }
    const outcome = acceptedOnly(topics, membersOf(message).result);
    const refused = outcome.refused ?? [];
    return {
      ...outcome,
      errors: Object.fromEntries(refused.map((topic) => [topic, { message: texts.notAccepted(topic) }])),
    };
  }

  #call(id: number, method: string, params: object): string {
    return this.stringify({ jsonrpc: '2.0', id, method, params });
  }
}

function isAnswer(message: Message, id: number): boolean {
  return message.field('id') === id && message.field('method') === undefined;
}

/** The venue wants an object. */
function withParams(call: unknown): unknown {
  const isBare = isObject(call) && call.params === undefined && isWord(call.method) && !isNotification(call);
  return isBare ? { ...call, params: {} } : call;
}
