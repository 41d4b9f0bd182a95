import type { RequestId, Topic } from '../identifiers.js';
import { keepRaw } from '../util/keep-raw.js';
import { isObject } from '../util/options.js';
import { HANDLER_BASE } from './handler-base.js';
import type {
  AuthFailure,
  CloseInfo,
  ClosePlan,
  CloseVerdict,
  Frame,
  FrameInfo,
  Frames,
  LoginSession,
  Parts,
  Sequence,
  ServerError,
  ServerRequest,
  Signal,
  SubscriptionContext,
  SubscriptionFrames,
  SubscriptionOutcome,
} from './handler-types.js';
import { decodeText, type Message } from './message.js';
import type { MessageKind } from './message-kind.js';
import type { ProtocolTraits } from './protocol-traits.js';
import { readable } from './readable.js';
import { maskSecrets } from './secrets.js';

export interface ProtocolHandler<Topics extends object, Methods extends object> extends ProtocolTraits {
  /** For the types only; it does not exist at run time. */
  readonly '~types'?: { topics: Topics; methods: Methods };
}

/**
 * Teaches the client one protocol. Five methods must be written; the others are optional hooks. A handler reads
 * messages and builds frames; it never touches the connection. These rules hold for a hook that says nothing else:
 *
 * - The default of a yes-or-no question is false. The default of any other hook is undefined.
 * - Null means the same as undefined. If a hook returns frames, both and an empty list mean that nothing is sent.
 * - A throw is reported as an `error` event with a `ProtocolError`, and the message is dropped.
 *
 * `Topics` maps topic names to the type of their data. `Methods` maps method names to `{ params, result }`. Both give
 * types to `subscribe()` and `request()`. Keys may be template literals.
 *
 * @example
 * ```ts
 * class TickerHandler extends ProtocolHandler<{ [topic: `ticker.${string}`]: { last: number } }> {
 *   classifyMessage(message: Message) {
 *     return message.field('ch') === undefined ? MessageKind.Response : MessageKind.Update;
 *   }
 *   extractRequestId(message: Message) {
 *     return message.field('id');
 *   }
 *   extractTopic(message: Message) {
 *     return message.field('ch') as string | undefined;
 *   }
 *   buildSubscribe(topics: readonly string[], id: RequestId) {
 *     return JSON.stringify({ id, sub: topics });
 *   }
 *   buildUnsubscribe(topics: readonly string[], id: RequestId) {
 *     return JSON.stringify({ id, unsub: topics });
 *   }
 * }
 * new TickerHandler().classifyMessage(new Message('{"ch":"ticker.BTC"}')); // 'update'
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: traits are optional, so that a subclass may use a field or a getter
export abstract class ProtocolHandler<
  Topics extends object = Record<string, unknown>,
  Methods extends object = Record<string, unknown>,
> {
  // ——— What must be written ———

  /**
   * The kind of a message. Asked once for each message, except for the answer to an authentication frame. Read with
   * `message.field()`, which scans the text, instead of `message.json`, which parses it.
   */
  abstract classifyMessage(message: Message): MessageKind;

  /**
   * The id of the request, or of the subscribe frame, that a message answers. Asked for `Response` and `Control`; null
   * and undefined: it has no id. Also asked for the outbound frame of `requestRaw()`, where a throw counts as no id.
   */
  abstract extractRequestId(message: Message): RequestId | null | undefined;

  /**
   * The topic of an update, or the server's name for it (an alias). A list gives the update to each of these topics,
   * for example `['trades.BTC', 'trades.*']`. Asked for `Update`; null, undefined and an empty list: the update becomes a
   * `message` event.
   */
  abstract extractTopic(message: Message): Topic | RequestId | readonly Topic[] | null | undefined;

  /**
   * The frame, or frames, that subscribe these topics: at most `limits.topicsPerFrame`. Asked for new topics, and for
   * all topics after each connect. No frame: nothing is to be confirmed, and the topics count as subscribed. If each
   * frame has an id and an answer of its own, return an acknowledgement plan: a list of `{ frame, requestId, topics }`
   * with each topic in exactly one frame. A throw rejects `subscribe()` of these topics with a `SubscriptionFailedError`.
   */
  abstract buildSubscribe(
    topics: readonly Topic[],
    requestId: RequestId,
    context: SubscriptionContext,
  ): SubscriptionFrames;

  /**
   * The frame, or frames, that end these subscriptions. Asked when the last channel of a topic ends, and before a topic
   * is subscribed anew. It may be an acknowledgement plan, as in `buildSubscribe`. After a throw the client treats the
   * topics as ended.
   */
  abstract buildUnsubscribe(
    topics: readonly Topic[],
    requestId: RequestId,
    context: SubscriptionContext,
  ): SubscriptionFrames;

  // ——— The life of a connection ———

  /**
   * The first frames of a connection. Asked once when a socket has opened, before the authentication; it may take
   * `authTimeout` milliseconds. A throw fails the connection attempt, and the client tries again.
   */
  onConnect(): Frames | Promise<Frames> {
    return undefined;
  }

  /**
   * The authentication frame, or frames. Asked after `onConnect` if `authOnConnect` is set, and for each further
   * authentication. No frame: the protocol has no authentication. A throw counts as a refusal, see `isAuthFailure`; an
   * `AuthenticationFailedError` that is not `retryable` ends the client.
   */
  buildAuthMessage(): Frames | Promise<Frames> {
    return undefined;
  }

  /**
   * A login of several steps, such as an answer to a challenge of the server. A handler that writes it needs neither
   * `buildAuthMessage` nor the two questions about its answer. Asked when an authentication is due, within
   * `authTimeout`. It succeeds by returning. An `AuthenticationFailedError` that is not `retryable` ends the client; one
   * that is `retryable` is waited out and not counted; any other throw counts as a refusal, see `isAuthFailure`.
   *
   * Frames that `receive()` did not take are routed as usual: during a refresh at once, else when the login has ended.
   *
   * @example
   * ```ts
   * class ChallengeHandler extends GenericJsonHandler {
   *   override async login({ send, receive }: LoginSession) {
   *     const challenge = await receive((message) => message.field('type') === 'challenge');
   *     send(JSON.stringify({ op: 'auth', answer: challenge.field('nonce') }));
   *     const answer = await receive((message) => message.field('op') === 'auth');
   *     if (answer.field('success') !== 'yes') throw new AuthenticationFailedError('wrong answer');
   *   }
   * }
   * new ChallengeHandler().login.length; // 1
   * ```
   */
  async login(_session: LoginSession): Promise<void> {}

  /**
   * Whether a message accepts the authentication. Asked for each message while an authentication is unanswered. A throw
   * counts as a refusal, see `isAuthFailure`: what cannot be read is no success.
   */
  isAuthSuccess(_message: Message): boolean {
    return false;
  }

  /**
   * Whether a message refuses the authentication. Asked after `isAuthSuccess` returned false. `true`: the client
   * tries again, up to `authMaxAttempts` refusals in a row. `'retry'`: it tries again later, and this refusal does not
   * count. `'final'`: the client ends.
   */
  isAuthFailure(_message: Message): AuthFailure {
    return false;
  }

  /**
   * Whether a message asks the client to reconnect. Asked for each message, of every kind. An answer or an update is
   * delivered first; while an authentication is unanswered, it is asked before `isAuthSuccess`.
   */
  shouldReconnect(_message: Message): boolean {
    return false;
  }

  /**
   * What a message asks of the connection or of its subscriptions. Asked if `shouldReconnect` returned false, for the
   * same messages. Undefined: the message is no signal.
   */
  extractSignal(_message: Message): Signal | undefined {
    return undefined;
  }

  /**
   * The last frames of a connection, such as a log-out. Asked before each closing handshake that the client starts, also
   * before a planned reconnect, but not when the connection is lost or reset. After a throw nothing is sent.
   */
  farewell(): Frames {
    return undefined;
  }

  /**
   * What to do after a socket ended or an attempt failed. Not asked when the client itself leaves a connection. A throw
   * counts as `'retry'`. `{ verdict, delay }` also names the time before the next attempt. Default: HTTP 401 is
   * `'authentication'`, HTTP 403 too where credentials are concerned, all else is `'retry'`.
   */
  classifyClose(close: CloseInfo): CloseVerdict | ClosePlan {
    const isRefusal = close.status === 401 || (close.status === 403 && (close.hasCredentials ?? true));
    return isRefusal ? 'authentication' : 'retry';
  }

  // ——— Keep-alive ———

  /**
   * A ping of the protocol. Asked for each ping where WebSocket pings are not available or not wanted, and always if
   * `keepAlive` is set. No frame: with `keepAlive` a WebSocket ping where the platform has it, else none. After a throw no
   * ping is sent.
   */
  buildPing(): Frames {
    return undefined;
  }

  /** Whether a message is a ping of the server. Asked for `System` and `Unknown` that are no signal. */
  isServerPing(_message: Message): boolean {
    return false;
  }

  /** The answer to a ping of the server. Asked after `isServerPing` returned true. */
  buildPong(_message: Message): Frames {
    return undefined;
  }

  /**
   * Whether a message answers a ping of the client. Asked for `System` and `Unknown` that are no ping. The client then
   * measures `stats().roundTrip`.
   */
  isPongResponse(_message: Message): boolean {
    return false;
  }

  // ——— Requests ———

  /**
   * A new request id in the form that the protocol wants. Asked for each request, subscribe frame and unsubscribe
   * frame. Undefined: the client makes one. A throw rejects the call, which is not sent.
   */
  generateRequestId(): RequestId | undefined {
    return undefined;
  }

  /**
   * The payload with the request id. Asked inside `request()`; a throw rejects the call, which is not sent. Default:
   * sets the member `id` of an object.
   */
  injectRequestId(payload: unknown, requestId: RequestId): unknown {
    return isObject(payload) ? { ...payload, id: requestId } : payload;
  }

  /**
   * The final frame of a request, for a signature or a time stamp. Asked by `prepareFrame`, for requests alone. A throw
   * rejects the call, which is not sent. Default: the text as it is.
   */
  prepareRequest(text: string, _requestId: RequestId): Frame | Promise<Frame> {
    return text;
  }

  /**
   * The final form of a frame, for a signature or a token. Asked just before the write of each `request()`,
   * `send()`, `sendJson()`, subscribe, unsubscribe and cancel frame; not for other frames, such as those of `requestRaw()`.
   * A promise holds back what comes behind: a call waits for the calls before it, a subscription frame for the
   * subscription frames before it; the two do not wait for each other. A call may be prepared until its own timeout, any
   * other frame for `requestTimeout`. A throw rejects the call or the `subscribe()`; the frame is not sent. Default: asks `prepareRequest` for a request, and returns any other frame as it is.
   */
  prepareFrame(frame: Frame, { kind, requestId }: FrameInfo): Frame | Promise<Frame> {
    if (kind !== 'request' || requestId === undefined) return frame;
    return this.prepareRequest(typeof frame === 'string' ? frame : decodeText(frame), requestId);
  }

  /**
   * The error in the answer to a request, in an acknowledgement or in the answer to an authentication. Null and
   * undefined: there is no error. A throw rejects the request with `delivery: 'unknown'`; a refusal stays a refusal.
   */
  extractError(_message: Message): ServerError | null | undefined {
    return undefined;
  }

  /**
   * The value to which a request resolves. Asked for each answer without an error. A throw rejects the request with
   * `delivery: 'unknown'`. Default: the parsed message; it throws if the message cannot be parsed.
   */
  extractResult(message: Message): unknown {
    return readable(message);
  }

  /** The frame that cancels a request at the server. Asked when a written request is aborted. */
  buildCancel(_requestId: RequestId): Frames {
    return undefined;
  }

  // ——— Subscriptions ———

  /**
   * What a message says about the unconfirmed topics of one subscribe frame: all accepted (`true`), all refused
   * (`false`), or an outcome for each topic. Null and undefined: it is about another frame. A message with the id of a
   * subscribe frame is asked about that frame. Any other `Control` message is asked about each unconfirmed frame, the
   * oldest first. Default: accepted, unless `extractError` finds an error; it throws if the message cannot be parsed.
   * See also `confirmsSubscriptions`.
   */
  isSubscriptionSuccess(message: Message, _topics: readonly Topic[]): boolean | SubscriptionOutcome | null | undefined {
    readable(message);
    return !this.extractError(message);
  }

  /**
   * The topics that a confirmation without a request id names. Only for speed: then `isSubscriptionSuccess` is asked about
   * the frames of these topics alone, and with these topics alone. Not asked if a subclass overrides `isSubscriptionSuccess`
   * and not this hook. Undefined: each unconfirmed frame is asked about. An empty list: it is about no frame.
   */
  acknowledgedTopics(_message: Message): readonly Topic[] | undefined {
    return undefined;
  }

  /**
   * The name of a subscription: all channels with the same canonical topic share one. Asked inside `subscribe()` and
   * `unsubscribe()`. A throw rejects `subscribe()` with a `SubscriptionFailedError`. Default: the topic without its
   * params.
   */
  canonicalTopic(topic: Topic, _params: unknown): Topic {
    return topic;
  }

  /**
   * What topics must have in common to share a frame, such as the channel of `channel.symbol`. Asked inside
   * `subscribe()`. Undefined: the topic may share a frame with any other that has no key. A throw rejects `subscribe()`
   * with a `SubscriptionFailedError`.
   */
  groupKey(_topic: Topic, _params: unknown): string | undefined {
    return undefined;
  }

  /**
   * The data of an update. Asked when the application first reads it. A throw costs the reader this update. Default:
   * the parsed message; it throws if the message cannot be parsed.
   */
  extractData(message: Message): unknown {
    return readable(message);
  }

  /**
   * The position of an update in the sequence of its topic. Asked for each update before it reaches a channel.
   * Undefined: it has none, and no gap is looked for.
   */
  extractSequence(_message: Message): Sequence | undefined {
    return undefined;
  }

  // ——— Frames ———

  /**
   * The text of a binary frame. Asked for each binary frame before anything else; a promise keeps the order of frames.
   * Default: the bytes read as UTF-8.
   */
  decodeBinary(data: Uint8Array): string | Promise<string> {
    return decodeText(data);
  }

  /**
   * The value of a text, for `message.json`. A throw means that the text cannot be read. A parser of your own can keep
   * integers beyond 2^53 exact. Default: `JSON.parse`.
   */
  parse(text: string): unknown {
    return JSON.parse(text);
  }

  /**
   * The text of a payload of `request()` and `sendJson()`. A throw rejects the call, which is not sent. Default:
   * `JSON.stringify`.
   */
  stringify(value: unknown): string {
    return JSON.stringify(value);
  }

  /**
   * The messages in a frame that carries several; see `Message.parts()`. Asked for each frame after `decodeBinary`; a
   * promise keeps the order of frames. Null and undefined: the frame is one message. An empty list takes the frame: it
   * says nothing yet, for example because the message goes on in the next frame. After a throw it is one message.
   */
  split(_message: Message): Parts | Promise<Parts> {
    return undefined;
  }

  /**
   * A frame that the protocol requires as an answer. Asked for `System` and `Unknown` that are neither signal, ping nor
   * pong. Null and undefined: none is required. An empty list takes the message and sends nothing.
   */
  replyTo(_message: Message): Frames {
    return undefined;
  }

  /**
   * The request of the server in a message, for the client's `request` event. Asked after `replyTo`, for the same
   * messages. Undefined: it is none, and the message becomes a `message` event.
   */
  extractServerRequest(_message: Message): ServerRequest | undefined {
    return undefined;
  }

  /** The answer to a request of the server. Asked inside `respond()`, which passes a throw on. */
  buildResponse(_id: RequestId, _result: unknown): Frames {
    return undefined;
  }

  /** The refusal of a request of the server. Asked inside `reject()`, which passes a throw on. */
  buildErrorResponse(_id: RequestId, _error: ServerError): Frames {
    return undefined;
  }

  /**
   * The text of a frame for the trace, without secrets. Asked only while the client is traced. After a throw the trace
   * shows the length of the text. Default: masks JSON members with names such as `apiKey` or `signature`.
   */
  redact(text: string): string {
    return maskSecrets(text);
  }
}

// Defined here and not as a member: it is no part of the public type.
Object.defineProperty(ProtocolHandler.prototype, HANDLER_BASE, { value: ProtocolHandler.prototype });
keepRaw(ProtocolHandler.prototype);
