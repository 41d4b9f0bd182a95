import { ConfigError } from '../../errors.js';
import type { RequestId, Topic } from '../../identifiers.js';
import type { Frames, SubscriptionContext, SubscriptionOutcome } from '../../protocol/handler-types.js';
import { readJsonField } from '../../protocol/json-field.js';
import type { Message } from '../../protocol/message.js';
import { isObject, isWord, type Members, membersOf } from '../common/values.js';
import { toCall } from './calls.js';
import { isFunction, type JsonRpcOptions, type JsonRpcSubscription, type MethodName } from './options.js';

const TOPIC_MEMBERS = ['subscription', 'channel', 'topic'];
const YES = /^(?:ok|success|subscribed|true)$/i;
/** A notification up to its params, in the usual layout: there the topic can be read without parsing. */
const UP_TO_PARAMS = /^\s*\{\s*(?:"(?:jsonrpc|method)"\s*:\s*"[^"\\]*"\s*,\s*)*"params"\s*:\s*(?=\{)/;

/** How a server subscribes, which JSON-RPC leaves open: as the options say, and where they are silent, as most do. */
export class JsonRpcSubscriptions {
  readonly topicsPerFrame: number;
  /** Whether the server names subscriptions itself; where the method is the topic, it has no name of its own for it. */
  readonly serverChoosesTopics: boolean;
  readonly #options: JsonRpcOptions;
  /** Undefined where every notification carries an update. */
  readonly #updateMethods: readonly string[] | undefined;

  /** @throws ConfigError for options that contradict each other */
  constructor(options: JsonRpcOptions) {
    const { notificationMethod, subscribeMethod, topicOf, topicsPerFrame = 1 } = options;
    if (isFunction(subscribeMethod) && topicsPerFrame !== 1) {
      throw new ConfigError('topicsPerFrame', topicsPerFrame, '1 where subscribeMethod depends on the topic');
    }
    this.#options = options;
    this.topicsPerFrame = topicsPerFrame;
    this.serverChoosesTopics = (notificationMethod ?? topicOf) !== undefined;
    this.#updateMethods =
      notificationMethod === undefined && subscribeMethod ? undefined : [notificationMethod ?? []].flat();
  }

  /** Whether every notification carries an update. */
  get isEveryNotification(): boolean {
    return this.#updateMethods === undefined;
  }

  /** Whether this method was named as one that carries updates. */
  isNamed(method: string | number): boolean {
    return this.#updateMethods?.includes(method as string) ?? false;
  }

  topicOf(message: Message): Topic | RequestId | undefined {
    const { notificationMethod, topicOf } = this.#options;
    const topic = topicOf ? topicOf(paramsIn(message)) : notificationMethod && topicIn(message);
    return (topic ?? (notificationMethod ? undefined : message.field('method'))) as Topic | RequestId | undefined;
  }

  dataOf(message: Message): unknown {
    const { dataOf, notificationMethod } = this.#options;
    const params = paramsIn(message);
    if (dataOf) return dataOf(params);
    const name = notificationMethod && ['result', 'data'].find((member) => Object.hasOwn(params, member));
    return name ? params[name] : membersOf(message).params;
  }

  /** @throws ConfigError where the options name no method for it */
  subscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): Frames {
    const { subscribeMethod, subscribeParams = topicsWithParams } = this.#options;
    if (!subscribeMethod)
      throw new ConfigError('subscribeMethod', undefined, 'the method of the server that subscribes');
    return this.#calls(subscribeMethod, subscribeParams, topics, requestId, context);
  }

  unsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): Frames {
    const { unsubscribeMethod, subscribeParams = namesOnly, unsubscribeParams = subscribeParams } = this.#options;
    return unsubscribeMethod && this.#calls(unsubscribeMethod, unsubscribeParams, topics, requestId, context);
  }

  /** What the result of a subscribe call says. */
  outcome(message: Message, topics: readonly Topic[]): boolean | SubscriptionOutcome | undefined {
    const { outcomeOf = defaultOutcome } = this.#options;
    // A number beyond 2^53 keeps its digits in the text alone.
    return outcomeOf(message.field('result') ?? membersOf(message).result, topics);
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
    const size = this.topicsPerFrame;
    return Array.from({ length: Math.ceil(topics.length / size) }, (_, at) => {
      const some = subscriptions.slice(at * size, (at + 1) * size);
      const name = typeof method === 'string' ? method : method(some[0]?.topic ?? '');
      return JSON.stringify(toCall({ method: name, params: paramsOf(some) }, requestId));
    });
  }
}

/** What tells subscriptions of one topic apart that differ in their params. */
export function suffixOf(params: unknown): string {
  return params === undefined ? '' : `?${JSON.stringify(params)}`;
}

function paramsIn(message: Message): Members {
  return (membersOf(message).params ?? {}) as Members;
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
