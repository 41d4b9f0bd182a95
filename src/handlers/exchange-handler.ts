import { ConfigError, ProtocolError } from '../errors.js';
import type { Topic } from '../identifiers.js';
import type { Frame, Frames } from '../protocol/handler-types.js';
import { Message } from '../protocol/message.js';
import { MessageKind } from '../protocol/message-kind.js';
import { ProtocolHandler } from '../protocol/protocol-handler.js';
import * as texts from '../texts.js';

/**
 * The older, smaller interface from before `ProtocolHandler`. It routes updates by topic and has neither requests nor
 * confirmations.
 *
 * @deprecated Extend `ProtocolHandler`, or use `GenericJsonHandler`; docs/migrating-from-exchange-handler.md shows how.
 */
export interface ExchangeHandler {
  /** The topic of an update; null or undefined for any other message. */
  getTopic(text: string): Topic | null | undefined;
  /** The frame that subscribes a topic. */
  buildSubscribe(topic: Topic): Frame;
  /** The frame that ends a subscription. */
  buildUnsubscribe(topic: Topic): Frame;
  /**
   * The frames to send first on each new connection, such as a login.
   * @default no frames
   */
  onConnect?(): Frames | Promise<Frames>;
  /**
   * The text of a binary message; null or undefined if it has none.
   * @default the bytes read as UTF-8
   */
  decodeBinary?(data: Uint8Array): string | null | undefined | Promise<string | null | undefined>;
  /**
   * Called for every message, in order, before it is routed. `[topic, text]` routes this text to this topic. A text
   * replaces the text of the message. `null` keeps the message from every channel. `undefined` changes nothing.
   * @default undefined: no message is changed
   */
  processMessage?(text: string): readonly [topic: Topic, text: string] | string | null | undefined;
}

/**
 * Makes a `ProtocolHandler` from an `ExchangeHandler`. `subscribe()` resolves when its frame was written, because there
 * are no confirmations. `request()` rejects, because answers cannot be matched to requests. A message without a topic
 * becomes a `message` event. The client emits one `warning` that this interface is deprecated.
 *
 * @throws ConfigError if `getTopic`, `buildSubscribe` or `buildUnsubscribe` is missing
 * @example
 * ```ts
 * const handler = fromExchangeHandler({
 *   getTopic: (text) => JSON.parse(text).channel,
 *   buildSubscribe: (topic) => JSON.stringify({ sub: topic }),
 *   buildUnsubscribe: (topic) => JSON.stringify({ unsub: topic }),
 * });
 * handler.extractTopic(new Message('{"channel":"trades.BTC"}')); // 'trades.BTC'
 * ```
 */
export function fromExchangeHandler<Topics extends object = Record<string, unknown>>(
  handler: ExchangeHandler,
): ProtocolHandler<Topics, Record<string, unknown>> & { readonly deprecation: string } {
  for (const name of ['getTopic', 'buildSubscribe', 'buildUnsubscribe'] as const) {
    if (typeof handler?.[name] !== 'function')
      throw new ConfigError(`handler.${name}`, handler?.[name], texts.A_FUNCTION);
  }
  const adapted = new AdaptedExchangeHandler<Topics>(handler);
  // The client skips a hook that a handler does not override. Keep that for the optional methods.
  if (handler.onConnect) adapted.onConnect = () => handler.onConnect?.();
  if (handler.decodeBinary) adapted.decodeBinary = (data) => textOf(handler.decodeBinary?.(data));
  if (handler.processMessage) adapted.split = (message) => adapted.process(message);
  return adapted;
}

class AdaptedExchangeHandler<Topics extends object> extends ProtocolHandler<Topics, Record<string, unknown>> {
  /** The client reads this text and warns once. */
  override readonly deprecation =
    'ExchangeHandler is deprecated. Extend ProtocolHandler or use GenericJsonHandler; see docs/migrating-from-exchange-handler.md.';
  readonly #handler: ExchangeHandler;
  /** The topic of each message that `processMessage` changed; null for none. */
  readonly #processed = new WeakMap<Message, Topic | null>();
  #lastMessage: Message | undefined;
  #lastTopic: Topic | undefined;

  constructor(handler: ExchangeHandler) {
    super();
    this.#handler = handler;
  }

  classifyMessage(message: Message): MessageKind {
    return this.extractTopic(message) === undefined ? MessageKind.Unknown : MessageKind.Update;
  }

  extractRequestId(_message: Message): undefined {
    return undefined;
  }

  extractTopic(message: Message): Topic | undefined {
    // Called twice for each message, to classify and to route it, and `getTopic` may parse the text each time.
    if (this.#lastMessage !== message) {
      const processed = this.#processed.get(message);
      this.#lastTopic = (processed === undefined ? this.#handler.getTopic(message.text) : processed) || undefined;
      this.#lastMessage = message;
    }
    return this.#lastTopic;
  }

  buildSubscribe(topics: readonly Topic[]): Frames {
    return topics.map((topic) => this.#handler.buildSubscribe(topic));
  }

  buildUnsubscribe(topics: readonly Topic[]): Frames {
    return topics.map((topic) => this.#handler.buildUnsubscribe(topic));
  }

  override injectRequestId(_payload: unknown): never {
    throw new ProtocolError(texts.EXCHANGE_HANDLER_REQUEST, { delivery: 'unsent' });
  }

  /** The old interface knows texts that are no JSON. */
  override extractData(message: Message): unknown {
    return message.json ?? message.text;
  }

  /** The message as `processMessage` changed it; `undefined` if it did not. */
  process(message: Message): readonly Message[] | undefined {
    const result = this.#handler.processMessage?.(message.text);
    if (result === undefined) return undefined;
    if (typeof result === 'string') return [new Message(message.raw, result)];
    const [topic, text] = result ?? [null, message.text];
    const part = new Message(message.raw, text);
    this.#processed.set(part, topic);
    return [part];
  }
}

function textOf(decoded: ReturnType<NonNullable<ExchangeHandler['decodeBinary']>>): string | Promise<string> {
  if (typeof decoded === 'object' && decoded !== null) return decoded.then((text) => text ?? '');
  return decoded ?? '';
}
