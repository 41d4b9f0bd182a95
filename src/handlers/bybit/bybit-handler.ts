import { ProtocolError } from '../../errors.js';
import type { RequestId, Topic } from '../../identifiers.js';
import type {
  AuthFailure,
  CloseInfo,
  ClosePlan,
  CloseVerdict,
  KeepAlive,
  Limits,
  Sequence,
  ServerError,
  Signal,
  SubscriptionOutcome,
} from '../../protocol/handler-types.js';
import type { Message } from '../../protocol/message.js';
import { MessageKind } from '../../protocol/message-kind.js';
import { ProtocolHandler } from '../../protocol/protocol-handler.js';
import { asMembers, isPlainObject, isWord, membersOf } from '../common/values.js';
import { outcomeOf } from '../kit/outcomes.js';
import { countedSequence } from '../kit/sequences.js';
import { hmac, type Signer } from '../kit/signing.js';
import type { BybitPrivateTopics } from './account-data.js';
import { isSnapshot } from './bybit-book.js';
import type { BybitPublicTopics } from './market-data.js';
import { type BybitEndpoint, type BybitHandlerOptions, readBybitOptions } from './options.js';
import type { BybitMethods } from './order-methods.js';
import * as texts from './texts.js';

/** All topics of the venue. */
export type BybitTopics = BybitPublicTopics & BybitPrivateTopics;

/** Milliseconds that a login frame is valid. Long enough for a slow line, and for a clock that is a little late. */
const LOGIN_VALIDITY = 10_000;
/** Milliseconds. The venue counts connections of an address in windows of this length, and refuses more with HTTP 403. */
const CONNECTION_WINDOW = 5 * 60_000;
/** The time stamp of an order is written last, into this place. */
const NO_TIMESTAMP = '"X-BAPI-TIMESTAMP":""';

const INTERNAL_ERROR = 10_016;
const RESTARTING = 10_019;
const ALREADY_LOGGED_IN = 20_001;
/** An internal error, a time-out: the venue does not say what became of the order. */
const UNKNOWN_OUTCOME: ReadonlySet<unknown> = new Set([10_000, INTERNAL_ERROR]);
/** A key that is unknown, has expired, lacks the permission or belongs to other addresses; a wrong signature. */
const WRONG_KEY: ReadonlySet<unknown> = new Set([10_003, 10_004, 10_005, 10_010, 33_004]);
/** A wrong clock, a rate limit, a restart. */
const PASSING: ReadonlySet<unknown> = new Set([
  10_002,
  10_006,
  INTERNAL_ERROR,
  10_018,
  RESTARTING,
  10_403,
  10_429,
  20_003,
]);
/** A wrong key in words: the private endpoint sends no code. */
const WRONG_KEY_TEXT = /api.?key|invalid sign|sign(?:ature)?.{0,12}(?:error|invalid|not valid)|permission/i;
/** The clock, the rate, or the number of sessions: it is over some time. */
const PASSING_TEXT = /session|too (?:many|frequent)|timestamp|recv_window|request (?:has )?expired|restart|internal/i;

/**
 * Speaks Bybit v5. One handler serves the three kinds of addresses in `urls`: `endpoint` says for which one it is.
 *
 * - Data of a channel is the whole update, `{ topic, type, ts, data }`, with the field names of the venue.
 * - Orders: `client.request({ op: 'order.create', args: [order] })` on the `trade` address. Each order gets its time stamp
 *   right before it is written.
 *
 * @throws ConfigError for an unknown option or a wrong value, for half a set of credentials, and for the endpoints
 *   `private` and `trade` without credentials
 *
 * @example
 * ```ts
 * const bybit = new BybitHandler();
 * bybit.buildSubscribe(['tickers.BTCUSDT'], 'b-1'); // '{"req_id":"b-1","op":"subscribe","args":["tickers.BTCUSDT"]}'
 * ```
 */
export class BybitHandler<
  Topics extends object = BybitTopics,
  Methods extends object = BybitMethods,
> extends ProtocolHandler<Topics, Methods> {
  /** The venue closes a connection that sent no ping for some minutes, whatever else it sent. */
  override readonly keepAlive: KeepAlive = { interval: 20_000, when: 'always', expectReply: true };
  /** Spot takes 10 topics in a frame; the others take more, and no harm comes of less. Orders: 3 000 a second. */
  override readonly limits: Limits;
  readonly #endpoint: BybitEndpoint;
  readonly #now: () => number;
  readonly #recvWindow: string;
  readonly #login: { readonly apiKey: string; readonly sign: Signer } | undefined;

  constructor(options: BybitHandlerOptions = {}) {
    super();
    const { apiKey, endpoint, now, recvWindow, secret } = readBybitOptions(options);
    this.#endpoint = endpoint;
    this.#now = now;
    this.#recvWindow = String(recvWindow);
    // The public addresses know no login.
    if (endpoint !== 'public' && apiKey && secret) this.#login = { apiKey, sign: hmac({ secret, encoding: 'hex' }) };
    const attempts = { count: 500, window: CONNECTION_WINDOW };
    this.limits = {
      attempts,
      topicsPerFrame: 10,
      ...(endpoint === 'trade' && { frames: { count: 3_000, window: 1_000 } }),
    };
  }

  classifyMessage(message: Message): MessageKind {
    // An update may have an id, which is no request id.
    if (message.field('topic') !== undefined) return MessageKind.Update;
    const operation = message.field('op');
    if (operation === 'ping' || operation === 'pong' || operation === 'auth') return MessageKind.System;
    if (this.extractRequestId(message) !== undefined) return MessageKind.Response;
    const confirms = operation === 'subscribe' || operation === 'unsubscribe' || isListing(message);
    return confirms ? MessageKind.Control : MessageKind.Unknown;
  }

  /** Public and private addresses say `req_id`, the trade address `reqId`. An empty id is none. */
  extractRequestId(message: Message): RequestId | undefined {
    return message.field('req_id') || message.field('reqId') || undefined;
  }

  extractTopic(message: Message): Topic | undefined {
    return message.field('topic')?.toString();
  }

  buildSubscribe(topics: readonly Topic[], requestId: RequestId): string {
    return this.#operation('subscribe', topics, requestId);
  }

  buildUnsubscribe(topics: readonly Topic[], requestId: RequestId): string {
    return this.#operation('unsubscribe', topics, requestId);
  }

  #operation(op: string, args: readonly Topic[], requestId: RequestId): string {
    return JSON.stringify({ [this.#idName]: requestId, op, args });
  }

  get #idName(): 'reqId' | 'req_id' {
    return this.#endpoint === 'trade' ? 'reqId' : 'req_id';
  }

  // ——— Acknowledgements ———

  /**
   * Options confirm with lists of topics and without an id. Elsewhere one bad topic makes the venue refuse the whole frame,
   * and the refusal names it: the others are asked for again.
   */
  override isSubscriptionSuccess(
    message: Message,
    topics: readonly Topic[],
  ): boolean | SubscriptionOutcome | undefined {
    const { op, ret_msg: text, success } = membersOf(message);
    if (op === 'unsubscribe') return undefined;
    // Whether `success` is false beside refused topics is not known: the lists decide.
    if (isListing(message)) return this.#listed(message, topics);
    if (success === true) return true;
    const named = topicsIn(text).filter((topic) => topics.includes(topic));
    // Without an id, a refusal that names a topic is about the frame with that topic.
    if (named.length === 0)
      return this.extractRequestId(message) === undefined && topicsIn(text).length > 0 ? undefined : false;
    const again = topics.filter((topic) => !named.includes(topic));
    return /already subscribed/i.test(String(text)) ? { benign: named, again } : { refused: named, again };
  }

  override acknowledgedTopics(message: Message): readonly Topic[] | undefined {
    if (!isListing(message)) return undefined;
    const { accepted = [], refused = [] } = listIn(message) ?? {};
    return [...accepted, ...refused];
  }

  #listed(message: Message, topics: readonly Topic[]): SubscriptionOutcome | undefined {
    const { accepted = [], refused = [] } = listIn(message) ?? {};
    const isOurs = (topic: Topic) => topics.includes(topic);
    const ours = { accepted: accepted.filter(isOurs), refused: refused.filter(isOurs) };
    return ours.accepted.length + ours.refused.length > 0 ? ours : undefined;
  }

  /** Only books count their updates. After a restart of the service the count begins with 1. */
  override extractSequence(message: Message): Sequence | undefined {
    if (!this.extractTopic(message)?.startsWith('orderbook.')) return undefined;
    const current = message.path('data.u');
    return countedSequence(current, { snapshot: isSnapshot(message.field('type'), current) });
  }

  // ——— Login ———

  override async buildAuthMessage(): Promise<string | undefined> {
    if (!this.#login) return undefined;
    const { apiKey, sign } = this.#login;
    const expires = this.#now() + LOGIN_VALIDITY;
    // Without an id: the answer is known by its operation.
    return JSON.stringify({ op: 'auth', args: [apiKey, expires, await sign(`GET/realtime${expires}`)] });
  }

  override isAuthSuccess(message: Message): boolean {
    if (message.field('op') !== 'auth') return false;
    const { retCode, success } = membersOf(message);
    return success === true || retCode === 0 || retCode === ALREADY_LOGGED_IN;
  }

  /**
   * Wrong credentials are final. A wrong clock, a rate and a number of sessions are waited out. Any other refusal is tried
   * again some times: the private address says "Params Error" for several reasons.
   */
  override isAuthFailure(message: Message): AuthFailure {
    if (message.field('op') !== 'auth' || this.isAuthSuccess(message)) return false;
    const { message: text, code } = this.extractError(message) ?? {};
    // Code 10003 is an unknown key, or too many sessions of one user.
    if (PASSING.has(code) || PASSING_TEXT.test(text ?? '')) return 'retry';
    return WRONG_KEY.has(code) || WRONG_KEY_TEXT.test(text ?? '') ? 'final' : true;
  }

  // ——— Requests ———

  /** The header comes first, so that `prepareRequest` finds the place of the time stamp without a parser. */
  override injectRequestId(payload: unknown, requestId: RequestId): unknown {
    if (!isPlainObject(payload)) throw new ProtocolError(texts.PLAIN_REQUEST, { delivery: 'unsent' });
    if (this.#endpoint !== 'trade') return { ...payload, req_id: requestId };
    const { 'X-BAPI-TIMESTAMP': _, ...own } = asMembers(payload.header);
    const header = { 'X-BAPI-TIMESTAMP': '', 'X-BAPI-RECV-WINDOW': this.#recvWindow, ...own };
    const { header: __, ...others } = payload;
    return { header, ...others, reqId: requestId };
  }

  override prepareRequest(text: string): string {
    if (this.#endpoint !== 'trade') return text;
    return text.replace(NO_TIMESTAMP, `"X-BAPI-TIMESTAMP":"${this.#now()}"`);
  }

  override extractError(message: Message): ServerError | undefined {
    const { data, ret_msg, retCode, retMsg, success } = membersOf(message);
    const code = typeof retCode === 'number' || isWord(retCode) ? retCode : undefined;
    if (success !== false && (code === undefined || code === 0)) return undefined;
    return {
      message: [retMsg, ret_msg].find(isWord) ?? texts.REFUSED,
      ...(code !== undefined && { code }),
      ...(data !== undefined && { data }),
      ...(UNKNOWN_OUTCOME.has(code) && { outcome: 'unknown' }),
    };
  }

  /** The `data` of an answer. The orders of a batch get what the venue says about each of them: `code` and `msg`. */
  override extractResult(message: Message): unknown {
    const frame = membersOf(message);
    if (frame.data === undefined) return frame;
    const { list } = asMembers(frame.data);
    const verdicts = asMembers(frame.retExtInfo).list;
    if (!Array.isArray(list) || !Array.isArray(verdicts)) return frame.data;
    return list.map((order: object, at) => ({ ...order, ...asMembers(verdicts[at]) }));
  }

  // ——— Connection ———

  /** The service restarts and takes no new requests. It still answers those that it has. */
  override extractSignal(message: Message): Signal | undefined {
    // Updates are not searched for a code.
    if (message.field('topic') !== undefined) return undefined;
    const code = message.field('retCode');
    if (code !== RESTARTING && code !== INTERNAL_ERROR) return undefined;
    const reason = message.field('retMsg');
    // The other code is for internal errors too.
    if (code === INTERNAL_ERROR && !/restart/i.test(String(reason))) return undefined;
    return { type: 'reconnect', reason: isWord(reason) ? reason : texts.RESTARTING, makeBeforeBreak: true };
  }

  /** HTTP 403 is not about the key, which the upgrade does not carry: this address made too many connections. */
  override classifyClose(close: CloseInfo): CloseVerdict | ClosePlan {
    if (close.status === 403) return { verdict: 'retry', delay: CONNECTION_WINDOW };
    return super.classifyClose(close);
  }

  override buildPing(): string {
    return '{"op":"ping"}';
  }

  /** Spot and futures repeat the ping and say pong in `ret_msg`; the others send a pong. The venue itself never pings. */
  override isPongResponse(message: Message): boolean {
    const operation = message.field('op');
    return operation === 'pong' || operation === 'ping';
  }
}

/** A confirmation of the option and spread addresses, which has neither operation nor id. */
function isListing(message: Message): boolean {
  return message.field('type') === 'COMMAND_RESP';
}

function listIn(message: Message): SubscriptionOutcome | undefined {
  const { failTopics, successTopics } = asMembers(membersOf(message).data);
  return outcomeOf({ accepted: successTopics, refused: failTopics });
}

/** The topics in `error:handler not found,topic:orderbook.50.NOPE`. */
function topicsIn(text: unknown): Topic[] {
  const [, names] = /topic:(.+)$/.exec(String(text)) ?? [];
  return names?.split(',').map((name) => name.trim()) ?? [];
}
