import { ConfigError } from '../../errors.js';
import type { RequestId, Topic } from '../../identifiers.js';
import type {
  AuthFailure,
  Frame,
  FrameInfo,
  Frames,
  Limits,
  ServerError,
  Signal,
  SubscriptionContext,
  SubscriptionOutcome,
} from '../../protocol/handler-types.js';
import type { Message } from '../../protocol/message.js';
import { MessageKind } from '../../protocol/message-kind.js';
import { isObject, readOptions } from '../../util/options.js';
import { asMembers, membersOf } from '../common/values.js';
import type { BinanceApiMethods } from './api-methods.js';
import { ApiSigner, type Stamp } from './api-signer.js';
import { apiRules, type BinanceApiOptions } from './binance-api-options.js';
import { ATTEMPTS, BinanceBase, LIFETIME, PING_ID } from './binance-base.js';
import * as texts from './texts.js';
import type { BinanceApiTopics } from './user-data.js';

/** How the name of a user data stream begins; the number that the server chose follows. */
const STREAM = 'userData#';
/** Subscribes without a session. */
const SIGNED_SUBSCRIBE = 'userDataStream.subscribe.signature';
const STREAM_END = 'eventStreamTerminated';
/** How the ids of logins begin. Numbers are ids of the client. */
const LOGON = 'logon-';
/** The key, its signature or its permissions are wrong, and stay so. */
const FINAL_CODES: ReadonlySet<unknown> = new Set([-2014, -2015, -1022]);
/** The clock of this host, or of the venue, is off. It is corrected from time to time, and the key is right. */
const CLOCK_CODE = -1021;
/**
 * "Execution status unknown". The documents do not say with which status these codes come: they count with any status.
 */
const UNKNOWN_CODES: ReadonlySet<unknown> = new Set([-1006, -1007]);
/** Methods that the venue refuses with a key, a time stamp or a signature. */
const UNSIGNED =
  /^(?:ping|time|exchangeInfo|depth|avgPrice|klines|uiKlines|(?:trades|ticker)(?:\..*)?|session\.(?!logon$).*|userDataStream\.(?!subscribe\.signature$).*)$/;

/**
 * The WebSocket API of Binance spot, for the URL `urls.private`: market data on request, orders, and the events of the
 * account. A request is `{ method, params }`; the handler adds time stamp, key and signature where the method wants them.
 *
 * @throws ConfigError for a wrong option, half a set of credentials, or a private key in another form than PKCS#8 in PEM
 * @example
 * ```ts
 * const handler = new BinanceApiHandler({ apiKey: 'my key', secret: 'my secret', now: () => 1_790_000_001_532 });
 * const frame = await handler.prepareRequest('{"id":1,"method":"account.status","params":{}}');
 * JSON.parse(frame as string).params.timestamp; // 1790000001532
 * ```
 */
export class BinanceApiHandler<
  Topics extends object = BinanceApiTopics,
  Methods extends object = BinanceApiMethods,
> extends BinanceBase<Topics, Methods> {
  override readonly limits: Limits = {
    topicsPerFrame: 1,
    topicsPerConnection: 1_000,
    lifetime: LIFETIME,
    attempts: ATTEMPTS,
  };
  override readonly serverChoosesTopics = true;
  readonly #signer: ApiSigner | undefined;
  readonly #isSession: boolean;
  readonly #now: () => number;
  readonly #recvWindow: number | undefined;
  #logons = 0;

  constructor(options: BinanceApiOptions = {}) {
    super();
    const { apiKey, secret, logon, now, recvWindow } = readOptions('BinanceApiHandler', options, apiRules);
    this.#signer = (apiKey ?? secret) === undefined ? undefined : new ApiSigner(apiKey, secret);
    const canLogOn = this.#signer?.isEd25519 ?? false;
    if (logon && !canLogOn) throw new ConfigError('logon', logon, texts.LOGON_KEY);
    this.#isSession = logon ?? canLogOn;
    this.#now = now as () => number;
    this.#recvWindow = recvWindow;
  }

  classifyMessage(message: Message): MessageKind {
    // First, because answers may be long and begin with it.
    const id = message.field('id');
    if (id !== undefined) return id === PING_ID ? MessageKind.System : MessageKind.Response;
    if (message.field('subscriptionId') !== undefined) {
      return eventType(message) === STREAM_END ? MessageKind.System : MessageKind.Update;
    }
    const isNotice = eventType(message) !== undefined || message.field('status') !== undefined;
    return isNotice ? MessageKind.System : MessageKind.Unknown;
  }

  extractTopic(message: Message): Topic {
    return `${STREAM}${message.field('subscriptionId')}`;
  }

  // ——— Subscriptions ———

  buildSubscribe(topics: readonly Topic[], requestId: RequestId): Frames {
    if (topics.some((topic) => topic !== 'userData')) throw new ConfigError('topic', topics[0], texts.USER_DATA_TOPIC);
    const isSigned = this.#signer && !this.#isSession;
    const method = isSigned ? SIGNED_SUBSCRIBE : 'userDataStream.subscribe';
    return this.stringify({ id: requestId, method });
  }

  buildUnsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): Frames {
    const alias = context.alias(topics[0] ?? '');
    // Without its number the stream was never there.
    if (alias === undefined) return undefined;
    const subscriptionId = Number(String(alias).slice(STREAM.length));
    return this.stringify({ id: requestId, method: 'userDataStream.unsubscribe', params: { subscriptionId } });
  }

  override isSubscriptionSuccess(message: Message, topics: readonly Topic[]): boolean | SubscriptionOutcome {
    if (this.extractError(message)) return { refused: topics, ...(isTemporary(message) && { retryable: true }) };
    const subscriptionId = message.path('result.subscriptionId');
    const [topic = ''] = topics;
    return typeof subscriptionId === 'number' && { accepted: topics, aliases: { [topic]: STREAM + subscriptionId } };
  }

  override extractData(message: Message): unknown {
    return membersOf(message).event;
  }

  // ——— Requests ———

  /** Adds what the method wants: nothing, a time stamp inside a session, or time stamp, key and signature. */
  override prepareRequest(text: string, _requestId?: RequestId): Frame | Promise<Frame> {
    const request = asMembers(this.parse(text));
    const { method, params = {} } = request;
    if (!this.#signer || typeof method !== 'string' || UNSIGNED.test(method) || !isObject(params)) return text;
    if (!this.#isSession || method === 'session.logon') return this.#signed(request, params);
    return this.stringify({ ...request, params: { ...this.#stamp, ...params } });
  }

  /** Outside a session the subscription is signed too, afresh for each connection. */
  override prepareFrame(frame: Frame, info: FrameInfo): Frame | Promise<Frame> {
    return info.kind === 'subscribe' ? this.prepareRequest(String(frame)) : super.prepareFrame(frame, info);
  }

  /** HTTP-like: from 400 on an error, from 500 on one that leaves open whether the request was carried out. */
  override extractError(message: Message): ServerError | undefined {
    const status = statusOf(message);
    const error = super.extractError(message) ?? (status >= 400 ? { message: texts.failed(status) } : undefined);
    return error && (status >= 500 || UNKNOWN_CODES.has(error.code)) ? { ...error, outcome: 'unknown' } : error;
  }

  // ——— Session ———

  override async buildAuthMessage(): Promise<Frames> {
    if (!this.#isSession) return undefined;
    return this.#signed({ id: LOGON + ++this.#logons, method: 'session.logon' }, {});
  }

  override isAuthSuccess(message: Message): boolean {
    return isLogon(message) && !this.extractError(message);
  }

  /**
   * A wrong key, signature or permission is final. A wrong clock is waited out, because it may be set meanwhile, and so are a
   * rate limit and a failure of the venue.
   */
  override isAuthFailure(message: Message): AuthFailure {
    const error = isLogon(message) ? this.extractError(message) : undefined;
    if (!error) return false;
    if (FINAL_CODES.has(error.code)) return 'final';
    return error.code === CLOCK_CODE || isTemporary(message) ? 'retry' : true;
  }

  override extractSignal(message: Message): Signal | undefined {
    if (message.field('id') !== undefined) return undefined;
    const event = eventType(message);
    if (event === STREAM_END) {
      return { type: 'revoked', topics: [this.extractTopic(message)], error: { message: texts.STREAM_ENDED } };
    }
    if (event === 'serverShutdown') return { type: 'reconnect', reason: texts.SERVER_SHUTDOWN };
    // An error that answers nothing: the key became invalid, and the session is over.
    return event === undefined && statusOf(message) === 401 ? { type: 'authenticate' } : undefined;
  }

  /** Where there are no WebSocket pings, as in browsers. It costs 1 of the 6 000 weights of a minute. */
  override buildPing(): string {
    return this.stringify({ id: PING_ID, method: 'ping' });
  }

  async #signed(request: object, params: Readonly<Record<string, unknown>>): Promise<Frame> {
    return this.stringify({ ...request, params: await this.#signer?.sign(params, this.#stamp) });
  }

  get #stamp(): Stamp {
    const recvWindow = this.#recvWindow;
    return { timestamp: this.#now(), ...(recvWindow !== undefined && { recvWindow }) };
  }
}

function eventType(message: Message): unknown {
  return message.path('event.e');
}

function statusOf(message: Message): number {
  return Number(message.field('status') ?? 200);
}

/** Too many requests (429), a ban for a while (418), or a failure of the venue. */
function isTemporary(message: Message): boolean {
  const status = statusOf(message);
  return status === 418 || status === 429 || status >= 500;
}

function isLogon(message: Message): boolean {
  return String(message.field('id')).startsWith(LOGON);
}
