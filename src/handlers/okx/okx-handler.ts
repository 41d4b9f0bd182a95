import { ConfigError } from '../../errors.js';
import type { RequestId, Topic } from '../../identifiers.js';
import type {
  AuthFailure,
  CloseInfo,
  ClosePlan,
  CloseVerdict,
  Frames,
  KeepAlive,
  Limits,
  Sequence,
  ServerError,
  Signal,
  SubscriptionContext,
  SubscriptionOutcome,
} from '../../protocol/handler-types.js';
import type { Message } from '../../protocol/message.js';
import { MessageKind } from '../../protocol/message-kind.js';
import { ProtocolHandler } from '../../protocol/protocol-handler.js';
import { isObject } from '../../util/options.js';
import { membersOf } from '../common/values.js';
import { alphanumericIds } from '../kit/request-ids.js';
import { linkedSequence } from '../kit/sequences.js';
import { ArgReader, AskedTopics, argOf, topicOf } from './args.js';
import { LOGGED_IN, loginRefusal, PLEASE_LOG_IN, SERVICE_UPGRADE } from './codes.js';
import { confirmation, subscriptionRefusal } from './confirmations.js';
import { argInProse, codeOf, maskQuote, quotedId, withoutSecrets, wordsOf } from './error-prose.js';
import type { OkxMethods } from './methods.js';
import { type Credentials, type OkxHandlerOptions, readOkxOptions } from './options.js';
import { orderError, refusal } from './order-answer.js';
import type { OkxTopics } from './private-topics.js';
import * as texts from './texts.js';

/** Books that send what changed. */
const CHANGING_BOOKS: ReadonlySet<unknown> = new Set(['books', 'books-l2-tbt', 'books50-l2-tbt']);
/** Books that send all of their levels in each update. */
const WHOLE_BOOKS: ReadonlySet<unknown> = new Set(['books5', 'bbo-tbt']);
/** Channels whose state comes in pages. */
const PAGED: ReadonlySet<unknown> = new Set(['account', 'positions']);
/** Words of a refused login whose code is unknown. */
const ABOUT_LOGIN = /log.?in|sign|api.?key|passphrase|timestamp/i;

/**
 * OKX v5: market data, the account, and orders. Its topics are the `arg` of the venue: `books?instId=BTC-USDT`.
 *
 * @throws ConfigError for a wrong option, or for a part of the credentials without the others; it shows no secret
 * @example
 * ```ts
 * const market = new OkxHandler(); // for urls.public and urls.business
 * const account = new OkxHandler({ apiKey: 'my key', secret: 'my secret', passphrase: 'my passphrase' }); // for urls.private
 * market.canonicalTopic('orders?instType=SPOT&instId=BTC-USDT'); // 'orders?instId=BTC-USDT&instType=SPOT'
 * account.limits.bytesPerFrame; // 65536
 * ```
 */
export class OkxHandler<Topics extends object = OkxTopics, Methods extends object = OkxMethods> extends ProtocolHandler<
  Topics,
  Methods
> {
  /** The venue allows 480 subscribe, unsubscribe and login frames per hour; ten of them are kept for logins. */
  override readonly limits: Limits;
  /** The venue ends a connection after 30 seconds without a message to the client. */
  override readonly keepAlive: KeepAlive = { interval: 25_000, when: 'after-silence', expectReply: true };
  readonly #credentials: Credentials | undefined;
  readonly #now: () => number;
  readonly #nextId = alphanumericIds();
  readonly #reader = new ArgReader();
  readonly #asked = new AskedTopics();

  constructor(options: OkxHandlerOptions = {}) {
    super();
    const { credentials, now } = readOkxOptions(options);
    this.#credentials = credentials;
    this.#now = now;
    this.limits = {
      subscriptionFrames: { count: credentials ? 470 : 480, window: 3_600_000 },
      attempts: { count: 3, window: 1_000 },
      bytesPerFrame: 65_536,
      // 200 of the longest args are smaller than 64 KiB.
      topicsPerFrame: 200,
    };
  }

  // ——— Reading ———

  classifyMessage(message: Message): MessageKind {
    if (this.#reader.topicOfPush(message) !== undefined) return MessageKind.Update;
    if (message.text === 'pong') return MessageKind.System;
    switch (message.field('event')) {
      case 'subscribe':
      case 'unsubscribe':
      case 'error':
        return MessageKind.Control;
      case undefined:
        return message.field('op') === undefined ? MessageKind.Unknown : MessageKind.Response;
      default:
        return MessageKind.System;
    }
  }

  /** The id of an error may stand only in the request that it quotes, or nowhere. */
  extractRequestId(message: Message): RequestId | undefined {
    return message.field('id') ?? (message.field('event') === 'error' ? quotedId(wordsOf(message)) : undefined);
  }

  /** The server may add members to the arg that was subscribed. */
  extractTopic(message: Message): Topic | readonly Topic[] | undefined {
    const topic = this.#reader.topicOfPush(message);
    return topic === undefined ? undefined : this.#asked.matching(topic);
  }

  /**
   * Books are numbered by the venue; a keep-alive repeats its number, and a maintenance begins anew with a smaller number.
   * The pages of a snapshot are numbered from 1.
   */
  override extractSequence(message: Message): Sequence | undefined {
    const channel = message.path('arg.channel');
    if (CHANGING_BOOKS.has(channel)) {
      const options = { snapshot: message.field('action') === 'snapshot' };
      return linkedSequence(message.path('data.0.seqId'), message.path('data.0.prevSeqId'), options);
    }
    if (WHOLE_BOOKS.has(channel)) return linkedSequence(message.path('data.0.seqId'), undefined, { snapshot: true });
    if (!PAGED.has(channel) || message.field('eventType') !== 'snapshot') return undefined;
    const page = message.field('curPage') ?? 1;
    return page === 1 ? { current: 1, snapshot: true } : { current: page, previous: Number(page) - 1 };
  }

  override extractError(message: Message): ServerError | undefined {
    const frame = membersOf(message);
    if (frame.op !== undefined) return orderError(frame);
    return frame.event === 'error' ? refusal(withoutSecrets(wordsOf(message)), codeOf(message)) : undefined;
  }

  override extractResult(message: Message): unknown {
    return membersOf(message).data;
  }

  // ——— Subscriptions ———

  /** @throws ConfigError for a topic of another form */
  override canonicalTopic(topic: Topic, _params?: unknown): Topic {
    const canonical = topicOf(argOf(topic));
    if (canonical === undefined) throw new ConfigError('topic', topic, texts.TOPIC);
    return canonical;
  }

  /**
   * The `params` of a topic are its `extraParams`: an object, or its JSON.
   * @throws ConfigError for other params
   */
  buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): string {
    const args = topics.map((topic) => {
      const arg = argOf(topic);
      if (arg === undefined) throw new ConfigError('topic', topic, texts.TOPIC);
      this.#asked.add(topic, arg);
      return { ...arg, ...extraParams(context.params(topic)) };
    });
    return this.stringify({ id: requestId, op: 'subscribe', args });
  }

  buildUnsubscribe(topics: readonly Topic[], requestId: RequestId, _context?: SubscriptionContext): string {
    for (const topic of topics) this.#asked.delete(topic);
    return this.stringify({ id: requestId, op: 'unsubscribe', args: topics.map(argOf) });
  }

  override isSubscriptionSuccess(message: Message, topics: readonly Topic[]): SubscriptionOutcome | false | undefined {
    const hasId = this.extractRequestId(message) !== undefined;
    if (message.field('event') === 'subscribe') return confirmation(message, topics, hasId);
    if (message.field('event') !== 'error') return undefined;
    return subscriptionRefusal(message, topics, { hasId, canLogIn: this.#credentials !== undefined });
  }

  // ——— Requests ———

  /** The venue takes up to 32 letters and digits. */
  override generateRequestId(): string {
    return this.#nextId();
  }

  // ——— Login ———

  /** HMAC-SHA256 of time, method and path, in base64 (OKX API v5, "Login"). The time is in seconds. */
  override async buildAuthMessage(): Promise<Frames> {
    const credentials = this.#credentials;
    if (!credentials) return undefined;
    const { apiKey, passphrase, sign } = credentials;
    const timestamp = String(Math.floor(this.#now() / 1_000));
    const signature = await sign(`${timestamp}GET/users/self/verify`);
    return this.stringify({ op: 'login', args: [{ apiKey, passphrase, timestamp, sign: signature }] });
  }

  /** A connection that is logged in already refuses a further login. */
  override isAuthSuccess(message: Message): boolean {
    const event = message.field('event');
    const code = codeOf(message);
    return (event === 'login' && code === '0') || (event === 'error' && code === LOGGED_IN);
  }

  /** A wrong key is final. A wrong clock is not: the next login has another time. */
  override isAuthFailure(message: Message): AuthFailure {
    const event = message.field('event');
    if ((event !== 'error' && event !== 'login') || this.isAuthSuccess(message)) return false;
    const refused = loginRefusal(codeOf(message));
    // A login has no id: an error with an id answers something else.
    if (event === 'error' && this.extractRequestId(message) !== undefined) return false;
    return refused ?? (event === 'login' || (codeOf(message) !== PLEASE_LOG_IN && isAboutLogin(message)));
  }

  // ——— Connection ———

  override buildPing(): string {
    return 'ping';
  }

  override isPongResponse(message: Message): boolean {
    return message.text === 'pong';
  }

  /** Takes what nobody has to hear of: how many connections have a channel, and the late answer to a login. */
  override replyTo(message: Message): Frames {
    const event = message.field('event');
    return event === 'channel-conn-count' || event === 'login' ? [] : undefined;
  }

  override extractSignal(message: Message): Signal | undefined {
    if (this.#reader.topicOfPush(message) !== undefined) return undefined;
    switch (message.field('event')) {
      case 'notice':
        if (codeOf(message) !== SERVICE_UPGRADE) return undefined;
        return { type: 'reconnect', reason: wordsOf(message), makeBeforeBreak: true };
      case 'error':
        return codeOf(message) === PLEASE_LOG_IN && this.#credentials ? { type: 'authenticate' } : undefined;
      case 'channel-conn-count-error': {
        // It comes behind the confirmation and names only the channel.
        const channel = String(message.field('channel') ?? '');
        const topics = this.#asked.ofChannel(channel);
        const error = { message: texts.connectionCount(channel, String(message.field('connCount') ?? '?')) };
        return { type: 'revoked', topics, error };
      }
      default:
        return undefined;
    }
  }

  /** 4001 is a refused login. 4004 (30 seconds without a message) and all others are no reason to stay away. */
  override classifyClose(close: CloseInfo): CloseVerdict | ClosePlan {
    return close.code === 4001 ? 'authentication' : super.classifyClose(close);
  }

  /** An error may quote a login. */
  override redact(text: string): string {
    return super.redact(maskQuote(text));
  }
}

function isAboutLogin(message: Message): boolean {
  const words = wordsOf(message);
  return argInProse(words) === undefined && ABOUT_LOGIN.test(words);
}

function extraParams(params: unknown): { readonly extraParams?: string } {
  if (params === undefined) return {};
  if (typeof params === 'string') return { extraParams: params };
  if (isObject(params)) return { extraParams: JSON.stringify(params) };
  throw new ConfigError('params', params, texts.PARAMS);
}
