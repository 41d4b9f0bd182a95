import { ProtocolError } from '../errors.js';
import type { RequestId, Topic } from '../identifiers.js';
import type {
  Frames,
  Limits,
  ServerError,
  ServerRequest,
  SubscriptionContext,
  SubscriptionOutcome,
} from '../protocol/handler-types.js';
import type { Message } from '../protocol/message.js';
import { MessageKind } from '../protocol/message-kind.js';
import { ProtocolHandler } from '../protocol/protocol-handler.js';
import { readOptions } from '../util/options.js';
import { isObject, isWord, membersOf } from './common/values.js';
import { errorIn, toCall, VERSION } from './json-rpc/calls.js';
import { type JsonRpcOptions, jsonRpcRules } from './json-rpc/options.js';
import { JsonRpcSubscriptions, suffixOf } from './json-rpc/subscriptions.js';

export type { JsonRpcOptions, JsonRpcSubscription } from './json-rpc/options.js';

/** The outcome of one call of a batch. */
export type JsonRpcBatchEntry = { readonly result: unknown } | { readonly error: ServerError };

interface Batch {
  readonly id: RequestId;
  readonly calls: readonly RequestId[];
}

const INTERNAL_ERROR = -32603;
/** Calls in unanswered batches that are remembered; the oldest are forgotten. */
const BATCHED_CALLS = 10_000;

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
  readonly #subscriptions: JsonRpcSubscriptions;
  readonly #numericIds: boolean;
  /** By the id of each call. */
  readonly #batches = new Map<RequestId, Batch>();
  #lastId = 0;

  constructor(options: JsonRpcOptions = {}) {
    super();
    const read = readOptions('options', options, jsonRpcRules);
    this.#subscriptions = new JsonRpcSubscriptions(read);
    this.#numericIds = read.numericIds ?? false;
    this.limits = { topicsPerFrame: this.#subscriptions.topicsPerFrame };
    this.serverChoosesTopics = this.#subscriptions.serverChoosesTopics;
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

  /** Subscriptions that differ in their params differ, as each has a name of its own to the server. */
  override canonicalTopic(topic: Topic, params: unknown): Topic {
    return topic + suffixOf(params);
  }

  buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): Frames {
    return this.#subscriptions.subscribe(topics, requestId, context);
  }

  buildUnsubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): Frames {
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
    return listIn(message) && this.#batchIn(message) ? undefined : errorIn(membersOf(message));
  }

  override extractResult(message: Message): unknown {
    const batch = this.#batchIn(message);
    if (!batch) return membersOf(message).result;
    const answers = new Map(
      answersIn(message)
        .filter(isObject)
        .map((answer) => [answer.id, answer]),
    );
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

  #batchIn(message: Message): Batch | undefined {
    if (this.#batches.size === 0) return undefined;
    for (const part of answersIn(message)) {
      const batch = this.#batchOf(part);
      if (batch) return batch;
    }
    return undefined;
  }

  #batchOf(part: unknown): Batch | undefined {
    return isObject(part) && !('method' in part) ? this.#batches.get(part.id as RequestId) : undefined;
  }
}

/** A server may answer a batch with one object: an error for all of it, or the result of its only call. */
function answersIn(message: Message): readonly unknown[] {
  return listIn(message) ?? [message.json];
}

function listIn(message: Message): readonly unknown[] | undefined {
  return /^\s*\[/.test(message.text) && Array.isArray(message.json) ? message.json : undefined;
}
