import type { Channel } from '../channel/channel.js';
import type { WebSocketClient } from '../client.js';
import { ClientEmitter } from '../client-emitter.js';
import type { ConnectOptions, ReconnectOptions } from '../client-options.js';
import type { ClientStats, ClientSummary } from '../client-stats.js';
import type { CloseOptions } from '../connection/closing.js';
import type { ConnectionState } from '../connection-state.js';
import type { AnyTransportError } from '../errors.js';
import type { CloseCause, Warning } from '../events.js';
import type { Message } from '../protocol/message.js';
import type { CallOptions } from '../requests/call-options.js';
import type { PendingCall } from '../requests/pending-request.js';
import type { RawRequestOptions, RequestOptions } from '../requests/requests.js';
import type { PartialSubscription } from '../subscriptions/subscribe-many.js';
import type { TraceSink } from '../trace.js';
import type { MethodCall, OperationCall, ResultOf, UntypedPayload } from '../typed-requests.js';
import { keepRaw } from '../util/keep-raw.js';
import { printAsJson } from '../util/printing.js';
import type { PageEnd } from './page-end.js';
import type { WorkerSubscribeOptions } from './subscribe-options.js';

/** The methods of a client that a page has as they are. */
type Face<Topics extends object, Methods extends object> = Omit<
  Pick<WebSocketClient<Topics, Methods>, keyof WebSocketClient<Topics, Methods>>,
  keyof ClientEmitter | 'subscribe' | 'subscribeMany'
>;

/**
 * A client in a worker, as its page has it: the methods, events and channels of `WebSocketClient`. `connectWorker()` makes
 * it; docs/worker.md tells what differs.
 */
export class WorkerClient<
    Topics extends object = Record<string, unknown>,
    Methods extends object = Record<string, unknown>,
  >
  extends ClientEmitter
  implements Face<Topics, Methods>
{
  /** Resolves when the client has ended: by `close()`, because it gave up, or with its worker. Never rejects. */
  readonly closed: Promise<CloseCause>;
  readonly #end: PageEnd;

  /** @internal */
  constructor(makeEnd: (client: ClientEmitter) => PageEnd) {
    super({
      listenerAdded: (event) => this.#end.listenerAdded(event),
      listenerFailed: (error) => this.#end.report(error),
    });
    this.#end = makeEnd(this);
    this.closed = this.#end.closed;
  }

  /** The state that the worker told last. */
  get state(): ConnectionState {
    return this.#end.state;
  }

  /** How many sockets have reached `ready`, as the worker told last. */
  get epoch(): number {
    return this.#end.epoch;
  }

  /** The latest `warning`, for code that had no listener when it came. */
  get lastWarning(): Warning | undefined {
    return this.#end.lastWarning;
  }

  /** The latest `error`, or why the connection or an attempt failed last. */
  get lastError(): AnyTransportError | undefined {
    return this.#end.lastError;
  }

  isConnected(): boolean {
    return this.state === 'ready';
  }

  /** Connects the client in the worker; see `WebSocketClient.connect()`. */
  connect(options: ConnectOptions = {}): Promise<void> {
    return this.#end.call('connect', [], options);
  }

  /**
   * Sends a request and resolves to the answer, as `WebSocketClient.request()` does. `delivery` is `unknown` from the moment
   * at which the request is on its way to the worker; `requestId` is empty until the worker has told it.
   * @throws ProtocolError for a payload that cannot cross to the worker, unsent
   */
  request<const M extends keyof Methods & string>(
    payload: MethodCall<Methods, M>,
    options?: RequestOptions,
  ): PendingCall<ResultOf<Methods[M]>>;
  request<const M extends keyof Methods & string>(
    payload: OperationCall<Methods, M>,
    options?: RequestOptions,
  ): PendingCall<ResultOf<Methods[M]>>;
  request<T = unknown>(payload: UntypedPayload<Methods, T>, options?: RequestOptions): PendingCall<T>;
  request(payload: unknown, options?: RequestOptions): PendingCall<unknown> {
    return this.#end.call('request', [payload], options);
  }

  /** Sends your own frame and resolves to the frame that answers it; see `WebSocketClient.requestRaw()`. */
  requestRaw(message: string | Uint8Array, options?: RawRequestOptions): PendingCall<Message> {
    return this.#end.requestRaw(message, options);
  }

  /** Subscribes a topic. Resolves to a new channel when the server has confirmed; see `WebSocketClient.subscribe()`. */
  subscribe<K extends keyof Topics & string>(topic: K, options?: WorkerSubscribeOptions): Promise<Channel<Topics[K]>> {
    return this.#end.subscribe(topic, options);
  }

  /** Subscribes several topics in one message to the worker; see `WebSocketClient.subscribeMany()`. */
  subscribeMany<K extends keyof Topics & string>(
    topics: Iterable<K>,
    options: WorkerSubscribeOptions & { readonly partial: true },
  ): Promise<PartialSubscription<Topics[K]>>;
  subscribeMany<K extends keyof Topics & string>(
    topics: Iterable<K>,
    options?: WorkerSubscribeOptions & { readonly partial?: false },
  ): Promise<Channel<Topics[K]>[]>;
  subscribeMany<K extends keyof Topics & string>(
    topics: Iterable<K>,
    options?: WorkerSubscribeOptions & { readonly partial?: boolean },
  ): Promise<Channel<Topics[K]>[] | PartialSubscription<Topics[K]>> {
    return this.#end.subscribeMany(topics, options);
  }

  /** Asks the server anew for a topic; see `WebSocketClient.resync()`. */
  resync(topic: keyof Topics & string): Promise<void> {
    return this.#end.resync(topic);
  }

  /** Ends every channel of a topic; see `WebSocketClient.unsubscribe()`. */
  unsubscribe(topic: keyof Topics & string): Promise<void> {
    return this.#end.unsubscribe(topic);
  }

  /** Sends a frame that wants no answer; see `WebSocketClient.send()`. */
  send(message: string | Uint8Array, options?: CallOptions): Promise<void> {
    return this.#end.call('send', [message], options);
  }

  /** Like `send`, with a payload that is serialised in the worker. */
  sendJson(payload: unknown, options?: CallOptions): Promise<void> {
    return this.#end.call('sendJson', [payload], options);
  }

  /** Authenticates on the live connection; see `WebSocketClient.authenticate()`. */
  authenticate(): Promise<void> {
    return this.#end.call('authenticate', []);
  }

  /** Replaces the connection; see `WebSocketClient.reconnect()`. A wrong option is an `error` event. */
  reconnect(reason?: string, options?: ReconnectOptions): void {
    this.#end.order('reconnect', [reason, options]);
  }

  /** Stops reading from the socket if the platform of the worker can. */
  pause(): void {
    this.#end.order('pause', []);
  }

  resume(): void {
    this.#end.order('resume', []);
  }

  /** Ends the client in the worker, and this end of it; see `WebSocketClient.close()`. The worker itself goes on. */
  close(options: CloseOptions = {}): Promise<void> {
    return this.#end.close(options);
  }

  /** The stats that the worker told last: with each change of the state, and once a second while they change. */
  stats(): ClientStats {
    return this.#end.stats;
  }

  toJSON(): ClientSummary {
    const { epoch, subscriptions, pendingRequests, waitingCalls } = this.stats();
    const { state, lastError, url } = this.#end;
    const words = lastError && `${lastError.code}: ${lastError.message.slice(0, 200)}`;
    const counts = { epoch, subscriptions, pendingRequests, waitingCalls };
    return { url, state, ...counts, ...(words ? { lastError: words } : {}) };
  }

  /** Passes every transition, frame and effect of the worker's client to `sink`. They cross only while there is a sink. */
  trace(sink: TraceSink): () => void {
    return this.#end.trace.add(sink);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

printAsJson(WorkerClient.prototype, 'WorkerClient');
keepRaw(WorkerClient.prototype);
