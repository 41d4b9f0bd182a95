import { ProtocolError } from '../errors.js';
import type { RequestId, Topic } from '../identifiers.js';
import type {
  Limits,
  ServerError,
  ServerRequest,
  SubscriptionContext,
  SubscriptionFrames,
  SubscriptionOutcome,
} from '../protocol/handler-types.js';
import { readJsonField } from '../protocol/json-field.js';
import { scanArray } from '../protocol/json-parts.js';
import { Message } from '../protocol/message.js';
import { MessageKind } from '../protocol/message-kind.js';
import { ProtocolHandler } from '../protocol/protocol-handler.js';
import { readable } from '../protocol/readable.js';
import * as texts from '../texts.js';
import { isObject, readOptions } from '../util/options.js';
import { isWord, membersOf } from './common/values.js';
import { errorIn, isNotification, toCall, toNotification, VERSION } from './json-rpc/call.js';
import { type JsonRpcOptions, jsonRpcRules } from './json-rpc/options.js';
import { JsonRpcSubscriptions } from './json-rpc/subscriptions.js';

export type { JsonRpcOptions, JsonRpcSubscription } from './json-rpc/options.js';

/** The outcome of one call in a batch. */
export type JsonRpcBatchEntry = { readonly result: unknown } | { readonly error: ServerError };

/** A JSON-RPC batch: several calls in one frame. */
interface Batch {
  /** The id of the request as the client knows it. */
  readonly id: RequestId;
  /** The ids of its calls, in their order. The first is `id`. */
  readonly callIds: readonly RequestId[];
}

const INTERNAL_ERROR = -32603;
/** The number of calls in unanswered batches that are remembered. Beyond it the oldest batches are forgotten. */
const BATCHED_CALLS = 10_000;

/**
 * Speaks JSON-RPC 2.0, in both directions.
 *
 * - `request({ method, params })` resolves to the result and rejects with the server's error (`serverCode`, `message`,
 *   `data`). An answer with neither result nor error rejects with `delivery: 'unknown'`.
 * - `request([{ method, params }, …])` is a batch. It resolves to one `JsonRpcBatchEntry` for each call, in their
 *   order. A notification among the calls stays one, and has no entry.
 * - `sendJson(JsonRpcHandler.notification(method, params))` sends a notification.
 * - A request of the server becomes the client's `request` event. A frame with a `method` never answers a request of
 *   the client, even if it has the same id. Each request in a batch of the server gets an answer of its own.
 * - An error with a null id names no request. It becomes a `message` event.
 * - One topic may have several subscriptions with different params: `subscribe('logs', { params: filter })`.
 *
 * Every outbound frame has the member `jsonrpc`. Inbound frames may lack it, because many servers leave it out.
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
  readonly #subscriptions: JsonRpcSubscriptions;
  readonly #numericIds: boolean;
  /** The unanswered batches, by the id of each of their calls. */
  readonly #batches = new Map<RequestId, Batch>();
  #lastId = 0;

  constructor(options: JsonRpcOptions = {}) {
    super();
    const read = readOptions('options', options, jsonRpcRules);
    this.#options = read;
    this.#subscriptions = new JsonRpcSubscriptions(read, this);
    this.#numericIds = read.numericIds ?? false;
    this.limits = { topicsPerFrame: this.#subscriptions.topicsPerFrame };
    this.serverChoosesTopics = this.#subscriptions.serverChoosesTopics;
  }

  /**
   * A notification, for `sendJson()`, or as a part of a batch.
   * @throws ProtocolError for an empty method, or params that are no object
   */
  static notification(method: string, params?: object): object {
    return toNotification(method, params);
  }

  classifyMessage(message: Message): MessageKind {
    const method = message.field('method');
    if (method === undefined) {
      return this.extractRequestId(message) === undefined ? MessageKind.Unknown : MessageKind.Response;
    }
    if (this.#subscriptions.isNamed(method)) return MessageKind.Update;
    if (!isWord(method)) return MessageKind.Unknown;
    if (message.field('id') !== undefined) return MessageKind.System;
    return this.#subscriptions.isEveryNotification ? MessageKind.Update : MessageKind.Unknown;
  }

  extractRequestId(message: Message): RequestId | undefined {
    return this.#batchIn(message)?.id ?? message.field('id');
  }

  extractTopic(message: Message): Topic | RequestId | readonly Topic[] | undefined {
    return this.#subscriptions.topicOf(message);
  }

  override extractData(message: Message): unknown {
    return this.#subscriptions.dataOf(message);
  }

  /** One topic with different params is several subscriptions: the server has a name for each. */
  override canonicalTopic(topic: Topic, params: unknown): Topic {
    return topic + this.#subscriptions.suffixOf(params);
  }

  /** Topics whose methods differ never share a call. */
  override groupKey(topic: Topic, _params: unknown): string | undefined {
    return this.#subscriptions.groupOf(topic);
  }

  buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): SubscriptionFrames {
    return this.#subscriptions.subscribe(topics, requestId, context);
  }

  buildUnsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): SubscriptionFrames {
    return this.#subscriptions.unsubscribe(topics, requestId, context);
  }

  override isSubscriptionSuccess(
    message: Message,
    topics: readonly Topic[],
  ): boolean | SubscriptionOutcome | undefined {
    return this.extractError(message) ? false : this.#subscriptions.outcome(message, topics);
  }

  override generateRequestId(): RequestId | undefined {
    return this.#numericIds ? ++this.#lastId : undefined;
  }

  override injectRequestId(payload: unknown, requestId: RequestId): object {
    if (!Array.isArray(payload)) return toCall(payload, requestId);
    const calls = payload.filter((part) => !isNotification(part));
    if (calls.length === 0) throw new ProtocolError(texts.EMPTY_BATCH, { delivery: 'unsent' });
    const callIds = calls.map((_, at) => (at > 0 ? (this.generateRequestId() ?? `${requestId}.${at}`) : requestId));
    let next = 0;
    const frame = payload.map((part) => (isNotification(part) ? toCall(part) : toCall(part, callIds[next++])));
    this.#remember({ id: requestId, callIds });
    return frame;
  }

  override extractError(message: Message): ServerError | undefined {
    return isList(message) && this.#batchIn(message) ? undefined : errorIn(membersOf(message));
  }

  override extractResult(message: Message): unknown {
    const batch = this.#batchIn(message);
    if (!batch) return membersOf(message).result;
    const json = readable(message);
    // Text or number makes no difference within one batch.
    const answers = new Map((Array.isArray(json) ? json : [json]).filter(isObject).map((one) => [String(one.id), one]));
    this.#forget(batch);
    return batch.callIds.map((id): JsonRpcBatchEntry => {
      const answer = answers.get(String(id)) ?? {};
      const error = errorIn(answer);
      return error ? { error } : { result: answer.result };
    });
  }

  /** The elements of an array, each as a message. The answers to one batch stay together in one message. */
  override split(message: Message): readonly Message[] | undefined {
    const parts = message.parts();
    if (!parts?.length || this.#batches.size === 0) return parts?.length ? parts : undefined;
    const answers = new Map<Batch, string[]>();
    const others: Message[] = [];
    for (const part of parts) {
      const batch = this.#batchOf(part.field('id'));
      if (!batch || part.field('method') !== undefined) {
        others.push(part);
        continue;
      }
      const texts = answers.get(batch);
      if (texts) texts.push(part.text);
      else answers.set(batch, [part.text]);
    }
    if (answers.size === 0) return parts;
    if (answers.size === 1 && others.length === 0) return undefined;
    // What is taken from a broken frame stays broken.
    const end = scanArray(message.text)?.isWhole ? ']' : '';
    return [...[...answers.values()].map((texts) => new Message(`[${texts.join()}${end}`)), ...others];
  }

  override parse(text: string): unknown {
    const { parse } = this.#options;
    return parse ? parse(text) : super.parse(text);
  }

  override stringify(value: unknown): string {
    const { stringify } = this.#options;
    return stringify ? stringify(value) : super.stringify(value);
  }

  override extractServerRequest(message: Message): ServerRequest | undefined {
    const id = message.field('id');
    const { method, params } = membersOf(message);
    return id !== undefined && isWord(method) ? { id, method, params } : undefined;
  }

  override buildResponse(id: RequestId, result: unknown): string {
    // JSON.stringify() leaves out undefined, but the member is required.
    return this.stringify({ ...VERSION, id, result: result ?? null });
  }

  /** JSON-RPC codes are integers. Any other code becomes -32603, "internal error". */
  override buildErrorResponse(id: RequestId, { code, message, data }: ServerError): string {
    const sent = Number.isInteger(code) ? code : INTERNAL_ERROR;
    return this.stringify({ ...VERSION, id, error: { code: sent, message, data } });
  }

  /** The batch that a message answers. Answers to one batch are in one message, so that the first of them tells. */
  #batchIn(message: Message): Batch | undefined {
    if (this.#batches.size === 0) return undefined;
    const { text } = message;
    const [start, end] = scanArray(text, 1)?.bounds ?? [0, text.length];
    const first = start === 0 ? text : text.slice(start, end);
    return readJsonField(first, 'method') === undefined ? this.#batchOf(readJsonField(first, 'id')) : undefined;
  }

  /** The batch with a call of that id. Some servers send a number back as text. */
  #batchOf(id: RequestId | undefined): Batch | undefined {
    return id === undefined ? undefined : (this.#batches.get(id) ?? this.#batches.get(Number(id)));
  }

  #remember(batch: Batch): void {
    for (const id of batch.callIds) this.#batches.set(id, batch);
    while (this.#batches.size > BATCHED_CALLS) {
      const [oldest = batch] = this.#batches.values();
      if (oldest === batch) break;
      this.#forget(oldest);
    }
  }

  #forget(batch: Batch): void {
    for (const id of batch.callIds) this.#batches.delete(id);
  }
}

/** Whether a message is a JSON array, as far as its first character tells. */
function isList(message: Message): boolean {
  return /^\s*\[/.test(message.text);
}
