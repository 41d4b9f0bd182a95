import { type Assembly, assemble } from './assemble.js';
import type { Channel } from './channel/channel.js';
import { ChannelInlet, type ChannelSharing } from './channel/channel-inlet.js';
import { Conflation } from './channel/conflation.js';
import { HeldBytes } from './channel/held-bytes.js';
import { ClientEmitter } from './client-emitter.js';
import {
  type ConnectOptions,
  closeRules,
  connectRules,
  REASON,
  type ReconnectOptions,
  reconnectRules,
  type SubscribeOptions,
  subscribeManyRules,
  subscribeRules,
  TOPIC,
  TOPICS,
} from './client-options.js';
import type { ClientStats, ClientSummary } from './client-stats.js';
import { WebSocketConfig, type WebSocketConfigInput } from './config.js';
import type { CloseOptions } from './connection/closing.js';
import type { ConnectionState } from './connection-state.js';
import type { Context } from './context.js';
import { completeRuntime, frameClock } from './default-runtime.js';
import { type AnyTransportError, ConnectionClosedError } from './errors.js';
import type { ClientEvents, CloseCause, ReconnectingEvent, Warning } from './events.js';
import type { Topic } from './identifiers.js';
import { checkHandler } from './protocol/handler-overrides.js';
import type { Message } from './protocol/message.js';
import type { ProtocolHandler } from './protocol/protocol-handler.js';
import { redactedUrl } from './protocol/secrets.js';
import type { CallOptions } from './requests/call-options.js';
import type { PendingCall } from './requests/pending-request.js';
import type { RawRequestOptions, RequestOptions } from './requests/requests.js';
import type { Runtime } from './runtime.js';
import { type PartialSubscription, SubscribeMany } from './subscriptions/subscribe-many.js';
import type { SubscribeCall } from './subscriptions/subscriber.js';
import { manyFailed } from './subscriptions/subscription-errors.js';
import * as texts from './texts.js';
import type { TraceSink } from './trace.js';
import type { MethodCall, OperationCall, ResultOf, UntypedPayload } from './typed-requests.js';
import { CallSite } from './util/call-site.js';
import { Deferred } from './util/deferred.js';
import { keepRaw } from './util/keep-raw.js';
import { check, checkAll, FUNCTION } from './util/options.js';
import { printAsJson } from './util/printing.js';
import { handled } from './util/promises.js';

/** The options of a call that has none. One object for all calls: each channel keeps its options. */
const DEFAULTS: SubscribeOptions = Object.freeze({});

/**
 * A WebSocket connection that carries requests and subscriptions, and restores itself after a loss. It is an EventEmitter
 * of `ClientEvents`: each event is documented there.
 *
 * @example
 * ```ts
 * const client = await WebSocketClient.connect({ url: 'wss://stream.example.com' }, new GenericJsonHandler());
 * client.on('reconnecting', ({ attempt, delay, cause }) => show(attempt, delay, cause.message));
 *
 * const ack = await client.request({ op: 'order.place', args: { symbol: 'BTC', quantity: 1 } });
 * show(ack);
 *
 * const trades = await client.subscribe('trades.BTC');
 * trades.on('message', (trade) => show(trade));
 * await client.close();
 * ```
 */
export class WebSocketClient<
  Topics extends object = Record<string, unknown>,
  Methods extends object = Record<string, unknown>,
> extends ClientEmitter {
  /** Resolves when the client has ended: by `close()`, or because it gave up. Never rejects. */
  readonly closed: Promise<CloseCause>;
  readonly #config: WebSocketConfig;
  readonly #parts: Assembly;
  readonly #sharing: ChannelSharing;
  #deprecation: string | undefined;
  #lastWarning: Warning | undefined;
  #lastError: AnyTransportError | undefined;
  readonly #warnings: Record<string, number> = {};
  readonly #emit: Context['emit'] = this.emit.bind(this);

  /**
   * Creates a client. It does not connect: calls made before `connect()` wait.
   *
   * @param config - checked and completed as by `WebSocketConfig`
   * @param runtime - replaces parts of the platform, such as the socket or the clock
   * @throws ConfigError for a wrong config, a wrong handler (a class instead of an instance), or a wrong runtime
   */
  constructor(config: WebSocketConfigInput, handler: ProtocolHandler<Topics, Methods>, runtime: Partial<Runtime> = {}) {
    super({ listenerAdded: () => {}, listenerFailed: (error) => void this.#tell('error', error) });
    this.#config = config instanceof WebSocketConfig ? config : new WebSocketConfig(config);
    checkHandler(handler);
    const complete = completeRuntime(runtime);
    this.#parts = assemble(this.#config, handler, complete, (event, ...args) => this.#tell(event, ...args));
    this.closed = this.#parts.supervisor.closed;
    this.#deprecation = handler.deprecation;
    this.#sharing = {
      conflation: new Conflation(complete.clock, frameClock(complete)),
      heldBytes: new HeldBytes(this.#config.maxBufferedBytes),
    };
  }

  /**
   * Creates a client and connects it. If that fails for good, the client is closed.
   * @throws AnyTransportError as `connect()` does
   */
  static connect<Topics extends object, Methods extends object>(
    config: WebSocketConfigInput,
    handler: ProtocolHandler<Topics, Methods>,
    runtime?: Partial<Runtime>,
    options: ConnectOptions = {},
  ): Promise<WebSocketClient<Topics, Methods>> {
    const open = async () => {
      checkAll(options, connectRules);
      const client = new WebSocketClient(config, handler, runtime);
      try {
        await client.connect(options);
        return client;
      } catch (error) {
        await client.close();
        throw error;
      }
    };
    return handled(open());
  }

  get state(): ConnectionState {
    return this.#parts.supervisor.state;
  }

  /** How many sockets have reached `ready`. */
  get epoch(): number {
    return this.#parts.supervisor.epoch;
  }

  /** The latest `warning`, for code that had no listener when it came. */
  get lastWarning(): Warning | undefined {
    return this.#lastWarning;
  }

  /** The latest `error`, or why the connection or an attempt failed last. */
  get lastError(): AnyTransportError | undefined {
    return this.#lastError;
  }

  isConnected(): boolean {
    return this.state === 'ready';
  }

  /**
   * Connects, and retries failed attempts. Resolves in `ready`. Rejects on abort, after `timeout`, on `close()`, and if the client gave up.
   * @throws ConnectionFailedError after `timeout` milliseconds, with the number of attempts and the last reason
   * @throws AuthenticationFailedError when the server refused the credentials for good
   * @throws MaxReconnectAttemptsError when `reconnectMaxAttempts` attempts in a row failed
   * @throws ConnectionClosedError after `close()`, or when the handler calls a close code fatal
   */
  connect(options: ConnectOptions = {}): Promise<void> {
    try {
      checkAll(options, connectRules);
      this.#warnOfDeprecation();
      this.#parts.reminder.stop();
      return this.#parts.supervisor.connect(options);
    } catch (error) {
      return handled(Promise.reject(error));
    }
  }

  /**
   * Sends a request and resolves to the answer. Never throws synchronously.
   *
   * @param payload - plain data, serialised at the call. The handler puts the request id into it.
   * @throws RequestRejectedError when the server answers with an error
   * @throws RequestTimeoutError `timeout` milliseconds after the call
   * @throws ConnectionClosedError when the connection is lost under a written request, or the client is closed
   * @throws CapacityExceededError when too many requests are pending or waiting
   * @throws ProtocolError for a payload that cannot be serialised
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
    this.#parts.reminder.called();
    return this.#parts.requests.request(payload, options, this.#siteOf(this.request));
  }

  /**
   * Sends your own frame and resolves to the frame that answers it, whatever the answer says.
   * @throws ProtocolError when no request id is given or found in the message, or that id is pending already
   */
  requestRaw(message: string | Uint8Array, options?: RawRequestOptions): PendingCall<Message> {
    this.#parts.reminder.called();
    return this.#parts.requests.requestRaw(message, options, this.#siteOf(this.requestRaw));
  }

  /**
   * Subscribes a topic. Resolves to a new channel when the server has confirmed.
   * @throws SubscriptionFailedError when the server refused, or did not confirm within `timeout`, or `maxWait` passed
   * @throws CapacityExceededError when the server allows no more topics
   */
  subscribe<K extends keyof Topics & string>(
    topic: K,
    options: SubscribeOptions = DEFAULTS,
  ): Promise<Channel<Topics[K]>> {
    const call = new Deferred<Channel<Topics[K]>>(this.#siteOf(this.subscribe));
    try {
      checkAll(options, subscribeRules);
      this.#open(topic, options, call);
    } catch (error) {
      call.reject(error);
    }
    return call.promise;
  }

  /**
   * Subscribes several topics in as few frames as the protocol allows.
   * @throws SubscriptionFailedError when one of them failed, with all `failures`; the others are released
   */
  subscribeMany<K extends keyof Topics & string>(
    topics: Iterable<K>,
    options: SubscribeOptions & { readonly partial: true },
  ): Promise<PartialSubscription<Topics[K]>>;
  subscribeMany<K extends keyof Topics & string>(
    topics: Iterable<K>,
    options?: SubscribeOptions & { readonly partial?: false },
  ): Promise<Channel<Topics[K]>[]>;
  subscribeMany<K extends keyof Topics & string>(
    topics: Iterable<K>,
    options: SubscribeOptions & { readonly partial?: boolean } = DEFAULTS,
  ): Promise<Channel<Topics[K]>[] | PartialSubscription<Topics[K]>> {
    return handled(this.#subscribeMany(topics, options));
  }

  /**
   * Asks the server anew for a topic: each of its channels gets a `gap` with the cause `resync`, then what the server sends
   * first. Resolves with the confirmation; without a connection the resubscription does it.
   * @throws SubscriptionFailedError for a topic without a channel
   */
  resync(topic: keyof Topics & string): Promise<void> {
    return this.#onTopic(topic, () => this.#parts.subscriptions.resyncTopic(topic));
  }

  /** Ends every channel of a topic. Resolves when the unsubscribe frame was written, or is not needed. */
  unsubscribe(topic: keyof Topics & string): Promise<void> {
    return this.#onTopic(topic, () => this.#parts.subscriptions.endTopic(topic));
  }

  /**
   * Sends a frame that wants no answer. Resolves when the frame was handed to the socket. Waits for a connection at most
   * `timeout` milliseconds, by default `requestTimeout`.
   * @throws RequestTimeoutError, ConnectionClosedError or CapacityExceededError, all of them unsent
   */
  send(message: string | Uint8Array, options?: CallOptions): Promise<void> {
    this.#parts.reminder.called();
    return this.#parts.sends.send(message, options);
  }

  /**
   * Like `send`, with a payload that is serialised at the call.
   * @throws ProtocolError for a payload that cannot be serialised
   */
  sendJson(payload: unknown, options?: CallOptions): Promise<void> {
    this.#parts.reminder.called();
    return this.#parts.sends.sendJson(payload, options);
  }

  /**
   * Authenticates on the live connection: a refresh, new credentials, or the first time if `authOnConnect` is false. Later
   * connections then authenticate too. Before `ready` it waits for the connection.
   * @throws AuthenticationFailedError when the server refused; the connection stays
   */
  authenticate(): Promise<void> {
    return this.#parts.supervisor.authenticate();
  }

  /**
   * Replaces the connection, after the answers in flight. During the delay before an attempt, starts the attempt at once.
   * Otherwise does nothing. A second call does not wait any longer.
   * @throws ConfigError for a wrong option
   */
  reconnect(reason: string = texts.RECONNECT_CALLED, options: ReconnectOptions = {}): void {
    check('reason', reason, REASON);
    checkAll(options, reconnectRules);
    this.#parts.supervisor.reconnect(reason, options.leaveTimeout);
  }

  /** Stops reading from the socket if the platform can, which slows the server down. The heartbeat rests meanwhile. */
  pause(): void {
    this.#parts.supervisor.pause();
  }

  resume(): void {
    this.#parts.supervisor.resume();
  }

  /**
   * Ends the client in any state: rejects pending calls, ends the channels, closes the socket. Resolves within `deadline`,
   * whatever the server does. With `drain` it first waits for outstanding answers.
   * @throws ConfigError for a code or a reason that a close frame cannot carry
   */
  close(options: CloseOptions = {}): Promise<void> {
    try {
      checkAll(options, closeRules);
      const { code = 1000, reason = '', drain = false, deadline = 1_000 } = options;
      this.#parts.reminder.stop();
      return this.#parts.supervisor.close({ code, reason, drain, deadline });
    } catch (error) {
      return handled(Promise.reject(error));
    }
  }

  stats(): ClientStats {
    const { context, outbox, requests, subscriptions, supervisor } = this.#parts;
    const { epoch, state } = supervisor;
    return {
      state,
      epoch,
      pendingRequests: requests.pending,
      waitingCalls: outbox.waiting,
      subscriptions: subscriptions.wanted,
      ...context.counters,
      ...supervisor.facts,
      warnings: { ...this.#warnings },
    };
  }

  toJSON(): ClientSummary {
    const { state, epoch, subscriptions, pendingRequests, waitingCalls } = this.stats();
    const { url } = this.#config;
    const lastError = this.#lastError && `${this.#lastError.code}: ${this.#lastError.message.slice(0, 200)}`;
    return {
      url: typeof url === 'string' ? (redactedUrl(url, this.#parts.context.handler) ?? '***') : 'a function',
      state,
      epoch,
      subscriptions,
      pendingRequests,
      waitingCalls,
      ...(lastError ? { lastError } : {}),
    };
  }

  /** Passes every transition, frame and effect to `sink`, with secrets masked. Returns a function that stops it. */
  trace(sink: TraceSink): () => void {
    check('sink', sink, FUNCTION);
    return this.#parts.context.trace.add(sink);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Emits an event. What matters later is kept for code that had no listener. */
  #tell<K extends keyof ClientEvents>(event: K, ...args: ClientEvents[K]): boolean {
    const [first] = args as readonly unknown[];
    if (event === 'warning') this.#noteWarning(first as Warning);
    else if (event === 'error') this.#lastError = first as AnyTransportError;
    else if (event === 'reconnecting') this.#lastError = (first as ReconnectingEvent).cause as AnyTransportError;
    else if (event === 'closed')
      this.#lastError = ((first as CloseCause).error as AnyTransportError) ?? this.#lastError;
    return this.#emit(event, ...args);
  }

  #noteWarning(warning: Warning): void {
    const { code, message } = warning;
    this.#lastWarning = warning;
    this.#warnings[code] = (this.#warnings[code] ?? 0) + 1;
    this.#parts.context.trace.effect('warning', { code, message });
  }

  #warnOfDeprecation(): void {
    const message = this.#deprecation;
    this.#deprecation = undefined;
    if (message) this.#parts.context.emit('warning', { code: 'deprecated-handler', message });
  }

  #onTopic(topic: Topic, act: () => Promise<void>): Promise<void> {
    try {
      check('topic', topic, TOPIC);
      return handled(act());
    } catch (error) {
      return handled(Promise.reject(error));
    }
  }

  #siteOf(method: unknown): CallSite | undefined {
    return this.#config.callStacks ? new CallSite(method) : undefined;
  }

  /** @throws ConnectionClosedError when the client has ended */
  #checkOpen(): void {
    if (this.state !== 'closing' && this.state !== 'closed') return;
    throw new ConnectionClosedError(texts.clientIs(this.state), { delivery: 'unsent', retryable: false });
  }

  /** @throws AnyTransportError or the signal's reason when the call cannot be tried */
  #open<T>(topic: Topic, options: SubscribeOptions, call: SubscribeCall<T>): Channel<T> {
    const { signal, params, timeout = this.#config.requestTimeout, maxWait } = options;
    if (signal?.aborted) throw signal.reason;
    check('topic', topic, TOPIC);
    this.#checkOpen();
    const { context } = this.#parts;
    this.#parts.reminder.called();
    const open = (canonical: Topic) => {
      // The handler's own code, which ran for the topic, may have closed the client.
      this.#checkOpen();
      return new ChannelInlet<T>(canonical, context, this.#sharing, options);
    };
    return this.#parts.subscriptions.subscribe(topic, open, { params, timeout, maxWait, signal }, call);
  }

  async #subscribeMany<T>(
    wanted: Iterable<Topic>,
    options: SubscribeOptions & { readonly partial?: boolean },
  ): Promise<Channel<T>[] | PartialSubscription<T>> {
    checkAll(options, subscribeManyRules);
    check('topics', wanted, TOPICS);
    const topics = [...wanted];
    const { pacer, subscriptions } = this.#parts;
    const call = new SubscribeMany<T>(topics);
    subscriptions.cork();
    await pacer.each(topics, (topic) => call.add(topic, () => this.#open(topic, options, call)));
    subscriptions.uncork();
    const { channels, errors } = await call.result();
    if (options.partial) return { channels, errors };
    if (errors.size === 0) return channels;
    for (const channel of channels) void channel.unsubscribe();
    if (options.signal?.aborted) throw options.signal.reason;
    throw manyFailed(errors, topics.length);
  }
}

printAsJson(WebSocketClient.prototype, 'WebSocketClient');
keepRaw(WebSocketClient.prototype);
