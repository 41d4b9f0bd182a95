import { ConfigError, ProtocolError } from '../errors.js';
import type { Topic } from '../identifiers.js';
import type { Frame, Frames } from '../protocol/handler-types.js';
import { Message } from '../protocol/message.js';
import { MessageKind } from '../protocol/message-kind.js';
import { ProtocolHandler } from '../protocol/protocol-handler.js';

/**
 * The interface that came before `ProtocolHandler`: it routes updates by topic, and knows neither requests nor
 * confirmations.
 *
 * @deprecated Extend `ProtocolHandler`, or use `GenericJsonHandler`; docs/migrating-from-exchange-handler.md shows how.
 */
export interface ExchangeHandler {
  /** The topic of an update; nothing for any other message. */
  getTopic(text: string): Topic | null | undefined;
  buildSubscribe(topic: Topic): Frame;
  buildUnsubscribe(topic: Topic): Frame;
  /** Frames to send first on each new connection, such as a login. Default: none. */
  onConnect?(): Frames | Promise<Frames>;
  /** The text of a binary message; nothing means that it carries none. Default: the bytes read as UTF-8. */
  decodeBinary?(data: Uint8Array): string | null | undefined | Promise<string | null | undefined>;
  /**
   * Sees every message, in order, before it is routed, and may change what happens to it: `[topic, text]` routes that
   * text to that topic, a text takes the place of the message, `null` keeps it from every channel, and nothing
   * (`undefined`) leaves it as it is. Default: none.
   */
  processMessage?(text: string): readonly [topic: Topic, text: string] | string | null | undefined;
}

/**
 * Makes an `ExchangeHandler` work where a `ProtocolHandler` is asked for. `subscribe()` resolves when its frame was
 * written, as there is nothing to confirm it; `request()` is refused, as there is nothing to match an answer with. A
 * message without a topic is a `message` event. The client sends one `warning` that this interface is deprecated.
 *
 * @throws ConfigError where `getTopic`, `buildSubscribe` or `buildUnsubscribe` is missing
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
    if (typeof handler?.[name] !== 'function') throw new ConfigError(`handler.${name}`, handler?.[name], 'a function');
  }
  const adapted = new AdaptedExchangeHandler<Topics>(handler);
  // The client asks a handler only for what it overrides, and so does this one.
  if (handler.onConnect) adapted.onConnect = () => handler.onConnect?.();
  if (handler.decodeBinary) adapted.decodeBinary = (data) => textOf(handler.decodeBinary?.(data));
  if (handler.processMessage) adapted.split = (message) => adapted.process(message);
  return adapted;
}

class AdaptedExchangeHandler<Topics extends object> extends ProtocolHandler<Topics, Record<string, unknown>> {
  /** Read by the client, which warns once. */
  override readonly deprecation =
    'ExchangeHandler is deprecated: extend ProtocolHandler or use GenericJsonHandler. docs/migrating-from-exchange-handler.md shows how.';
  readonly #handler: ExchangeHandler;
  /** What `processMessage` said; a message lives only as long as it is handed out. */
  readonly #processed = new WeakMap<Message, Topic | null>();
  #asked: Message | undefined;
  #topic: Topic | undefined;

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
    // It is asked to classify a message and then to route it, and the old handler may well parse each time.
    if (this.#asked !== message) {
      const told = this.#processed.get(message);
      this.#topic = (told === undefined ? this.#handler.getTopic(message.text) : told) || undefined;
      this.#asked = message;
    }
    return this.#topic;
  }

  buildSubscribe(topics: readonly Topic[]): Frames {
    return topics.map((topic) => this.#handler.buildSubscribe(topic));
  }

  buildUnsubscribe(topics: readonly Topic[]): Frames {
    return topics.map((topic) => this.#handler.buildUnsubscribe(topic));
  }

  override injectRequestId(_payload: unknown): never {
    throw new ProtocolError(
      'An ExchangeHandler cannot match answers to requests: use sendJson(), or extend ProtocolHandler.',
      {
        delivery: 'unsent',
      },
    );
  }

  process(message: Message): readonly Message[] | undefined {
    const said = this.#handler.processMessage?.(message.text);
    if (said === undefined) return undefined;
    if (typeof said === 'string') return [new Message(message.raw, said)];
    const [topic, text] = said ?? [null, message.text];
    const part = new Message(message.raw, text);
    this.#processed.set(part, topic);
    return [part];
  }
}

function textOf(decoded: ReturnType<NonNullable<ExchangeHandler['decodeBinary']>>): string | Promise<string> {
  if (typeof decoded === 'object' && decoded !== null) return decoded.then((text) => text ?? '');
  return decoded ?? '';
}
