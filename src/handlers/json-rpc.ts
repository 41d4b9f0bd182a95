import { ConfigError, ProtocolError } from '../core/errors.js';
import type {
  Frames,
  Limits,
  ServerError,
  ServerRequest,
  SubscriptionContext,
  SubscriptionOutcome,
} from '../core/handler-types.js';
import type { RequestId, Topic } from '../core/identifiers.js';
import { readJsonField } from '../core/json-field.js';
import type { Message } from '../core/message.js';
import { MessageKind } from '../core/message-kind.js';
import { ProtocolHandler } from '../core/protocol-handler.js';
import {
  isObject,
  isPlainObject,
  isWord,
  isWordOrWords,
  membersOf,
  type OptionRules,
  readOptions,
  serverError,
} from './generic-json.js';

type Params = Readonly<Record<string, unknown>>;
type MethodName = string | ((topic: Topic) => string);

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
  topicOf?(params: Params): unknown;
  /** The data in an update's params. Default: `result`, else `data`, else the params. */
  dataOf?(params: Params): unknown;
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

/** The outcome of one call of a batch. */
export type JsonRpcBatchEntry = { readonly result: unknown } | { readonly error: ServerError };

interface Batch {
  readonly id: RequestId;
  readonly calls: readonly RequestId[];
}

const VERSION: Params = { jsonrpc: '2.0' };
const INTERNAL_ERROR = -32603;
/** Calls in unanswered batches that are remembered; the oldest are forgotten. */
const BATCHED_CALLS = 10_000;
const TOPIC_MEMBERS = ['subscription', 'channel', 'topic'];
const YES = /^(?:ok|success|subscribed|true)$/i;
/** A notification up to its params, in the usual layout: there the topic can be read without parsing. */
const UP_TO_PARAMS = /^\s*\{\s*(?:"(?:jsonrpc|method)"\s*:\s*"[^"\\]*"\s*,\s*)*"params"\s*:\s*(?=\{)/;

const isFunction = (value: unknown): boolean => typeof value === 'function';
const methodName = [
  (value: unknown) => isWord(value) || isFunction(value),
  'the name of a method, or a function of the topic',
] as const;
const callback = [isFunction, 'a function'] as const;
const rules: OptionRules<JsonRpcOptions> = {
  subscribeMethod: methodName,
  unsubscribeMethod: methodName,
  notificationMethod: [isWordOrWords, 'the name of a method, or a list of them'],
  topicOf: callback,
  dataOf: callback,
  subscribeParams: callback,
  unsubscribeParams: callback,
  outcomeOf: callback,
  topicsPerFrame: [(value) => Number.isSafeInteger(value) && (value as number) > 0, 'a positive integer', 1],
  numericIds: [(value) => typeof value === 'boolean', 'true or false', false],
};

/**
 * Speaks JSON-RPC 2.0, in both directions.
 *
 * - `request({ method, params })` resolves to the result and rejects with the server's error (`serverCode`, `message`,
 *   `data`). An answer that has neither is rejected with an open outcome.
 * - `request([{ method, params }, …])` is a batch: it resolves to one `JsonRpcBatchEntry` per call, in their order.
 * - `sendJson(JsonRpcHandler.notification(method, params))` notifies.
 * - A request of the server becomes the client's `request` event, whatever its id: it has a `method`, so it answers
 *   nothing of ours. It is answered by itself, also where it came in a batch.
 * - An error with a null id names no request, so it settles none: it is a `message` event.
 * - Subscriptions of one topic may differ in their params: `subscribe('logs', { params: filter })`.
 *
 * The member `jsonrpc` is always sent, but not asked of the server: many leave it out.
 *
 * @throws ConfigError for an unknown option or a wrong value
 * @example
 * ```ts
 * const ethereum = new JsonRpcHandler({
 *   subscribeMethod: 'eth_subscribe',
 *   unsubscribeMethod: 'eth_unsubscribe',
 *   notificationMethod: 'eth_subscription',
 * });
 * const update = new Message('{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0x1","result":7}}');
 * ethereum.extractTopic(update); // '0x1'
 * ethereum.extractData(update); // 7
 * ```
 */
export class JsonRpcHandler<
  Topics extends object = Record<string, unknown>,
  Methods extends object = Record<string, unknown>,
> extends ProtocolHandler<Topics, Methods> {
  override readonly limits: Limits;
  override readonly serverChoosesTopics: boolean;
  readonly #options: JsonRpcOptions;
  /** Undefined where every notification carries an update. */
  readonly #updateMethods: readonly string[] | undefined;
  /** By the id of each call. */
  readonly #batches = new Map<RequestId, Batch>();
  #lastId = 0;

  constructor(options: JsonRpcOptions = {}) {
    super();
    this.#options = readOptions(options, rules);
    const { notificationMethod, subscribeMethod, topicOf, topicsPerFrame } = this.#options;
    if (isFunction(subscribeMethod) && topicsPerFrame !== 1) {
      throw new ConfigError('topicsPerFrame', topicsPerFrame, '1 where subscribeMethod depends on the topic');
    }
    this.limits = { topicsPerFrame };
    // Where the method is the topic, the server has no name of its own for it.
    this.serverChoosesTopics = (notificationMethod ?? topicOf) !== undefined;
    this.#updateMethods =
      notificationMethod === undefined && subscribeMethod ? undefined : [notificationMethod ?? []].flat();
  }

  /** A notification, to be sent with `sendJson()`. */
  static notification(method: string, params?: object): object {
    return toCall({ method, params });
  }

  classifyMessage(message: Message): MessageKind {
    const method = message.field('method');
    if (method === undefined) {
      return this.extractRequestId(message) === undefined ? MessageKind.Unknown : MessageKind.Response;
    }
    if (this.#updateMethods?.includes(method as string)) return MessageKind.Update;
    if (!isWord(method)) return MessageKind.Unknown;
    if (message.field('id') !== undefined) return MessageKind.System;
    return this.#updateMethods ? MessageKind.Unknown : MessageKind.Update;
  }

  extractRequestId(message: Message): RequestId | undefined {
    return message.field('id') ?? this.#batchIn(message)?.id;
  }

  extractTopic(message: Message): Topic | RequestId | readonly Topic[] | undefined {
    const { notificationMethod, topicOf } = this.#options;
    const topic = topicOf ? topicOf(paramsIn(message)) : notificationMethod && topicIn(message);
    return (topic ?? (notificationMethod ? undefined : message.field('method'))) as Topic | RequestId | undefined;
  }

  override extractData(message: Message): unknown {
    const { dataOf, notificationMethod } = this.#options;
    const params = paramsIn(message);
    if (dataOf) return dataOf(params);
    const name = notificationMethod && ['result', 'data'].find((member) => Object.hasOwn(params, member));
    return name ? params[name] : membersOf(message).params;
  }

  /** Subscriptions that differ in their params differ, as each has a name of its own to the server. */
  override canonicalTopic(topic: Topic, params: unknown): Topic {
    return topic + suffixOf(params);
  }

  buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): Frames {
    const { subscribeMethod, subscribeParams = topicsWithParams } = this.#options;
    if (!subscribeMethod)
      throw new ConfigError('subscribeMethod', undefined, 'the method of the server that subscribes');
    return this.#calls(subscribeMethod, subscribeParams, topics, requestId, context);
  }

  buildUnsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): Frames {
    const { unsubscribeMethod, subscribeParams = namesOnly, unsubscribeParams = subscribeParams } = this.#options;
    return unsubscribeMethod && this.#calls(unsubscribeMethod, unsubscribeParams, topics, requestId, context);
  }

  override isSubscriptionSuccess(
    message: Message,
    topics: readonly Topic[],
  ): boolean | SubscriptionOutcome | undefined {
    if (this.extractError(message)) return false;
    const { outcomeOf = defaultOutcome } = this.#options;
    // A number beyond 2^53 keeps its digits in the text alone.
    return outcomeOf(message.field('result') ?? membersOf(message).result, topics);
  }

  override generateRequestId(): RequestId | undefined {
    return this.#options.numericIds ? ++this.#lastId : undefined;
  }

  override injectRequestId(payload: unknown, requestId: RequestId): object {
    if (!Array.isArray(payload)) return toCall(payload, requestId);
    if (payload.length === 0)
      throw new ProtocolError('A JSON-RPC batch needs at least one call.', { delivery: 'unsent' });
    const calls = payload.map((_, at) => (at > 0 ? (this.generateRequestId() ?? `${requestId}.${at}`) : requestId));
    const frame = payload.map((part, at) => toCall(part, calls[at]));
    const batch: Batch = { id: requestId, calls };
    for (const id of calls) this.#batches.set(id, batch);
    for (const id of this.#batches.keys()) {
      if (this.#batches.size <= BATCHED_CALLS) break;
      this.#batches.delete(id);
    }
    return frame;
  }

  override extractError(message: Message): ServerError | undefined {
    return this.#batchIn(message) ? undefined : errorIn(membersOf(message));
  }

  override extractResult(message: Message): unknown {
    const batch = this.#batchIn(message);
    if (!batch) return membersOf(message).result;
    const answers = new Map((listIn(message) ?? []).filter(isObject).map((answer) => [answer.id, answer]));
    return batch.calls.map((id): JsonRpcBatchEntry => {
      this.#batches.delete(id);
      const answer = answers.get(id) ?? {};
      const error = errorIn(answer);
      return error ? { error } : { result: answer.result };
    });
  }

  /** The parts of an array; those that answer one batch of ours stay together. */
  override split(message: Message): readonly Message[] | undefined {
    const parts = listIn(message);
    const batch = parts && this.#batchIn(message);
    if (!batch) return parts?.map((part) => message.part(part));
    const ours = parts.filter((part) => this.#batchOf(part) === batch);
    if (ours.length === parts.length) return undefined;
    return [ours, ...parts.filter((part) => !ours.includes(part))].map((part) => message.part(part));
  }

  override extractServerRequest(message: Message): ServerRequest | undefined {
    const id = message.field('id');
    const { method, params } = membersOf(message);
    return id !== undefined && isWord(method) ? { id, method, params } : undefined;
  }

  override buildResponse(id: RequestId, result: unknown): string {
    // The member is required, and undefined would leave it out.
    return JSON.stringify({ ...VERSION, id, result: result ?? null });
  }

  /** JSON-RPC knows integer codes only: any other code, or none, becomes -32603, "internal error". */
  override buildErrorResponse(id: RequestId, { code, message, data }: ServerError): string {
    const sent = Number.isInteger(code) ? code : INTERNAL_ERROR;
    return JSON.stringify({ ...VERSION, id, error: { code: sent, message, data } });
  }

  /** One call for every `topicsPerFrame` topics. */
  #calls(
    method: MethodName,
    paramsOf: (subscriptions: readonly JsonRpcSubscription[]) => object,
    topics: readonly Topic[],
    requestId: RequestId,
    context: SubscriptionContext,
  ): string[] {
    const subscriptions = topics.map((topic): JsonRpcSubscription => {
      const params = context.params(topic);
      const suffix = suffixOf(params);
      const name = suffix && topic.endsWith(suffix) ? topic.slice(0, -suffix.length) : topic;
      const alias = context.alias(topic);
      // Should the server not choose a name, its updates carry the bare topic.
      if (name !== topic && alias === undefined) context.setAlias(topic, name);
      return { topic: name, params, alias };
    });
    const size = this.limits.topicsPerFrame ?? 1;
    return Array.from({ length: Math.ceil(topics.length / size) }, (_, at) => {
      const some = subscriptions.slice(at * size, (at + 1) * size);
      const name = typeof method === 'string' ? method : method(some[0]?.topic ?? '');
      return JSON.stringify(toCall({ method: name, params: paramsOf(some) }, requestId));
    });
  }

  #batchIn(message: Message): Batch | undefined {
    if (this.#batches.size === 0) return undefined;
    for (const part of listIn(message) ?? []) {
      const batch = this.#batchOf(part);
      if (batch) return batch;
    }
    return undefined;
  }

  #batchOf(part: unknown): Batch | undefined {
    return isObject(part) && !('method' in part) ? this.#batches.get(part.id as RequestId) : undefined;
  }
}

/** The id is ours, and so is the version, whatever the payload says. */
function toCall(payload: unknown, id?: RequestId): Params {
  const { method, params } = isPlainObject(payload) ? payload : {};
  if (isWord(method) && (params === undefined || (typeof params === 'object' && params !== null))) {
    return { ...VERSION, ...(payload as Params), ...VERSION, ...(id !== undefined && { id }) };
  }
  throw new ProtocolError(
    'A JSON-RPC call is { method, params }: a text, and an object or an array if there are any.',
    {
      delivery: 'unsent',
    },
  );
}

function errorIn(answer: Params): ServerError | undefined {
  // Version 1.0 has both members, one of them null.
  if (answer.error) return serverError(answer.error, {});
  if (Object.hasOwn(answer, 'result')) return undefined;
  return { message: 'The server answered with neither a result nor an error.', outcome: 'unknown' };
}

function listIn(message: Message): readonly unknown[] | undefined {
  return /^\s*\[/.test(message.text) && Array.isArray(message.json) ? message.json : undefined;
}

function paramsIn(message: Message): Params {
  return (membersOf(message).params ?? {}) as Params;
}

function topicIn(message: Message): Topic | RequestId | undefined {
  const { text } = message;
  const start = UP_TO_PARAMS.exec(text);
  const params = start ? text.slice(start[0].length) : JSON.stringify(paramsIn(message));
  for (const member of TOPIC_MEMBERS) {
    const topic = readJsonField(params, member);
    if (topic !== undefined) return topic;
  }
  return undefined;
}

function suffixOf(params: unknown): string {
  return params === undefined ? '' : `?${JSON.stringify(params)}`;
}

function topicsWithParams(subscriptions: readonly JsonRpcSubscription[]): object {
  return subscriptions.flatMap(({ topic, params }) => (params === undefined ? [topic] : [topic, params]));
}

function namesOnly(subscriptions: readonly JsonRpcSubscription[]): object {
  return subscriptions.map(({ topic, alias }) => alias ?? topic);
}

function defaultOutcome(result: unknown, topics: readonly Topic[]): boolean | SubscriptionOutcome {
  const is = (topic: Topic, name: unknown) => topic === name || topic.startsWith(`${name}?`);
  if (isWord(result) || typeof result === 'number') {
    const [topic = ''] = topics;
    const isName = topics.length === 1 && !YES.test(`${result}`) && !is(topic, result);
    return !isName || { accepted: topics, aliases: { [topic]: result } };
  }
  const list = Array.isArray(result) && result.every(isWord) && Object.fromEntries(result.map((name) => [name, true]));
  const told = Object.entries(list || (isObject(result) ? result : {}));
  if (!list && !told.some(([name]) => topics.some((topic) => is(topic, name)))) return result !== false;
  const accepted = topics.filter((topic) => told.some(([name, value]) => is(topic, name) && YES.test(`${value}`)));
  return accepted.length > 0 && { accepted, refused: topics.filter((topic) => !accepted.includes(topic)) };
}
