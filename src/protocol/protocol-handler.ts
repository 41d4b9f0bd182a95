import type { RequestId, Topic } from '../identifiers.js';
import { isObject } from '../util/options.js';
import type {
  AuthFailure,
  CloseInfo,
  CloseVerdict,
  Frame,
  Frames,
  KeepAlive,
  Limits,
  Sequence,
  ServerError,
  ServerRequest,
  Signal,
  SubscriptionContext,
  SubscriptionOutcome,
} from './handler-types.js';
import type { Message } from './message.js';
import type { MessageKind } from './message-kind.js';

/** The traits of a protocol that are data: properties or getters of a handler, read anew for each connection. */
export interface ProtocolTraits {
  /** What the server allows. Default: no limits but 100 topics per frame. */
  readonly limits?: Limits;
  /** How the server wants to be kept awake. Default: as the config says. */
  readonly keepAlive?: KeepAlive;
  /** Whether the server confirms subscriptions. Default: yes where `isSubscriptionSuccess` is written, else no. */
  readonly confirmsSubscriptions?: boolean;
  /** Whether the server names subscriptions itself, so that updates may arrive under a name not known yet. Default: no. */
  readonly serverChoosesTopics?: boolean;
  /** Set where this handler is deprecated: what to use instead. The client then warns once. */
  readonly deprecation?: string;
}

export interface ProtocolHandler<Topics extends object, Methods extends object> extends ProtocolTraits {
  /** Carries the type parameters; never present at run time. */
  readonly '~types'?: { topics: Topics; methods: Methods };
}

/**
 * Teaches the client one protocol. Five methods must be written; the rest have defaults that suit plain JSON protocols.
 * A handler only reads and builds frames: it never touches the connection. One that throws costs the frame or the call
 * at hand, and is reported as a `ProtocolError`.
 *
 * `Topics` maps topic names to the type of their data, `Methods` maps method names to `{ params, result }`; both flow to
 * `subscribe()` and `request()`. Keys may be template literals.
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

  /** What this frame is about. Asked once per frame, so it should scan (`message.field`), not parse. */
  abstract classifyMessage(message: Message): MessageKind;

  /** The id that this frame answers; also read from outbound frames by `requestRaw`. */
  abstract extractRequestId(message: Message): RequestId | null | undefined;

  /**
   * The topic of an update, canonical or under the server's own name for it (an alias). Several names mean that each
   * subscription among them gets the update: `['trades.BTC', 'trades.*']`.
   */
  abstract extractTopic(message: Message): Topic | RequestId | readonly Topic[] | null | undefined;

  /** The frame, or frames, that subscribe these topics; at most `limits.topicsPerFrame` at a time. */
  abstract buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): Frames;

  /** The frame, or frames, that end these subscriptions. */
  abstract buildUnsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): Frames;

  // ——— The life of a connection ———

  /** Frames to send first on each new connection, before authentication. Default: none. */
  onConnect(): Frames | Promise<Frames> {
    return undefined;
  }

  /** The authentication frame, built afresh each time; nothing means that this protocol has none. Default: none. */
  buildAuthMessage(): Frames | Promise<Frames> {
    return undefined;
  }

  /** Whether this frame says that we are authenticated. Asked only while that is open. Default: never. */
  isAuthSuccess(_message: Message): boolean {
    return false;
  }

  /** Whether this frame refuses our authentication, and for good. Asked only while that is open. Default: never. */
  isAuthFailure(_message: Message): AuthFailure {
    return false;
  }

  /** Whether this frame asks us to leave this connection for a new one. Default: never. */
  shouldReconnect(_message: Message): boolean {
    return false;
  }

  /** What else this frame asks of the connection. Default: nothing. */
  extractSignal(_message: Message): Signal | undefined {
    return undefined;
  }

  /** What the end of a connection, or of an attempt, means. Default: HTTP 401 and 403 are about authentication. */
  classifyClose(close: CloseInfo): CloseVerdict {
    return close.status === 401 || close.status === 403 ? 'authentication' : 'retry';
  }

  // ——— Keep-alive ———

  /** An application-level ping. Default: none, so that only WebSocket pings can probe the link. */
  buildPing(): Frames {
    return undefined;
  }

  /** Whether this frame is the server's ping. Default: never. */
  isServerPing(_message: Message): boolean {
    return false;
  }

  /** The answer to a server's ping. Default: none. */
  buildPong(_message: Message): Frames {
    return undefined;
  }

  /** Whether this frame answers our ping; it is then taken, and measured as `stats().roundTrip`. Default: never. */
  isPongResponse(_message: Message): boolean {
    return false;
  }

  // ——— Requests ———

  /** A fresh id, in the type and alphabet that the protocol wants. Default: nothing, so that the runtime makes one. */
  generateRequestId(): RequestId | undefined {
    return undefined;
  }

  /** The payload with our id in it; called at the call. Default: sets the member `id`. */
  injectRequestId(payload: unknown, requestId: RequestId): unknown {
    return isObject(payload) ? { ...payload, id: requestId } : payload;
  }

  /** The last change to a request, just before it is written: a signature, a time stamp. Default: none. */
  prepareRequest(text: string, _requestId: RequestId): Frame | Promise<Frame> {
    return text;
  }

  /** The error that an answer, or an acknowledgement, carries. Default: none. */
  extractError(_message: Message): ServerError | null | undefined {
    return undefined;
  }

  /** What an answer resolves to. Default: the whole frame, parsed; its text where it is not JSON. */
  extractResult(message: Message): unknown {
    return message.json ?? message.text;
  }

  /** Tells the server that an aborted request is no longer wanted. Default: nothing is sent. */
  buildCancel(_requestId: RequestId): Frames {
    return undefined;
  }

  // ——— Subscriptions ———

  /**
   * What an acknowledgement says about the topics of one of our subscribe frames: all accepted (`true`), all refused
   * (`false`), an outcome topic by topic, or nothing (`undefined`: this frame is about another subscribe frame). A frame
   * that carries the id of a subscribe frame is asked about that one, any other control frame about all that are
   * unconfirmed, oldest first. Default: accepted, unless it carries an error; but a handler that leaves this unwritten
   * has no confirmations, and `subscribe()` does not wait, unless it sets `confirmsSubscriptions` to true.
   */
  isSubscriptionSuccess(message: Message, _topics: readonly Topic[]): boolean | SubscriptionOutcome | null | undefined {
    return !this.extractError(message);
  }

  /**
   * One string for what is one subscription to the server: `subscribe()` calls with the same canonical topic share it.
   * Default: the topic alone, whatever the params.
   */
  canonicalTopic(topic: Topic, _params: unknown): Topic {
    return topic;
  }

  /** The data of an update, asked for when somebody reads it. Default: the whole frame, parsed; its text where it is not JSON. */
  extractData(message: Message): unknown {
    return message.json ?? message.text;
  }

  /** Where an update stands in its topic's order. Default: nowhere, and nothing is compared. */
  extractSequence(_message: Message): Sequence | undefined {
    return undefined;
  }

  // ——— Frames ———

  /** The text of a binary frame, perhaps asynchronously; order is kept. Default: the bytes read as UTF-8. */
  decodeBinary(data: Uint8Array): string | Promise<string> {
    return new TextDecoder().decode(data);
  }

  /** The parts of a frame that carries several messages; each is then treated as a frame. Default: not split. */
  split(_message: Message): readonly Message[] | null | undefined {
    return undefined;
  }

  /** An answer that a frame wants by the protocol's own rules, not the application's. Default: none. */
  replyTo(_message: Message): Frames {
    return undefined;
  }

  /** The request that the server asks with this frame; it becomes the client's `request` event. Default: none. */
  extractServerRequest(_message: Message): ServerRequest | undefined {
    return undefined;
  }

  /** The answer to a request of the server. Default: none is sent. */
  buildResponse(_id: RequestId, _result: unknown): Frames {
    return undefined;
  }

  /** The refusal of a request of the server. Default: none is sent. */
  buildErrorResponse(_id: RequestId, _error: ServerError): Frames {
    return undefined;
  }

  /** A frame's text for the trace, its secrets masked. Default: masks common members that hold them. */
  redact(text: string): string {
    return text.replace(SECRET_MEMBER, '$1"***"');
  }
}

const SECRET_MEMBER =
  /("(?:[\w-]*(?:api_?key|secret|(?:secret|private|access|listen)[_-]?key|sign(?:ature)?|passphrase|password|token|jwt|authorization|credentials?))"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|[\d.]+)/gi;
