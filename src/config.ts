import * as texts from './texts.js';
import { check, count, duration, flag, isObject, type OptionRules, or, range, readOptions } from './util/options.js';
import { utf8Length } from './util/utf8.js';

/** Where to connect, if that is more than a URL. */
export interface Endpoint {
  readonly url: string;
  readonly protocols?: string | readonly string[];
  readonly nodeOptions?: object;
}

/** What a URL function learns of the attempt that it is called for. */
export interface UrlContext {
  /** Aborts when the attempt is given up. */
  readonly signal: AbortSignal;
  /** 0 for the first attempt, then the number in the event `reconnecting`. */
  readonly attempt: number;
}

/** A URL, or a function that returns one before each attempt, so that a token in the URL is always fresh. */
export type UrlSource = string | ((context: UrlContext) => string | Endpoint | Promise<string | Endpoint>);

/** What an application may set. Only `url` has no default. Durations are milliseconds, sizes are bytes. */
export interface WebSocketConfigInput {
  /**
   * A `ws:` or `wss:` URL without a fragment, or a function that returns one, perhaps asynchronously. The function is
   * called before each attempt. It may also return `{ url, protocols, nodeOptions }`, which replace the fields of this
   * config.
   */
  readonly url: UrlSource;
  /**
   * Subprotocols to offer, in order of preference.
   * @default [] – most venues use none
   */
  readonly protocols?: string | readonly string[];
  /**
   * Upper bound of the delay before the first reconnect attempt.
   * @default 500 – long enough to spread clients that lost a server together
   */
  readonly reconnectInitialDelay?: number;
  /**
   * Upper bound of every delay.
   * @default 30_000 – an outage of hours costs a few attempts per minute
   */
  readonly reconnectMaxDelay?: number;
  /**
   * The factor by which the upper bound grows from one attempt to the next.
   * @default 2 – the usual exponential back-off
   */
  readonly reconnectBackoffFactor?: number;
  /**
   * Failed attempts in a row before the client gives up; 0 never reconnects.
   * @default Infinity – a dashboard or a bot wants its connection back
   */
  readonly reconnectMaxAttempts?: number;
  /**
   * Which part of a delay is random, from 0 to 1.
   * @default 1 – clients that lost a server together come back spread out
   */
  readonly reconnectJitter?: number;
  /**
   * How long the connection has to stay `ready` before attempts count from 1 again.
   * @default 5_000 – a server that accepts and drops at once is not flooded with attempts
   */
  readonly reconnectMinUptime?: number;
  /**
   * The time between two pings; 0 sends none.
   * @default 30_000 – below the idle limit of common proxies (60 s)
   */
  readonly pingInterval?: number;
  /**
   * How long a ping may stay unanswered. Any inbound frame counts as an answer.
   * @default 10_000 – a slow mobile link still answers in that time
   */
  readonly pongTimeout?: number;
  /**
   * Whether to ping with WebSocket ping frames if the platform has them. Otherwise the handler's ping is used.
   * @default true – every server answers ping frames (RFC 6455 section 5.5.2)
   */
  readonly useWebsocketPing?: boolean;
  /**
   * The time from a call to its answer; Infinity waits without a limit.
   * @default 30_000 – longer than venues take to answer under load
   */
  readonly requestTimeout?: number;
  /**
   * How many requests may be without an answer, waiting and written together.
   * @default 1_000 – far above normal use; more means that the server has stopped answering
   */
  readonly maxPendingRequests?: number;
  /**
   * The longest sleep between two sweeps for expired calls. Timeouts themselves are exact.
   * @default 60_000 – a sweep is cheap
   */
  readonly pendingCleanupInterval?: number;
  /**
   * How many updates a channel holds for a slow reader.
   * @default 1_024 – a second of a busy topic
   */
  readonly subscriptionChannelCapacity?: number;
  /**
   * How many requests and sends may wait for the connection.
   * @default 256 – enough for a reconnect, and few enough that old orders do not pile up
   */
  readonly commandChannelCapacity?: number;
  /**
   * The time from asking `url` until the socket is open.
   * @default 10_000 – above a slow TLS handshake, below the patience of a user
   */
  readonly connectTimeout?: number;
  /**
   * Whether each connection authenticates, if the handler can.
   * @default true – private topics and orders need it
   */
  readonly authOnConnect?: boolean;
  /**
   * How long a planned replacement of the connection waits for answers in flight: `reconnect()`, `limits.lifetime`, a
   * notice of the server.
   * @default 5_000 – longer than an order takes, shorter than a server waits after its notice
   */
  readonly leaveTimeout?: number;
  /**
   * How long the server may take to answer an authentication frame.
   * @default 10_000 – as `connectTimeout`
   */
  readonly authTimeout?: number;
  /**
   * Refusals in a row before the client stops.
   * @default 3 – a wrong clock gets a second chance, and a wrong key is not tried without end
   */
  readonly authMaxAttempts?: number;
  /**
   * The largest inbound message, in UTF-8 bytes.
   * @default 16_777_216 (16 MiB) – above the snapshots of venues
   */
  readonly maxMessageSize?: number;
  /**
   * How long nothing may come in before the link counts as lost; 0 is off. It guards links that cannot be probed. It rests
   * while the client is paused, and counts whole messages where the platform does not count bytes.
   * @default 0 – silence proves nothing on a link whose topics may be quiet
   */
  readonly idleTimeout?: number;
  /**
   * The longest time that a server may name before the next attempt (`Retry-After`, or a delay from the handler).
   * @default 300_000 – a longer time is a mistake, or an attack; it is cut with a `warning`
   */
  readonly maxServerDelay?: number;
  /**
   * The most bytes that all channels of the client together hold for their readers, and the most that waiting calls hold.
   * A message counts once, text by its length. Over it, the channel that holds the most drops updates as its `overflow`
   * says; `latest` keeps the newest update per key. Not below `maxMessageSize`.
   * @default 67_108_864 – a page or a bot can spare 64 MiB; a larger `maxMessageSize` raises it
   */
  readonly maxBufferedBytes?: number;
  /**
   * Whether the stack of an error of `request()`, `requestRaw()` and `subscribe()` leads to the line that made the call.
   * @default false – to note the line of each call costs several times what it costs to serialise a small order
   */
  readonly callStacks?: boolean;
  /**
   * Passed to the `ws` package in Node: headers, agent, TLS options, compression. Other adapters ignore it. With
   * `bulkRead: false`, ws reads frames one by one.
   * @default undefined
   */
  readonly nodeOptions?: object | undefined;
}

// RFC 6455 section 4.1: each subprotocol is an HTTP token, and appears once.
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

function areProtocols(value: unknown): boolean {
  const names = [value].flat();
  return names.every((name) => typeof name === 'string' && TOKEN.test(name)) && new Set(names).size === names.length;
}

const rules: OptionRules<WebSocketConfigInput> = {
  url: [
    (value: unknown) => typeof value === 'function' || isWebSocketUrl(value),
    `${texts.WEBSOCKET_URL}, or a function that returns one`,
  ],
  protocols: [areProtocols, texts.SUBPROTOCOLS, []],
  reconnectInitialDelay: duration(0, 500),
  reconnectMaxDelay: duration(0, 30_000),
  reconnectBackoffFactor: range(1, 100, 2),
  reconnectMaxAttempts: or(count(0, Infinity), Infinity),
  reconnectJitter: range(0, 1, 1),
  reconnectMinUptime: duration(0, 5_000),
  pingInterval: duration(0, 30_000),
  pongTimeout: duration(1, 10_000),
  useWebsocketPing: flag(true),
  requestTimeout: or(duration(1, 30_000), Infinity),
  maxPendingRequests: count(1, 1_000),
  pendingCleanupInterval: duration(1, 60_000),
  subscriptionChannelCapacity: count(1, 1_024),
  commandChannelCapacity: count(0, 256),
  connectTimeout: duration(1, 10_000),
  leaveTimeout: duration(0, 5_000),
  authOnConnect: flag(true),
  authTimeout: duration(1, 10_000),
  authMaxAttempts: count(1, 3),
  maxMessageSize: count(1, 16 * 1_024 * 1_024),
  idleTimeout: duration(0, 0),
  maxServerDelay: duration(0, 300_000),
  callStacks: flag(false),
  maxBufferedBytes: count(1, 64 * 1_024 * 1_024),
  nodeOptions: [isObject, texts.AN_OBJECT],
};

/** Whether a value is a URL that a WebSocket can open (RFC 6455 section 3: no fragment). */
export function isWebSocketUrl(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    return /^wss?:$/.test(new URL(value).protocol) && !value.includes('#');
  } catch {
    return false;
  }
}

/** Whether a close frame can carry this reason (RFC 6455 section 5.5: 125 bytes with the code). */
export function isCloseReason(value: unknown): value is string {
  return typeof value === 'string' && utf8Length(value) <= 123;
}

type Filled = Required<Omit<WebSocketConfigInput, 'protocols' | 'nodeOptions'>> & {
  readonly protocols: readonly string[];
  readonly nodeOptions: object | undefined;
};

/** The fields of `WebSocketConfigInput`, checked, with every default filled in. */
export interface WebSocketConfig extends Filled {}

/**
 * A checked, frozen configuration. Every function that takes a config also takes a plain object with the same fields.
 * This class makes variants, and reports a mistake where it is made.
 *
 * @throws ConfigError for an unknown field, a wrong value, or values that contradict each other
 * @example
 * ```ts
 * const base = new WebSocketConfig({ url: 'wss://stream.example.com' });
 * const chatty = base.with({ pingInterval: 15_000 });
 * chatty.pongTimeout; // 10000
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns exactly the fields of `rules`
export class WebSocketConfig {
  /** Without the defaults. */
  readonly #input: WebSocketConfigInput;

  constructor(input: WebSocketConfigInput) {
    const read = readOptions('config', input, rules);
    this.#input = #input in input ? input.#input : { ...input };
    check('url', read.url, rules.url);
    Object.assign(this, read, { protocols: Object.freeze([read.protocols].flat()) });
    this.#checkBytes();
    const { bulkRead = true } = { ...this.nodeOptions } as { bulkRead?: unknown };
    check('nodeOptions.bulkRead', bulkRead, flag(true));
    check('reconnectInitialDelay', this.reconnectInitialDelay, [
      (delay: number) => delay <= this.reconnectMaxDelay,
      `at most reconnectMaxDelay (${this.reconnectMaxDelay})`,
    ]);
    Object.freeze(this);
  }

  /** A copy with some fields changed, checked again as a whole. */
  with(changes: Partial<WebSocketConfigInput>): WebSocketConfig {
    return new WebSocketConfig({ ...this.#input, ...changes });
  }

  /** A channel can hold at least one message. A default gives way to a value that was set. */
  #checkBytes(): void {
    const { maxBufferedBytes, maxMessageSize } = this.#input;
    if (maxMessageSize === undefined) return;
    if (maxBufferedBytes === undefined) {
      Object.assign(this, { maxBufferedBytes: Math.max(this.maxBufferedBytes, maxMessageSize) });
    } else {
      check('maxBufferedBytes', maxBufferedBytes, [
        (bytes: number) => bytes >= maxMessageSize,
        `at least maxMessageSize (${maxMessageSize})`,
      ]);
    }
  }
}
