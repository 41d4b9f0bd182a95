import { ConfigError } from '../../errors.js';
import type { RequestId, Topic } from '../../identifiers.js';
import type { Frames, SubscriptionContext, SubscriptionOutcome } from '../../protocol/handler-types.js';
import { readJsonField, readJsonMember } from '../../protocol/json-field.js';
import type { Message } from '../../protocol/message.js';
import * as texts from '../../texts.js';
import { isObject } from '../../util/options.js';
import { isFunction, isWord, type Members, membersOf } from '../common/values.js';
import { toCall } from './call.js';
import type { JsonRpcOptions, JsonRpcSubscription, MethodName } from './options.js';

const TOPIC_MEMBERS = ['subscription', 'channel', 'topic'];
const YES = /^(?:ok|success|subscribed|true)$/i;
/**
 * The start of a notification, up to its params, in the usual layout. Behind it the topic can be read without parsing.
 */
const UP_TO_PARAMS = /^\s*\{\s*(?:"(?:jsonrpc|method)"\s*:\s*"[^"\\]*"\s*,\s*)*"params"\s*:\s*(?=\{)/;

/** Writes frames; the handler does. */
interface Writer {
  stringify(value: unknown): string;
}

/** The subscriptions of a JSON-RPC server, as `JsonRpcOptions` describe them. */
export class JsonRpcSubscriptions {
  readonly topicsPerFrame: number;
  /** Whether the server may choose names for subscriptions. Not if the method of an update is its topic. */
  readonly serverChoosesTopics: boolean;
  readonly #options: JsonRpcOptions;
  readonly #writer: Writer;
  /** The methods of updates; undefined if every notification carries an update. */
  readonly #updateMethods: readonly string[] | undefined;

  constructor(options: JsonRpcOptions, writer: Writer) {
    const { notificationMethod, subscribeMethod, topicOf, topicsPerFrame = 1 } = options;
    this.#options = options;
    this.#writer = writer;
    this.topicsPerFrame = topicsPerFrame;
    this.serverChoosesTopics = (notificationMethod ?? topicOf) !== undefined;
    this.#updateMethods =
      notificationMethod === undefined && subscribeMethod ? undefined : [notificationMethod ?? []].flat();
  }

  /** Whether every notification carries an update. */
  get isEveryNotification(): boolean {
    return this.#updateMethods === undefined;
  }

  /** Whether `notificationMethod` names this method. */
  isNamed(method: string | number): boolean {
    return this.#updateMethods?.includes(method as string) ?? false;
  }

  /** The methods of a topic: topics with other methods are in other calls. Undefined if all topics have the same. */
  groupOf(topic: Topic): string | undefined {
    const { subscribeMethod, unsubscribeMethod } = this.#options;
    if (!isFunction(subscribeMethod) && !isFunction(unsubscribeMethod)) return undefined;
    return [subscribeMethod, unsubscribeMethod].map((method) => nameOf(method, topic)).join(' ');
  }

  /** The topic of an update, or the server's name for it. */
  topicOf(message: Message): Topic | RequestId | undefined {
    const { notificationMethod, topicOf } = this.#options;
    const topic = topicOf ? topicOf(paramsIn(message)) : notificationMethod && topicIn(message);
    return (topic ?? (notificationMethod ? undefined : message.field('method'))) as Topic | RequestId | undefined;
  }

  /** The data of an update. */
  dataOf(message: Message): unknown {
    const { dataOf, notificationMethod } = this.#options;
    const params = paramsIn(message);
    if (dataOf) return dataOf(params);
    const name = notificationMethod && ['result', 'data'].find((member) => Object.hasOwn(params, member));
    return name ? params[name] : membersOf(message).params;
  }

  /**
   * The subscribe calls for these topics.
   * @throws ConfigError without `subscribeMethod`
   */
  subscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): Frames {
    const { subscribeMethod, subscribeParams = topicsWithParams } = this.#options;
    if (!subscribeMethod) throw new ConfigError('subscribeMethod', undefined, texts.SUBSCRIBE_METHOD);
    return this.#callFrames(subscribeMethod, subscribeParams, topics, requestId, context);
  }

  /** The unsubscribe calls for these topics; undefined without `unsubscribeMethod`. */
  unsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): Frames {
    const { unsubscribeMethod, subscribeParams = namesOnly, unsubscribeParams = subscribeParams } = this.#options;
    return unsubscribeMethod && this.#callFrames(unsubscribeMethod, unsubscribeParams, topics, requestId, context);
  }

  /** What the answer to a subscribe call says about these topics. */
  outcome(message: Message, topics: readonly Topic[]): boolean | SubscriptionOutcome | undefined {
    const { outcomeOf = defaultOutcome } = this.#options;
    // field() keeps all digits of a number beyond 2^53.
    return outcomeOf(message.field('result') ?? membersOf(message).result, topics);
  }

  /** The suffix that makes a canonical topic: it differs for subscriptions with different params. */
  suffixOf(params: unknown): string {
    return params === undefined ? '' : `?${this.#writer.stringify(params)}`;
  }

  /** One call for every `topicsPerFrame` topics. */
  #callFrames(
    method: MethodName,
    paramsOf: (subscriptions: readonly JsonRpcSubscription[]) => object,
    topics: readonly Topic[],
    requestId: RequestId,
    context: SubscriptionContext,
  ): string[] {
    const subscriptions = topics.map((topic): JsonRpcSubscription => {
      const params = context.params(topic);
      const suffix = this.suffixOf(params);
      const name = suffix && topic.endsWith(suffix) ? topic.slice(0, -suffix.length) : topic;
      const alias = context.alias(topic);
      // If the server does not choose a name, its updates carry the topic without params.
      if (name !== topic && alias === undefined) context.setAlias(topic, name);
      return { topic: name, params, alias };
    });
    const size = this.topicsPerFrame;
    return Array.from({ length: Math.ceil(topics.length / size) }, (_, at) => {
      const some = subscriptions.slice(at * size, (at + 1) * size);
      const name = nameOf(method, some[0]?.topic ?? '');
      return this.#writer.stringify(toCall({ method: name, params: paramsOf(some) }, requestId));
    });
  }
}

function nameOf(method: MethodName | undefined, topic: Topic): string | undefined {
  return typeof method === 'function' ? method(topic) : method;
}

function paramsIn(message: Message): Members {
  return (membersOf(message).params ?? {}) as Members;
}

function topicIn(message: Message): Topic | RequestId | undefined {
  const { text } = message;
  const start = UP_TO_PARAMS.exec(text);
  const params = start ? text.slice(start[0].length) : (readJsonMember(text, 'params') ?? '');
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
  const isTopic = (topic: Topic, name: unknown) => topic === name || topic.startsWith(`${name}?`);
  if (isWord(result) || typeof result === 'number') {
    const [topic = ''] = topics;
    const isName = topics.length === 1 && !YES.test(`${result}`) && !isTopic(topic, result);
    return !isName || { accepted: topics, aliases: { [topic]: result } };
  }
  const list = Array.isArray(result) && result.every(isWord) && Object.fromEntries(result.map((name) => [name, true]));
  const verdicts = Object.entries(list || (isObject(result) ? result : {}));
  if (!list && !verdicts.some(([name]) => topics.some((topic) => isTopic(topic, name)))) return result !== false;
  const accepted = topics.filter((topic) =>
    verdicts.some(([name, value]) => isTopic(topic, name) && YES.test(`${value}`)),
  );
  return accepted.length > 0 && { accepted, refused: topics.filter((topic) => !accepted.includes(topic)) };
}
