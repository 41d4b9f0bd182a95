import { ConfigError, ProtocolError } from '../errors.js';
import type { RequestId, Topic } from '../identifiers.js';
import type { Frames, ServerError, SubscriptionContext, SubscriptionOutcome } from '../protocol/handler-types.js';
import type { Message } from '../protocol/message.js';
import { MessageKind } from '../protocol/message-kind.js';
import { ProtocolHandler } from '../protocol/protocol-handler.js';
import { type OptionRule, type OptionRules, readOptions } from '../util/options.js';
import { rarePart } from './common/native-search.js';
import { serverError } from './common/server-error.js';
import { isPlainObject, isWord, isWordOrWords, membersOf } from './common/values.js';

/**
 * The words that a plain JSON protocol uses. Each is the name of a member or the value of one; the defaults are those of
 * the most widespread dialect, `{"op":"subscribe","req_id":"1","args":["trades.BTC"]}`.
 */
export interface GenericJsonOptions {
  /** Member that carries our id, and the answer's. Default `req_id`. */
  readonly requestIdField?: string;
  /** Member that names an update's topic. Default `topic`. */
  readonly topicField?: string;
  /** Member that says what to do. Default `op`. */
  readonly operationField?: string;
  /** Member that lists the topics to subscribe. Default `args`. */
  readonly argumentsField?: string;
  /** Member that holds what an answer or an update is about; without it the whole frame counts. Default `data`. */
  readonly dataField?: string;
  /** Default `subscribe`. */
  readonly subscribeOp?: string;
  /** Default `unsubscribe`. */
  readonly unsubscribeOp?: string;
  /** Our application-level ping, and the server's. Default: none, since WebSocket pings do where the server has no own. */
  readonly pingOp?: string;
  /** The answer to a ping, in both directions. Default `pong`. */
  readonly pongOp?: string;
  /** Member that is `false` in a refusal. Default `success`. */
  readonly successField?: string;
  /** Member that tells why: a text, or an object with `message`, `code` and `data`. Default `error`. */
  readonly errorField?: string;
  /** Member that tells answers from updates, where the other members leave it open. Default: none is needed. */
  readonly typeField?: string;
  /** Value, or values, of `typeField` in an answer. */
  readonly responseType?: string | readonly string[];
  /** Value, or values, of `typeField` in an update. */
  readonly updateType?: string | readonly string[];
}

type Optional = 'pingOp' | 'typeField' | 'responseType' | 'updateType';
type Settings = Pick<GenericJsonOptions, Optional> & Required<Omit<GenericJsonOptions, Optional>>;

const word = (fallback?: string): OptionRule => [isWord, 'a non-empty string', fallback];
const words: OptionRule = [isWordOrWords, 'a non-empty string, or a list of them'];
const rules: OptionRules<GenericJsonOptions> = {
  requestIdField: word('req_id'),
  topicField: word('topic'),
  operationField: word('op'),
  argumentsField: word('args'),
  dataField: word('data'),
  subscribeOp: word('subscribe'),
  unsubscribeOp: word('unsubscribe'),
  pingOp: word(),
  pongOp: word('pong'),
  successField: word('success'),
  errorField: word('error'),
  typeField: word(),
  responseType: words,
  updateType: words,
};

/**
 * Speaks the plain JSON protocols: operations with a list of topics, answers that carry the request's id, updates that
 * name their topic. What differs between servers is told by the options; for anything else, extend this class.
 *
 * A frame with our id is an answer, also when it names a topic. Of the others, one that names a topic is an update
 * (whatever else it carries: an `id` means nothing here), a subscribe or unsubscribe operation is a confirmation, and a
 * ping or pong keeps the link. Where a server stamps its updates with ids of its own, `typeField` and `updateType` tell
 * them apart. The `params` of a subscription are merged into its entry in the list: `{"depth":50,"topic":"book.BTC"}`.
 *
 * A server that never confirms subscriptions: `confirmsSubscriptions = false` in a subclass.
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
  readonly #is: Settings;
  /** A text with a topic that holds none of these is an update: it has no id, and confirms nothing. */
  readonly #signs: readonly string[];

  constructor(options: GenericJsonOptions = {}) {
    super();
    const is = readOptions('options', options, rules) as Settings;
    if (is.subscribeOp === is.unsubscribeOp) {
      throw new ConfigError('unsubscribeOp', is.unsubscribeOp, 'another one than subscribeOp');
    }
    if ((is.responseType ?? is.updateType) !== undefined && is.typeField === undefined) {
      throw new ConfigError('typeField', undefined, 'the member that holds responseType and updateType');
    }
    this.#is = is;
    const signs = new Set([is.requestIdField, is.subscribeOp, is.unsubscribeOp].map(rarePart));
    // A search for 'ubscribe' finds 'unsubscribe', too.
    this.#signs = [...signs].filter((sign) => ![...signs].some((other) => other !== sign && sign.includes(other)));
  }

  classifyMessage(message: Message): MessageKind {
    const is = this.#is;
    const type = is.typeField && message.field(is.typeField);
    if (type && isOneOf(type, is.updateType)) return MessageKind.Update;
    const answers = type !== undefined && isOneOf(type, is.responseType);
    const hasTopic = !answers && message.field(is.topicField) !== undefined;
    // To find that an update has no id and no operation takes a walk through all of it; native searches settle most.
    if (hasTopic && !this.#hasSign(message.text)) return MessageKind.Update;
    if (this.extractRequestId(message) !== undefined) {
      return is.pingOp && this.isServerPing(message) ? MessageKind.System : MessageKind.Response;
    }
    const operation = message.field(is.operationField);
    if (operation === is.subscribeOp || operation === is.unsubscribeOp) return MessageKind.Control;
    if (operation === is.pongOp || (is.pingOp && operation === is.pingOp)) return MessageKind.System;
    if (answers) return MessageKind.Response;
    return hasTopic ? MessageKind.Update : MessageKind.Unknown;
  }

  #hasSign(text: string): boolean {
    for (const sign of this.#signs) if (text.includes(sign)) return true;
    return false;
  }

  extractRequestId(message: Message): RequestId | undefined {
    const id = message.field(this.#is.requestIdField);
    // Some servers write an empty id where there is none.
    return id === '' ? undefined : id;
  }

  extractTopic(message: Message): Topic | undefined {
    const topic = message.field(this.#is.topicField);
    return typeof topic === 'number' ? String(topic) : topic;
  }

  buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): string {
    return this.#operation(this.#is.subscribeOp, topics, requestId, context);
  }

  buildUnsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): string {
    return this.#operation(this.#is.unsubscribeOp, topics, requestId, context);
  }

  /**
   * A confirmation without our id is matched by the topics that it names, else it belongs to the oldest open frame.
   */
  override isSubscriptionSuccess(
    message: Message,
    topics: readonly Topic[],
  ): boolean | SubscriptionOutcome | undefined {
    const is = this.#is;
    const byId = this.extractRequestId(message) !== undefined;
    if (!byId && message.field(is.operationField) === is.unsubscribeOp) return undefined;
    const frame = membersOf(message);
    const named = [frame[is.argumentsField], frame[is.topicField]].flat().filter(isWord);
    const ours = topics.filter((topic) => named.includes(topic));
    const accepted = !this.extractError(message);
    // A refusal by id is that of the whole frame, even if it names the one topic that is at fault.
    if (byId && !accepted) return false;
    if (ours.length > 0) return accepted ? { accepted: ours } : { refused: ours };
    return byId || named.length === 0 ? accepted : undefined;
  }

  override injectRequestId(payload: unknown, requestId: RequestId): unknown {
    const id = this.#is.requestIdField;
    if (isPlainObject(payload)) {
      // Several times as fast as a spread or a computed member.
      const request: Record<string, unknown> = Object.assign({}, payload);
      request[id] = requestId;
      return request;
    }
    throw new ProtocolError(
      `A request must be a plain object, so that its ${id} can be set; anything else goes out through sendJson() or requestRaw().`,
      { delivery: 'unsent' },
    );
  }

  override extractError(message: Message): ServerError | undefined {
    const is = this.#is;
    const frame = membersOf(message);
    const error = frame[is.errorField];
    if (!error && frame[is.successField] !== false) return undefined;
    return serverError(error, frame, frame[is.dataField]);
  }

  override extractResult(message: Message): unknown {
    return this.extractData(message);
  }

  override extractData(message: Message): unknown {
    const { dataField } = this.#is;
    const frame = membersOf(message);
    return Object.hasOwn(frame, dataField) ? frame[dataField] : (message.json ?? message.text);
  }

  override buildPing(): Frames {
    const { operationField, pingOp } = this.#is;
    return pingOp && JSON.stringify({ [operationField]: pingOp });
  }

  /** A ping that says whether it succeeded is the echo of ours; so is every one where both sides use the same word. */
  override isServerPing(message: Message): boolean {
    const is = this.#is;
    if (!is.pingOp || is.pingOp === is.pongOp || message.field(is.operationField) !== is.pingOp) return false;
    const frame = membersOf(message);
    return !Object.hasOwn(frame, is.successField) && !Object.hasOwn(frame, is.errorField);
  }

  /** The server's ping as it came, but for the operation: whatever it carries may be needed to match the two. */
  override buildPong(message: Message): string {
    return JSON.stringify({ ...membersOf(message), [this.#is.operationField]: this.#is.pongOp });
  }

  override isPongResponse(message: Message): boolean {
    const { operationField, pingOp, pongOp } = this.#is;
    const operation = message.field(operationField);
    return operation === pongOp || (pingOp !== undefined && operation === pingOp && !this.isServerPing(message));
  }

  #operation(name: string, topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): string {
    const is = this.#is;
    const list = topics.map((topic) => {
      const params = context.params(topic);
      if (params === undefined) return topic;
      if (isPlainObject(params)) return { ...params, [is.topicField]: topic };
      throw new ConfigError('params', params, 'a plain object, merged into the entry of its topic');
    });
    return JSON.stringify({ [is.operationField]: name, [is.requestIdField]: requestId, [is.argumentsField]: list });
  }
}

function isOneOf(value: unknown, allowed: string | readonly string[] | undefined): boolean {
  return isWord(value) && (value === allowed || (Array.isArray(allowed) && allowed.includes(value)));
}
