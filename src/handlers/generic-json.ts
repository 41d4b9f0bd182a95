import { ConfigError, ProtocolError } from '../errors.js';
import type { RequestId, Topic } from '../identifiers.js';
import type { Frames, ServerError, SubscriptionContext, SubscriptionOutcome } from '../protocol/handler-types.js';
import type { Message } from '../protocol/message.js';
import { MessageKind } from '../protocol/message-kind.js';
import { ProtocolHandler } from '../protocol/protocol-handler.js';
import * as texts from '../texts.js';
import { readOptions } from '../util/options.js';
import { rarePart } from './common/rare-part.js';
import { serverError } from './common/server-error.js';
import { asMembers, isPlainObject, isWord, membersOf } from './common/values.js';
import { type GenericJsonOptions, type GenericJsonSettings, genericJsonRules } from './generic-json/options.js';

export type { GenericJsonOptions } from './generic-json/options.js';

/** What a message says about topics that were asked for. */
interface Acknowledgement {
  readonly hasId: boolean;
  /** Whether it is about topics that were ended. */
  readonly isEnd: boolean;
  readonly accepted: boolean;
  readonly named: ReadonlySet<Topic>;
}

/**
 * Speaks plain JSON protocols: operations with a list of topics, answers with the id of their request, updates with the
 * name of their topic. The options describe the differences between servers. For further differences extend this class.
 *
 * - A frame with a request id is an answer, even if it names a topic.
 * - A frame without a request id that names a topic is an update.
 * - A frame with the subscribe or unsubscribe operation is a confirmation or a refusal.
 * - A frame with the ping or pong operation is for the keep-alive.
 *
 * If a server puts ids of its own into updates, set `typeField` and `updateType`. The `params` of a subscription are
 * merged into its entry in the list: `{"depth":50,"topic":"book.BTC"}`. For a server that never confirms subscriptions
 * set `confirmsSubscriptions = false` in a subclass.
 *
 * @throws ConfigError for an unknown option or a wrong value
 * @example
 * ```ts
 * const handler = new GenericJsonHandler({ requestIdField: 'id', topicField: 'channel', pingOp: 'ping' });
 * handler.buildPing(); // '{"op":"ping"}'
 * handler.extractTopic(new Message('{"channel":"trades.BTC","data":[]}')); // 'trades.BTC'
 * handler.injectRequestId({ op: 'order', qty: 1 }, 'a1'); // { op: 'order', qty: 1, id: 'a1' }
 * ```
 */
export class GenericJsonHandler<
  Topics extends object = Record<string, unknown>,
  Methods extends object = Record<string, unknown>,
> extends ProtocolHandler<Topics, Methods> {
  readonly #names: GenericJsonSettings;
  readonly #successCodes: ReadonlySet<string>;
  /** A text with a topic and without any of these strings is an update: it has no request id and no operation. */
  readonly #signs: readonly string[];
  /** Weak: what was read of a message must not keep the message in memory. */
  readonly #acknowledgements = new WeakMap<Message, Acknowledgement>();

  constructor(options: GenericJsonOptions = {}) {
    super();
    const names = readOptions('options', options, genericJsonRules) as GenericJsonSettings;
    if (names.subscribeOp === names.unsubscribeOp) {
      throw new ConfigError('unsubscribeOp', names.unsubscribeOp, texts.NOT_SUBSCRIBE_OP);
    }
    if ((names.responseType ?? names.updateType) !== undefined && names.typeField === undefined) {
      throw new ConfigError('typeField', undefined, texts.TYPE_FIELD);
    }
    this.#names = names;
    this.#successCodes = new Set(names.successCodes.map(String));
    const signs = new Set([names.requestIdField, names.subscribeOp, names.unsubscribeOp].map(rarePart));
    // A search for 'ubscribe' finds 'unsubscribe' too.
    this.#signs = [...signs].filter((sign) => ![...signs].some((other) => other !== sign && sign.includes(other)));
  }

  classifyMessage(message: Message): MessageKind {
    const names = this.#names;
    const type = names.typeField && message.field(names.typeField);
    if (type && isOneOf(type, names.updateType)) return MessageKind.Update;
    const answers = type !== undefined && isOneOf(type, names.responseType);
    const hasTopic = !answers && message.field(names.topicField) !== undefined;
    // field() scans the whole update to find that it has no request id and no operation. includes() is faster.
    if (hasTopic && !this.#hasSign(message.text)) return MessageKind.Update;
    if (this.extractRequestId(message) !== undefined) {
      return names.pingOp && this.isServerPing(message) ? MessageKind.System : MessageKind.Response;
    }
    const operation = message.field(names.operationField);
    if (operation === names.subscribeOp || operation === names.unsubscribeOp) return MessageKind.Control;
    if (operation === names.pongOp || (names.pingOp && operation === names.pingOp)) return MessageKind.System;
    if (answers) return MessageKind.Response;
    return hasTopic ? MessageKind.Update : MessageKind.Unknown;
  }

  #hasSign(text: string): boolean {
    for (const sign of this.#signs) if (text.includes(sign)) return true;
    return false;
  }

  extractRequestId(message: Message): RequestId | undefined {
    const id = message.field(this.#names.requestIdField);
    // Some servers send an empty id instead of none.
    return id === '' ? undefined : id;
  }

  extractTopic(message: Message): Topic | undefined {
    const topic = message.field(this.#names.topicField);
    return typeof topic === 'number' ? String(topic) : topic;
  }

  buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): string {
    return this.#operation(this.#names.subscribeOp, topics, requestId, context);
  }

  buildUnsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): string {
    return this.#operation(this.#names.unsubscribeOp, topics, requestId, context);
  }

  /**
   * A confirmation without a request id is for the topics that it names. If it names none, it is for the oldest frame
   * that waits for a confirmation.
   */
  override isSubscriptionSuccess(
    message: Message,
    topics: readonly Topic[],
  ): boolean | SubscriptionOutcome | undefined {
    const { accepted, hasId, isEnd, named } = this.#acknowledgementIn(message);
    if (isEnd) return undefined;
    const ours = topics.filter((topic) => named.has(topic));
    // A refusal with a request id refuses the whole frame, even if it names only the topic at fault.
    if (hasId && !accepted) return false;
    if (ours.length > 0) return accepted ? { accepted: ours } : { refused: ours };
    return hasId || named.size === 0 ? accepted : undefined;
  }

  override acknowledgedTopics(message: Message): readonly Topic[] | undefined {
    const { named } = this.#acknowledgementIn(message);
    return named.size > 0 ? [...named] : undefined;
  }

  /** Read once: the same acknowledgement is asked about for each frame that it may be about. */
  #acknowledgementIn(message: Message): Acknowledgement {
    const known = this.#acknowledgements.get(message);
    if (known) return known;
    const names = this.#names;
    const frame = membersOf(message);
    const hasId = this.extractRequestId(message) !== undefined;
    const read = {
      hasId,
      isEnd: !hasId && message.field(names.operationField) === names.unsubscribeOp,
      accepted: !this.extractError(message),
      named: new Set([frame[names.argumentsField], frame[names.topicField]].flat().filter(isWord)),
    };
    this.#acknowledgements.set(message, read);
    return read;
  }

  override injectRequestId(payload: unknown, requestId: RequestId): unknown {
    const id = this.#names.requestIdField;
    if (isPlainObject(payload)) {
      // Several times faster than a spread or a computed member.
      const request: Record<string, unknown> = Object.assign({}, payload);
      request[id] = requestId;
      return request;
    }
    throw new ProtocolError(texts.notPlainRequest(id), { delivery: 'unsent' });
  }

  override extractError(message: Message): ServerError | undefined {
    const names = this.#names;
    const frame = membersOf(message);
    const error = frame[names.errorField];
    const code = names.codeField === undefined ? undefined : frame[names.codeField];
    const isCoded = isWord(code) || typeof code === 'number';
    const isRefused = isCoded ? !this.#successCodes.has(String(code)) : Boolean(error);
    if (!isRefused && frame[names.successField] !== false) return undefined;
    const refusal = serverError(error, frame, frame[names.dataField]);
    return isCoded ? { ...refusal, code } : refusal;
  }

  override extractResult(message: Message): unknown {
    return this.extractData(message);
  }

  override extractData(message: Message): unknown {
    const { dataField } = this.#names;
    const frame = membersOf(message);
    return Object.hasOwn(frame, dataField) ? frame[dataField] : message.json;
  }

  override parse(text: string): unknown {
    const { parse } = this.#names;
    return parse ? parse(text) : super.parse(text);
  }

  override stringify(value: unknown): string {
    const { stringify } = this.#names;
    return stringify ? stringify(value) : super.stringify(value);
  }

  override buildPing(): Frames {
    const { operationField, pingOp } = this.#names;
    return pingOp && this.stringify({ [operationField]: pingOp });
  }

  /**
   * A ping with a success or error member is the server's answer to our ping. If `pingOp` and `pongOp` are the same,
   * every ping is such an answer.
   */
  override isServerPing(message: Message): boolean {
    const names = this.#names;
    if (!names.pingOp || names.pingOp === names.pongOp || message.field(names.operationField) !== names.pingOp)
      return false;
    // A ping wants its pong even if the rest of it cannot be read.
    const frame = asMembers(message.json);
    return !Object.hasOwn(frame, names.successField) && !Object.hasOwn(frame, names.errorField);
  }

  /** The server's ping with the pong operation. It keeps the other members, because the server may need them. */
  override buildPong(message: Message): string {
    return this.stringify({ ...asMembers(message.json), [this.#names.operationField]: this.#names.pongOp });
  }

  override isPongResponse(message: Message): boolean {
    const { operationField, pingOp, pongOp } = this.#names;
    const operation = message.field(operationField);
    return operation === pongOp || (pingOp !== undefined && operation === pingOp && !this.isServerPing(message));
  }

  #operation(name: string, topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): string {
    const names = this.#names;
    const list = topics.map((topic) => {
      const params = context.params(topic);
      if (params === undefined) return topic;
      if (isPlainObject(params)) return { ...params, [names.topicField]: topic };
      throw new ConfigError('params', params, texts.TOPIC_PARAMS);
    });
    return this.stringify({
      [names.operationField]: name,
      [names.requestIdField]: requestId,
      [names.argumentsField]: list,
    });
  }
}

function isOneOf(value: unknown, allowed: string | readonly string[] | undefined): boolean {
  return isWord(value) && (value === allowed || (Array.isArray(allowed) && allowed.includes(value)));
}
