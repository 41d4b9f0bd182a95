import type { RequestId, Topic } from '../../identifiers.js';
import type { SubscriptionOutcome } from '../../protocol/handler-types.js';
import { flag, type OptionRules } from '../../util/options.js';
import { isFunction, isWord, isWordOrWords, type Members } from '../common/values.js';

/** The name of a method, or a function that returns the name for a topic. */
export type MethodName = string | ((topic: Topic) => string);

/** One subscription, for the functions that build the params of a call. */
export interface JsonRpcSubscription {
  readonly topic: Topic;
  /** The `params` option of `subscribe()`. */
  readonly params: unknown;
  /** The server's name for the subscription on this connection; undefined before the server named it. */
  readonly alias: RequestId | undefined;
}

/**
 * JSON-RPC does not define subscriptions; these options describe those of a server. Without any option a handler can
 * make calls, but it cannot subscribe.
 */
export interface JsonRpcOptions {
  /**
   * The method that subscribes, or a function that returns it for a topic. Topics with different methods are in
   * different calls.
   * @default undefined: `subscribe()` rejects
   */
  readonly subscribeMethod?: MethodName;
  /**
   * The method that unsubscribes, or a function that returns it for a topic.
   * @default undefined: nothing is sent when a subscription ends
   */
  readonly unsubscribeMethod?: MethodName;
  /**
   * The method, or methods, of notifications that carry updates. Other notifications become `message` events.
   * @default with `subscribeMethod`, every notification carries an update and its method is the topic; otherwise none
   * does
   */
  readonly notificationMethod?: string | readonly string[];
  /**
   * Reads the topic, or the server's name for it, from the params of an update.
   * @default the member `subscription`, `channel` or `topic`
   */
  topicOf?(params: Members): unknown;
  /**
   * Reads the data from the params of an update.
   * @default the member `result`, else `data`, else the params as a whole
   */
  dataOf?(params: Members): unknown;
  /**
   * Builds the params of a subscribe call.
   * @default a list: each topic, followed by its params if it has some
   */
  subscribeParams?(subscriptions: readonly JsonRpcSubscription[]): object;
  /**
   * Builds the params of an unsubscribe call.
   * @default `subscribeParams` if it is set, else a list of the server's names for the topics
   */
  unsubscribeParams?(subscriptions: readonly JsonRpcSubscription[]): object;
  /**
   * Reads the result of a subscribe call: `true` (all accepted), `false` (all refused), an outcome for each topic, or
   * `undefined` (the result says nothing about these topics).
   * @default by the type of the result: a list names the accepted topics; an object with topics as keys says `true` or
   * "ok" for each accepted topic; `false` is a refusal; a text or number is the server's name for the topic, except for
   * a word like "ok"; everything else accepts
   */
  outcomeOf?(result: unknown, topics: readonly Topic[]): boolean | SubscriptionOutcome | undefined;
  /**
   * The number of topics in one call.
   * @default 1, because a result that names a subscription can name only one
   */
  readonly topicsPerFrame?: number;
  /**
   * Whether request ids are the integers 1, 2, 3, …, for servers that accept no other ids.
   * @default false, because random ids cannot collide with ids of the application
   */
  readonly numericIds?: boolean;
  /**
   * Parses a text, for `message.json`. A parser of your own can keep integers beyond 2^53 exact.
   * @default JSON.parse
   */
  parse?(text: string): unknown;
  /**
   * Writes a payload, for `request()`, `sendJson()` and the frames of the handler.
   * @default JSON.stringify
   */
  stringify?(value: unknown): string;
}

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
  parse: callback,
  stringify: callback,
};
