import { ConfigError } from '../../errors.js';
import type { RequestId, Topic } from '../../identifiers.js';
import type { ServerError, SubscriptionOutcome } from '../../protocol/handler-types.js';
import type { Message } from '../../protocol/message.js';
import { MessageKind } from '../../protocol/message-kind.js';
import { flag, isObject, readOptions } from '../../util/options.js';
import { isWord } from '../common/values.js';
import { isNotification } from '../json-rpc/call.js';
import { jsonRpcRules } from '../json-rpc/options.js';
import { JsonRpcHandler } from '../json-rpc.js';
import type { EthereumMethods } from './ethereum-methods.js';
import type { EthereumTopics } from './ethereum-topics.js';
import * as texts from './texts.js';

/** The options of `EthereumHandler`; all are optional. A key of a provider goes into the `url` of the client. */
export interface EthereumHandlerOptions {
  /**
   * Whether request ids are the integers 1, 2, 3, …
   * @default true, because some nodes and providers accept no other ids
   */
  readonly numericIds?: boolean;
  /**
   * Parses a text, for `message.json`.
   * @default JSON.parse, because quantities are hex texts, which lose no digit
   */
  parse?(text: string): unknown;
  /**
   * Writes a payload.
   * @default JSON.stringify
   */
  stringify?(value: unknown): string;
}

/** The id of pings. Ids of requests count up from 1 and do not get so far; it fits into 32 bits. */
const PING_ID = 2_000_000_000;
const FULL = 'newPendingTransactions.full';
/** What geth answers if a call took too long. EIP-1474 has the same code for "resource unavailable". */
const TIMED_OUT = -32_002;

/**
 * Speaks with a node of Ethereum or of a chain like it: geth, Erigon, Nethermind, Besu, Reth, ganache, anvil, and the
 * providers that run them.
 *
 * - `subscribe('newHeads')`, `'newPendingTransactions'`, `'syncing'`, and `'logs'` with a `LogFilter` as `params`. The node
 *   names each subscription, with a new name after each reconnect; channels do not notice.
 * - Other topics are passed to the node as they are, followed by their `params`.
 * - A call without `params` gets an empty list, because some nodes insist on it.
 * - Subscriptions end with their connection, and nothing is sent later. After the `gap` of a channel look the logs up with
 *   `eth_getLogs`.
 *
 * @throws ConfigError for an unknown option or a wrong value
 *
 * @example
 * ```ts
 * const node = new EthereumHandler();
 * node.buildPing(); // '{"jsonrpc":"2.0","id":2000000000,"method":"net_version","params":[]}'
 * ```
 */
export class EthereumHandler<
  Topics extends object = EthereumTopics,
  Methods extends object = EthereumMethods,
> extends JsonRpcHandler<Topics, Methods> {
  constructor(options: EthereumHandlerOptions = {}) {
    const { parse, stringify } = jsonRpcRules;
    const read = readOptions('options', options, { numericIds: flag(true), parse, stringify });
    super({
      ...read,
      subscribeMethod: 'eth_subscribe',
      unsubscribeMethod: 'eth_unsubscribe',
      notificationMethod: 'eth_subscription',
      subscribeParams: ([one]) => paramsOf(one?.topic ?? '', one?.params),
      unsubscribeParams: (subscriptions) => subscriptions.map(({ topic, alias }) => alias ?? topic),
      outcomeOf: outcome,
    });
  }

  override classifyMessage(message: Message): MessageKind {
    const kind = super.classifyMessage(message);
    // An error that names no call: a notice.
    if (kind === MessageKind.Unknown && message.path('error.code') !== undefined) return MessageKind.System;
    return kind === MessageKind.Response && this.isPongResponse(message) ? MessageKind.System : kind;
  }

  /**
   * One filter is one subscription.
   * @throws ConfigError for `logs` with params that are no filter
   */
  override canonicalTopic(topic: Topic, params: unknown): Topic {
    if (topic === 'logs' && params !== undefined && !isLogFilter(params)) {
      throw new ConfigError('params', params, texts.LOG_FILTER);
    }
    return super.canonicalTopic(topic, params);
  }

  override injectRequestId(payload: unknown, requestId: RequestId): object {
    return super.injectRequestId(Array.isArray(payload) ? payload.map(withParams) : withParams(payload), requestId);
  }

  /** A time-out of the node says nothing about what became of the call. */
  override extractError(message: Message): ServerError | undefined {
    const error = super.extractError(message);
    return error?.code === TIMED_OUT && /time/i.test(error.message) ? { ...error, outcome: 'unknown' } : error;
  }

  /** A cheap call, for platforms without WebSocket pings. */
  override buildPing(): string {
    return this.stringify({ jsonrpc: '2.0', id: PING_ID, method: 'net_version', params: [] });
  }

  override isPongResponse(message: Message): boolean {
    return String(message.field('id')) === String(PING_ID) && message.field('method') === undefined;
  }
}

function paramsOf(topic: Topic, params: unknown): unknown[] {
  if (topic === FULL) return ['newPendingTransactions', true];
  return params === undefined ? [topic] : [topic, params];
}

/** The result is the name of the subscription. */
function outcome(result: unknown, topics: readonly Topic[]): SubscriptionOutcome {
  const [topic = ''] = topics;
  if (isWord(result) || typeof result === 'number') return { accepted: topics, aliases: { [topic]: result } };
  return { refused: topics, errors: { [topic]: { message: texts.NO_SUBSCRIPTION_ID } } };
}

function withParams(call: unknown): unknown {
  const isBare = isObject(call) && call.params === undefined && isWord(call.method) && !isNotification(call);
  return isBare ? { ...call, params: [] } : call;
}

function isLogFilter(params: unknown): boolean {
  if (!isObject(params)) return false;
  const { address, topics } = params;
  const isHex = (value: unknown) => typeof value === 'string' && /^0x[\da-f]*$/i.test(value);
  const isHexes = (value: unknown) => isHex(value) || (Array.isArray(value) && value.every(isHex));
  const areTopics = Array.isArray(topics) && topics.every((topic) => topic === null || isHexes(topic));
  return (address === undefined || isHexes(address)) && (topics === undefined || areTopics);
}
