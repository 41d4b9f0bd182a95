import { adapterRuntime } from '#adapter';
import type { Channel, ChannelOptions } from './channel/channel.js';
import { ChannelInlet } from './channel/channel-inlet.js';
import { Conflation } from './channel/conflation.js';
import { isCloseReason, WebSocketConfig, type WebSocketConfigInput } from './config.js';
import { type CloseOptions, Connection } from './connection/supervisor.js';
import type { ConnectionState } from './connection-state.js';
import type { Context, Counters } from './context.js';
import { ConnectionClosedError } from './errors.js';
import { ClientEmitter, type CloseCause } from './events.js';
import type { Topic } from './identifiers.js';
import { DeliveryGate } from './inbound/delivery-gate.js';
import { overridesOf } from './protocol/handler-overrides.js';
import type { Message } from './protocol/message.js';
import type { ProtocolHandler } from './protocol/protocol-handler.js';
import type { PendingCall } from './requests/pending-requests.js';
import type { RawRequestOptions, RequestOptions } from './requests/requests.js';
import type { Clock, Runtime } from './runtime.js';
import { manyFailed, type PartialSubscription, SubscribeMany } from './subscriptions/subscribe-many.js';
import type { SubscribeCall } from './subscriptions/subscriber.js';
import { Trace, type TraceSink } from './trace.js';
import { Deferred } from './util/deferred.js';
import {
  check,
  checkAll,
  duration,
  OPTIONS,
  type OptionRule,
  type OptionRules,
  or,
  SIGNAL,
  TIMEOUT,
} from './util/options.js';
import { handled } from './util/promises.js';

export interface ConnectOptions {
  /** Ends the attempt; the client can connect again. */
  readonly signal?: AbortSignal;
}

export interface SubscribeOptions extends ChannelOptions {
  /** What the handler puts into the subscribe frame beside the topic: depth, filters. */
  readonly params?: unknown;
  /** Milliseconds from the call to the confirmation. Default: the config's `requestTimeout`. */
  readonly timeout?: number;
  /** Before the confirmation it rejects the call, later it ends the channel. */
  readonly signal?: AbortSignal;
}

/** What the client is doing, as plain data. */
export interface ClientStats extends Counters {
  readonly state: ConnectionState;
  readonly epoch: number;
  /** Requests without an answer. */
  readonly pendingRequests: number;
  /** Requests and sends that wait to be written. */
  readonly waitingCalls: number;
  /** Topics that are wanted. */
  readonly subscriptions: number;
  /** Milliseconds that the last answered ping took; missing before the first. */
  readonly roundTrip: number | undefined;
}

/** A request's params and result: `{ params, result }`, or a function type. */
type ParamsOf<M> = M extends (params: infer P) => unknown ? P : M extends { params: infer P } ? P : unknown;
type ResultOf<M> = M extends (...args: never[]) => infer R ? Awaited<R> : M extends { result: infer R } ? R : unknown;

/**
 * `{ method, params }`, where params may be left out if undefined is among what they may be; with whatever else the
 * protocol wants beside them, a session for one.
 */
export type MethodCall<Methods, M extends keyof Methods> = {
  readonly [member: string]: unknown;
} & (undefined extends ParamsOf<Methods[M]>
  ? { readonly method: M; readonly params?: ParamsOf<Methods[M]> }
  : { readonly method: M; readonly params: ParamsOf<Methods[M]> });

/** With typed methods, a payload that names a method has to be one of them, unless the call says `request<T>(…)`. */
export type UntypedPayload<Methods, T> = string extends keyof Methods
  ? unknown
  : unknown extends T
    ? { readonly method?: undefined } | string | number | boolean | null | readonly unknown[]
    : unknown;

/**
 * A WebSocket connection that carries requests and subscriptions, and puts itself together again when it breaks. An
 * EventEmitter of `ClientEvents`.
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
  /** Resolves, and never rejects, when the client has ended for good: by `close()`, or because it gave up. */
  readonly closed: Promise<CloseCause>;
  readonly #config: WebSocketConfig;
  readonly #connection: Connection;
  readonly #trace: Trace;
  readonly #counters: Counters = { received: 0, parsed: 0, sent: 0, dropped: 0, reconnects: 0 };
  readonly #context: Context;
  readonly #conflation: Conflation;
  /** A deprecation to be told to the first who listens for warnings. */
  #deprecation: string | undefined;

  /**
   * Creates a client that does not connect yet; calls made before `connect()` wait for it.
   *
   * @param config - checked and completed as by `WebSocketConfig`
   * @param runtime - replaces parts of the platform: another socket, a clock of your own
   * @throws ConfigError for a wrong config
   */
  constructor(config: WebSocketConfigInput, handler: ProtocolHandler<Topics, Methods>, runtime: Partial<Runtime> = {}) {
    super({
      listenerAdded: (event) => {
        if (event === 'warning' && this.state !== 'disconnected') queueMicrotask(() => this.#warn());
      },
      listenerFailed: (error) => void this.emit('error', error),
    });
    this.#config = config instanceof WebSocketConfig ? config : new WebSocketConfig(config);
    const complete = completeRuntime(runtime);
    this.#trace = new Trace(complete.clock, (text) => handler.redact(text));
    const gate = new DeliveryGate();
    const context: Context = {
      config: this.#config,
      handler,
      overrides: overridesOf(handler),
      runtime: complete,
      trace: this.#trace,
      counters: this.#counters,
      gate,
      emit: this.emit.bind(this),
    };
    this.#context = context;
    this.#conflation = new Conflation(complete.clock, framesOf(complete));
    this.#connection = new Connection(context, gate);
    this.closed = this.#connection.closed;
    this.#deprecation = handler.deprecation;
  }

  /**
   * Creates a client and connects it. Where that fails for good the client is closed.
   * @throws TransportError as `connect()` does
   */
  static connect<Topics extends object, Methods extends object>(
    config: WebSocketConfigInput,
    handler: ProtocolHandler<Topics, Methods>,
    runtime?: Partial<Runtime>,
  ): Promise<WebSocketClient<Topics, Methods>> {
    const open = async () => {
      const client = new WebSocketClient(config, handler, runtime);
      try {
        await client.connect();
        return client;
      } catch (error) {
        await client.close();
        throw error;
      }
    };
    return handled(open());
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** How many sockets have reached `ready`. */
  get epoch(): number {
    return this.#connection.epoch;
  }

  isConnected(): boolean {
    return this.state === 'ready';
  }

  /**
   * Connects, and keeps trying. Resolves in `ready`; rejects on abort, on `close()`, and when the client gave up.
   * @throws AuthenticationFailedError when the server refused the credentials for good
   * @throws MaxReconnectAttemptsError when `reconnectMaxAttempts` attempts in a row failed
   * @throws ConnectionClosedError after `close()`, or when the handler calls a close code fatal
   */
  connect(options: ConnectOptions = {}): Promise<void> {
    this.#warn();
    try {
      check('options', options, OPTIONS);
      check('signal', options.signal, SIGNAL);
      return this.#connection.connect(options.signal);
    } catch (error) {
      return handled(Promise.reject(error));
    }
  }

  /**
   * Asks the server and resolves to its answer. Never throws synchronously.
   *
   * @param payload - plain data; the handler puts the request id into it. It is serialised at the call.
   * @throws RequestRejectedError when the server answers with an error
   * @throws RequestTimeoutError after `timeout`, counted from the call
   * @throws ConnectionClosedError when the connection is lost under a written request, or the client is closed
   * @throws CapacityExceededError when too many requests are pending or waiting
   * @throws ProtocolError for a payload that cannot be serialised
   */
  request<const M extends keyof Methods & string>(
    payload: MethodCall<Methods, M>,
    options?: RequestOptions,
  ): PendingCall<ResultOf<Methods[M]>>;
  request<T = unknown>(payload: UntypedPayload<Methods, T>, options?: RequestOptions): PendingCall<T>;
  request(payload: unknown, options?: RequestOptions): PendingCall<unknown> {
    return this.#connection.calls.request(payload, options);
  }

  /**
   * Sends a frame of your own making and resolves to the frame that answers it, whatever that says.
   * @throws ProtocolError when no request id is given or found in the message, or that id is pending already
   */
  requestRaw(message: string | Uint8Array, options?: RawRequestOptions): PendingCall<Message> {
    return this.#connection.calls.requestRaw(message, options);
  }

  /**
   * Subscribes a topic and resolves to a channel of its own when the server has confirmed.
   * @throws SubscriptionFailedError when the server refused, or did not confirm within `timeout`
   * @throws CapacityExceededError when the server allows no more topics
   */
  subscribe<K extends keyof Topics & string>(topic: K, options: SubscribeOptions = {}): Promise<Channel<Topics[K]>> {
    const call = new Deferred<Channel<Topics[K]>>();
    try {
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
    options: SubscribeOptions & { readonly partial?: boolean } = {},
  ): Promise<Channel<Topics[K]>[] | PartialSubscription<Topics[K]>> {
    return handled(this.#subscribeMany(topics, options));
  }

  /** Ends every channel of a topic; resolves when the server was told. */
  unsubscribe(topic: keyof Topics & string): Promise<void> {
    return handled(this.#connection.subscriptions.endTopic(topic));
  }

  /**
   * Resolves when the frame was handed to the socket; waits for a connection at most `requestTimeout`.
   * @throws RequestTimeoutError, ConnectionClosedError or CapacityExceededError, all of them unsent
   */
  send(message: string | Uint8Array): Promise<void> {
    return this.#connection.calls.send(message);
  }

  /**
   * As `send`, with a payload that is serialised at the call.
   * @throws ProtocolError for a payload that cannot be serialised
   */
  sendJson(payload: unknown): Promise<void> {
    return this.#connection.calls.sendJson(payload);
  }

  /**
   * Authenticates inside the live session: a refresh, new credentials, or the first time where `authOnConnect` is false.
   * Later connections then authenticate, too. Before `ready` it waits for the connection.
   * @throws AuthenticationFailedError when the server refused; the connection stays
   */
  authenticate(): Promise<void> {
    return this.#connection.authenticate();
  }

  /** Leaves the connection for a new one; during a delay, tries at once. Without a connection to replace it does nothing. */
  reconnect(reason = 'reconnect() was called'): void {
    this.#connection.reconnect(reason);
  }

  /** Stops reading from the socket, where the platform can, so that the server is slowed down; the heartbeat rests. */
  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  /**
   * Ends the client for good, in any state: rejects what is pending, ends the channels, closes the socket. Resolves within
   * `deadline`, whatever the peer does; with `drain` it first waits for the answers that are outstanding.
   * @throws ConfigError for a code or a reason that a close frame cannot carry
   */
  close(options: CloseOptions = {}): Promise<void> {
    try {
      checkAll(options, closeRules);
      const { code = 1000, reason = '', drain = false, deadline = 1_000 } = options;
      return this.#connection.close({ code, reason, drain, deadline });
    } catch (error) {
      return handled(Promise.reject(error));
    }
  }

  stats(): ClientStats {
    const { calls, epoch, roundTrip, state, subscriptions, waitingCalls } = this.#connection;
    return {
      state,
      epoch,
      pendingRequests: calls.pending,
      waitingCalls,
      subscriptions: subscriptions.wanted,
      ...this.#counters,
      roundTrip,
    };
  }

  /** Tells every transition, frame and effect to `sink`, secrets masked; returns a function that stops it. */
  trace(sink: TraceSink): () => void {
    return this.#trace.add(sink);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Warns once, and not before somebody can hear it. */
  #warn(): void {
    const message = this.#deprecation;
    if (message && this.emit('warning', { code: 'deprecated-handler', message })) this.#deprecation = undefined;
  }

  /** @throws TransportError or the signal's reason when the call cannot be tried */
  #open<T>(topic: Topic, options: SubscribeOptions, call: SubscribeCall<T>): Channel<T> {
    check('options', options, OPTIONS);
    const { signal, params, timeout = this.#config.requestTimeout } = options;
    check('signal', signal, SIGNAL);
    if (signal?.aborted) throw signal.reason;
    check('timeout', timeout, TIMEOUT);
    check('topic', topic, TOPIC);
    if (this.state === 'closing' || this.state === 'closed') {
      throw new ConnectionClosedError(`The client is ${this.state}; create another one.`, { retryable: false });
    }
    const open = (canonical: Topic) => new ChannelInlet<T>(canonical, this.#context, this.#conflation, options);
    return this.#connection.subscriptions.subscribe(topic, open, { params, timeout, signal }, call);
  }

  async #subscribeMany<T>(
    wanted: Iterable<Topic>,
    options: SubscribeOptions & { readonly partial?: boolean },
  ): Promise<Channel<T>[] | PartialSubscription<T>> {
    check('options', options, OPTIONS);
    check('topics', wanted, TOPICS);
    const topics = [...wanted];
    const { pacer, subscriptions } = this.#connection;
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

const TOPIC: OptionRule = [(value: unknown) => typeof value === 'string' && value !== '', 'a non-empty string'];
/** A text is iterable, too, letter by letter. */
const TOPICS: OptionRule = [
  (value: Iterable<unknown> | null | undefined) => typeof value !== 'string' && !!value?.[Symbol.iterator],
  'a list of topics',
];
const closeRules: OptionRules<Omit<CloseOptions, 'drain'>> = {
  code: [
    (value: number) => value === 1000 || (Number.isInteger(value) && value >= 3000 && value <= 4999),
    '1000, or an integer from 3000 to 4999',
  ],
  reason: [isCloseReason, 'a string of at most 123 bytes in UTF-8'],
  deadline: or(duration(0), Infinity),
};

/** The frames of the screen as a clock. */
function framesOf({ clock, frames }: Runtime): Clock {
  if (!frames) return clock;
  return {
    now: () => clock.now(),
    setTimer: (callback, delay) => frames.setTimer(callback, delay),
    clearTimer: (timer) => frames.clearTimer(timer),
  };
}

/** Whatever the application does not bring comes from the adapter. Methods keep their `this`. */
function completeRuntime(own: Partial<Runtime>): Runtime {
  const lifecycle = own.lifecycle ?? adapterRuntime.lifecycle;
  // Whoever brings a clock owns time.
  const frames = own.frames ?? (own.clock ? undefined : adapterRuntime.frames);
  return {
    openSocket: (request, events) =>
      own.openSocket ? own.openSocket(request, events) : adapterRuntime.openSocket(request, events),
    clock: own.clock ?? adapterRuntime.clock,
    random: () => (own.random ? own.random() : adapterRuntime.random()),
    ...(own.generateId ? { generateId: () => own.generateId?.() ?? '' } : {}),
    ...(lifecycle ? { lifecycle } : {}),
    ...(frames ? { frames } : {}),
  };
}
