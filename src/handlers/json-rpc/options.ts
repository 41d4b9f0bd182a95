import type { RequestId, Topic } from '../../identifiers.js';
import type { SubscriptionOutcome } from '../../protocol/handler-types.js';
import { flag, type OptionRules } from '../../util/options.js';
import { isWord, isWordOrWords, type Members } from '../common/values.js';

/** A name, or how it follows from the topic. */
export type MethodName = string | ((topic: Topic) => string);

/** One subscription, as the functions that build params see it. */
export interface JsonRpcSubscription {
  readonly topic: Topic;
  /** What the application gave to `subscribe()`. */
  readonly params: unknown;
  /** The server's name for it on this connection; known when it is unsubscribed, if at all. */
  readonly alias: RequestId | undefined;
}

/** JSON-RPC leaves subscriptions to the server; these options tell how it does them. Without any, only calls work. */
export interface JsonRpcOptions {
  /** The method that subscribes, or a function that tells it for a topic. Default: none, and subscribing is an error. */
  readonly subscribeMethod?: MethodName;
  /** The method that unsubscribes, likewise. Default: none, and the server is told nothing. */
  readonly unsubscribeMethod?: MethodName;
  /**
   * The method, or methods, of notifications that carry updates. Default: where topics can be subscribed, all do, and
   * the method is the topic. Other notifications reach the application as `message` events.
   */
  readonly notificationMethod?: string | readonly string[];
  /** The topic, or the server's name for it, in an update's params. Default: `subscription`, `channel` or `topic`. */
  topicOf?(params: Members): unknown;
  /** The data in an update's params. Default: `result`, else `data`, else the params. */
  dataOf?(params: Members): unknown;
  /** The params of a subscribe call. Default: a list of the topics, each with its own params behind it, if any. */
  subscribeParams?(subscriptions: readonly JsonRpcSubscription[]): object;
  /** Those of an unsubscribe call. Default: as `subscribeParams`, else a list of the server's names for the topics. */
  unsubscribeParams?(subscriptions: readonly JsonRpcSubscription[]): object;
  /**
   * What the result of a subscribe call says. Default, by its type: a list names the accepted topics, an object with
   * topics for keys tells each (`true` or "ok"), any other text or number is the server's name for the topic, `false` is
   * a refusal, and the rest means yes.
   */
  outcomeOf?(result: unknown, topics: readonly Topic[]): boolean | SubscriptionOutcome | undefined;
  /** How many topics one call may carry. Default 1: a result that is the server's name can name only one. */
  readonly topicsPerFrame?: number;
  /** Count requests 1, 2, 3 … for peers that want integers. Default false: random ids never meet the application's own. */
  readonly numericIds?: boolean;
}

export const isFunction = (value: unknown): boolean => typeof value === 'function';
const methodName = [
  (value: unknown) => isWord(value) || isFunction(value),
  'the name of a method, or a function of the topic',
] as const;
const callback = [isFunction, 'a function'] as const;
export const jsonRpcRules: OptionRules<JsonRpcOptions> = {
  subscribeMethod: methodName,
  unsubscribeMethod: methodName,
  notificationMethod: [isWordOrWords, 'the name of a method, or a list of them'],
  topicOf: callback,
  dataOf: callback,
  subscribeParams: callback,
  unsubscribeParams: callback,
  outcomeOf: callback,
  topicsPerFrame: [(value: number) => Number.isSafeInteger(value) && value > 0, 'a positive integer', 1],
  numericIds: flag(false),
};
