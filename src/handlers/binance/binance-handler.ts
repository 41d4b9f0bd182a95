import { ConfigError } from '../../errors.js';
import type { RequestId, Topic } from '../../identifiers.js';
import type {
  AuthFailure,
  CloseInfo,
  ClosePlan,
  CloseVerdict,
  Frame,
  FrameInfo,
  Frames,
  Limits,
  Sequence,
  ServerError,
  Signal,
  SubscriptionContext,
  SubscriptionFrames,
  SubscriptionOutcome,
} from '../../protocol/handler-types.js';
import type { Message } from '../../protocol/message.js';
import type { MessageKind } from '../../protocol/message-kind.js';
import { ProtocolHandler } from '../../protocol/protocol-handler.js';
import { oneOf } from '../../util/options.js';
import type { BinanceApiMethods } from './api-methods.js';
import { BinanceApiHandler } from './binance-api-handler.js';
import type { BinanceApiOptions } from './binance-api-options.js';
import { BinanceStreamHandler } from './binance-stream-handler.js';
import type { BinanceStreamMethods, BinanceStreamTopics } from './stream-topics.js';
import type { BinanceApiTopics } from './user-data.js';

/** What the URL leads to: streams with names (`/stream`), streams without (`/ws`), or the WebSocket API. */
export type BinanceEndpoint = 'streams' | 'raw' | 'api';

/** The options of the API count for `endpoint: 'api'` only; elsewhere they are refused. */
export interface BinanceHandlerOptions<Endpoint extends BinanceEndpoint = BinanceEndpoint> extends BinanceApiOptions {
  /** @default 'streams', because that needs no key */
  readonly endpoint?: Endpoint;
}

type TopicsOf<Endpoint> = Endpoint extends 'api' ? BinanceApiTopics : BinanceStreamTopics;
type MethodsOf<Endpoint> = Endpoint extends 'api' ? BinanceApiMethods : BinanceStreamMethods;

const [isEndpoint, ENDPOINTS] = oneOf('streams', 'raw', 'api');

/**
 * Binance spot, with one name for both of its protocols: `BinanceStreamHandler`, or with `endpoint: 'api'`
 * `BinanceApiHandler`. A bundle that needs only one of the two gets smaller with that class.
 *
 * @throws ConfigError for a wrong option
 * @example
 * ```ts
 * const market = new BinanceHandler(); // for urls.public
 * const account = new BinanceHandler({ endpoint: 'api', apiKey: 'my key', secret: 'my secret' }); // for urls.private
 * market.limits.topicsPerConnection; // 1024
 * account.limits.topicsPerFrame; // 1
 * ```
 */
export class BinanceHandler<Endpoint extends BinanceEndpoint = 'streams'> extends ProtocolHandler<
  TopicsOf<Endpoint>,
  MethodsOf<Endpoint>
> {
  override readonly limits: Limits;
  override readonly confirmsSubscriptions = true;
  override readonly serverChoosesTopics: boolean;
  readonly #part: ProtocolHandler<object, object>;

  constructor(options: BinanceHandlerOptions<Endpoint> = {}) {
    super();
    const { endpoint = 'streams', ...others } = options;
    if (!isEndpoint(endpoint as never)) throw new ConfigError('endpoint', endpoint, ENDPOINTS);
    const part = endpoint === 'api' ? new BinanceApiHandler(others) : new BinanceStreamHandler({ endpoint, ...others });
    this.limits = part.limits;
    this.serverChoosesTopics = endpoint === 'api';
    this.#part = part;
  }

  classifyMessage(message: Message): MessageKind {
    return this.#part.classifyMessage(message);
  }

  extractRequestId(message: Message): RequestId | null | undefined {
    return this.#part.extractRequestId(message);
  }

  extractTopic(message: Message): Topic | RequestId | readonly Topic[] | null | undefined {
    return this.#part.extractTopic(message);
  }

  buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): SubscriptionFrames {
    return this.#part.buildSubscribe(topics, requestId, context);
  }

  buildUnsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): SubscriptionFrames {
    return this.#part.buildUnsubscribe(topics, requestId, context);
  }

  override canonicalTopic(topic: Topic, params: unknown): Topic {
    return this.#part.canonicalTopic(topic, params);
  }

  override isSubscriptionSuccess(
    message: Message,
    topics: readonly Topic[],
  ): boolean | SubscriptionOutcome | null | undefined {
    return this.#part.isSubscriptionSuccess(message, topics);
  }

  override extractData(message: Message): unknown {
    return this.#part.extractData(message);
  }

  override extractSequence(message: Message): Sequence | undefined {
    return this.#part.extractSequence(message);
  }

  override extractSignal(message: Message): Signal | undefined {
    return this.#part.extractSignal(message);
  }

  override extractError(message: Message): ServerError | null | undefined {
    return this.#part.extractError(message);
  }

  override extractResult(message: Message): unknown {
    return this.#part.extractResult(message);
  }

  override generateRequestId(): RequestId | undefined {
    return this.#part.generateRequestId();
  }

  override prepareRequest(text: string, requestId: RequestId): Frame | Promise<Frame> {
    return this.#part.prepareRequest(text, requestId);
  }

  override prepareFrame(frame: Frame, info: FrameInfo): Frame | Promise<Frame> {
    return this.#part.prepareFrame(frame, info);
  }

  override onConnect(): Frames | Promise<Frames> {
    return this.#part.onConnect();
  }

  override buildAuthMessage(): Frames | Promise<Frames> {
    return this.#part.buildAuthMessage();
  }

  override isAuthSuccess(message: Message): boolean {
    return this.#part.isAuthSuccess(message);
  }

  override isAuthFailure(message: Message): AuthFailure {
    return this.#part.isAuthFailure(message);
  }

  override classifyClose(close: CloseInfo): CloseVerdict | ClosePlan {
    return this.#part.classifyClose(close);
  }

  override buildPing(): Frames {
    return this.#part.buildPing();
  }

  override isPongResponse(message: Message): boolean {
    return this.#part.isPongResponse(message);
  }

  override replyTo(message: Message): Frames {
    return this.#part.replyTo(message);
  }

  override parse(text: string): unknown {
    return this.#part.parse(text);
  }

  override stringify(value: unknown): string {
    return this.#part.stringify(value);
  }

  override redact(text: string): string {
    return this.#part.redact(text);
  }
}
