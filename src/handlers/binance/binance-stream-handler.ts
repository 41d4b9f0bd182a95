import type { RequestId, Topic } from '../../identifiers.js';
import type { Frames, Limits, Sequence, Signal } from '../../protocol/handler-types.js';
import type { Message } from '../../protocol/message.js';
import { MessageKind } from '../../protocol/message-kind.js';
import { type OptionRules, oneOf, readOptions } from '../../util/options.js';
import { membersOf } from '../common/values.js';
import { countedSequence } from '../kit/sequences.js';
import { ATTEMPTS, BinanceBase, LIFETIME, PING_ID } from './binance-base.js';
import { rawTopic } from './raw-topic.js';
import type { BinanceStreamMethods, BinanceStreamTopics } from './stream-topics.js';
import * as texts from './texts.js';

/** The id of the frame that asks for names. Numbers are ids of the client. */
const COMBINED_ID = 'combined';
const SHUTDOWN_STREAM = '!serverShutdown';
/** A name in place of a stream's: the listen key of a user data stream, which lets everybody read it. */
const LISTEN_KEY = /("stream"\s*:\s*")[A-Za-z\d]{32,}"/;

export interface BinanceStreamOptions {
  /**
   * The path of the URL: `'streams'` for `/stream`, whose updates name their stream; `'raw'` for `/ws`, whose updates do
   * not. For `'raw'` the handler asks the server to name them, with one frame at the start of each connection.
   * @default 'streams', because only a name tells the topic of every update
   */
  readonly endpoint?: 'streams' | 'raw';
}

const [isEndpoint, ENDPOINTS] = oneOf('streams', 'raw');
const RULES: OptionRules<BinanceStreamOptions> = { endpoint: [isEndpoint, ENDPOINTS, 'streams'] };

/**
 * The market streams of Binance spot, for the URLs `urls.public` and `urls.raw`. They need no key. A topic is the name of a
 * stream, such as `btcusdt@trade`; the symbol may be written in any case. For a stream that is not listed:
 * `new BinanceStreamHandler<BinanceStreamTopics & MyTopics>()`.
 *
 * @throws ConfigError for a wrong option
 * @example
 * ```ts
 * const handler = new BinanceStreamHandler();
 * handler.buildSubscribe(['btcusdt@trade'], 1); // '{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}'
 * handler.canonicalTopic('BTCUSDT@trade'); // 'btcusdt@trade'
 * ```
 */
export class BinanceStreamHandler<
  Topics extends object = BinanceStreamTopics,
  Methods extends object = BinanceStreamMethods,
> extends BinanceBase<Topics, Methods> {
  override readonly confirmsSubscriptions = true;
  override readonly limits: Limits = {
    // Pings, pongs and frames of every kind count. Who sends more is disconnected, and banned if it happens again.
    frames: { count: 5, window: 1_000 },
    // The venue names no limit. It cuts off very long frames; 200 streams are in use elsewhere.
    topicsPerFrame: 200,
    topicsPerConnection: 1_024,
    lifetime: LIFETIME,
    attempts: ATTEMPTS,
  };
  readonly #isRaw: boolean;

  constructor(options: BinanceStreamOptions = {}) {
    super();
    this.#isRaw = readOptions('BinanceStreamHandler', options, RULES).endpoint === 'raw';
  }

  classifyMessage(message: Message): MessageKind {
    const stream = message.field('stream');
    if (stream !== undefined) return stream === SHUTDOWN_STREAM ? MessageKind.System : MessageKind.Update;
    if (message.field('e') === 'serverShutdown') return MessageKind.System;
    if (rawTopic(message) !== undefined) return MessageKind.Update;
    const id = message.field('id');
    if (id !== undefined) return id === PING_ID || id === COMBINED_ID ? MessageKind.System : MessageKind.Response;
    // An error that names no frame: a notice.
    const isError = message.field('msg') !== undefined || message.path('error.msg') !== undefined;
    return isError ? MessageKind.System : MessageKind.Unknown;
  }

  extractTopic(message: Message): Topic | readonly Topic[] | undefined {
    return (message.field('stream') as string | undefined) ?? rawTopic(message);
  }

  buildSubscribe(topics: readonly Topic[], requestId: RequestId): string {
    return this.stringify({ method: 'SUBSCRIBE', params: topics, id: requestId });
  }

  buildUnsubscribe(topics: readonly Topic[], requestId: RequestId): string {
    return this.stringify({ method: 'UNSUBSCRIBE', params: topics, id: requestId });
  }

  /** The symbol in lower case: the venue accepts capitals, and then sends nothing. */
  override canonicalTopic(topic: Topic): Topic {
    const end = topic.indexOf('@');
    return end <= 0 || topic.startsWith('!') ? topic : topic.slice(0, end).toLowerCase() + topic.slice(end);
  }

  override extractData(message: Message): unknown {
    return message.field('stream') === undefined ? message.json : membersOf(message).data;
  }

  /** `U` to `u` of a depth stream follow `u` of the update before. Partial depth is the whole of what it shows. */
  override extractSequence(message: Message): Sequence | undefined {
    const stream = message.field('stream');
    if (stream === undefined) {
      const isDepth = message.field('e') === 'depthUpdate';
      return isDepth ? countedSequence(message.field('u'), { first: message.field('U') }) : undefined;
    }
    const levels = /@depth(\d*)/.exec(`${stream}`)?.[1];
    if (levels === undefined) return undefined;
    if (levels !== '') return countedSequence(message.path('data.lastUpdateId'), { snapshot: true });
    return countedSequence(message.path('data.u'), { first: message.path('data.U') });
  }

  override extractSignal(message: Message): Signal | undefined {
    const stream = message.field('stream');
    const isShutdown = stream === undefined ? message.field('e') === 'serverShutdown' : stream === SHUTDOWN_STREAM;
    return isShutdown ? { type: 'reconnect', reason: texts.SERVER_SHUTDOWN } : undefined;
  }

  override onConnect(): Frames {
    if (!this.#isRaw) return undefined;
    return this.stringify({ method: 'SET_PROPERTY', params: ['combined', true], id: COMBINED_ID });
  }

  /** Nobody waits for the answer to `onConnect`. */
  override replyTo(message: Message): Frames {
    return message.field('id') === COMBINED_ID ? [] : undefined;
  }

  /** Where there are no WebSocket pings, as in browsers: the cheapest question. */
  override buildPing(): string {
    return this.stringify({ method: 'GET_PROPERTY', params: ['combined'], id: PING_ID });
  }

  override redact(text: string): string {
    return super.redact(text.replace(LISTEN_KEY, '$1***"'));
  }
}
