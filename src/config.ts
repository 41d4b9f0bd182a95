import { check, count, duration, flag, isObject, type OptionRules, or, range, readOptions } from './util/options.js';

/** Where to connect, when it is more than a URL. */
export interface Endpoint {
  readonly url: string;
  readonly protocols?: string | readonly string[];
  readonly nodeOptions?: object;
}

/** Asked before each attempt, so that a token in the URL is always a fresh one. */
export type UrlSource = string | (() => string | Endpoint | Promise<string | Endpoint>);

/** What an application may set; everything but `url` has a default. Durations are milliseconds, sizes are bytes. */
export interface WebSocketConfigInput {
  /**
   * A `ws:` or `wss:` URL, or a function that returns one (perhaps asynchronously), asked before each attempt. It may
   * also return `{ url, protocols, nodeOptions }`, which then win over the fields of this config.
   */
  readonly url: UrlSource;
  /** Subprotocols to offer, in order of preference. Default: none. */
  readonly protocols?: string | readonly string[];
  /** Upper bound of the delay before the first reconnect attempt. Default 500: long enough to spread clients. */
  readonly reconnectInitialDelay?: number;
  /** No attempt waits longer. Default 30 000: an outage of hours costs two attempts a minute. */
  readonly reconnectMaxDelay?: number;
  /** How much longer each attempt waits than the one before. Default 2. */
  readonly reconnectBackoffFactor?: number;
  /** Attempts in a row before the client gives up. Default Infinity; 0 never reconnects. */
  readonly reconnectMaxAttempts?: number;
  /** Which part of a delay is random, 0 to 1. Default 1: clients that lost a server together come back spread out. */
  readonly reconnectJitter?: number;
  /** Time in `ready` after which the attempts count from 1 again. Default 5 000: a flapping server is not hammered. */
  readonly reconnectMinUptime?: number;
  /** Between two probes of the link; 0 sends none. Default 30 000: below the idle limit of common proxies (60 s). */
  readonly pingInterval?: number;
  /** How long a probe may stay unanswered; any inbound frame counts as an answer. Default 10 000. */
  readonly pongTimeout?: number;
  /** Probe with WebSocket ping frames where the platform has them, else with the handler's ping. Default true. */
  readonly useWebsocketPing?: boolean;
  /** For an answer, counted from the call. Default 30 000; Infinity waits for ever. */
  readonly requestTimeout?: number;
  /** Requests without an answer, waiting and written together. Default 1 000. */
  readonly maxPendingRequests?: number;
  /** The longest sleep between two sweeps for expired calls; timeouts themselves are exact. Default 60 000. */
  readonly pendingCleanupInterval?: number;
  /** Updates that a channel holds for a slow reader. Default 1 024. */
  readonly subscriptionChannelCapacity?: number;
  /** Requests and sends that wait for the connection. Default 256. */
  readonly commandChannelCapacity?: number;
  /** From asking `url` until the socket is open. Default 10 000. */
  readonly connectTimeout?: number;
  /** Authenticate after each connect, where the handler can. Default true. */
  readonly authOnConnect?: boolean;
  /** For the server's answer to an authentication frame. Default 10 000. */
  readonly authTimeout?: number;
  /** Refusals in a row before the client stops. Default 3: a clock skew gets a second chance, a wrong key does not last. */
  readonly authMaxAttempts?: number;
  /** The largest inbound message, in UTF-8 bytes. Default 16 MiB. */
  readonly maxMessageSize?: number;
  /** Passed to the `ws` package in Node: headers, agent, TLS options, compression. Other adapters ignore it. */
  readonly nodeOptions?: object;
}

// RFC 6455 section 4.1: each subprotocol is an HTTP token, and none is named twice.
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

function areProtocols(value: unknown): boolean {
  const names = [value].flat();
  return names.every((name) => typeof name === 'string' && TOKEN.test(name)) && new Set(names).size === names.length;
}

const rules: OptionRules<WebSocketConfigInput> = {
  url: [
    (value: unknown) => typeof value === 'function' || isWebSocketUrl(value),
    "a 'ws:' or 'wss:' URL without a fragment, or a function that returns one",
  ],
  protocols: [areProtocols, 'a list of distinct subprotocol names (HTTP tokens)', []],
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
  authOnConnect: flag(true),
  authTimeout: duration(1, 10_000),
  authMaxAttempts: count(1, 3),
  maxMessageSize: count(1, 16 * 1_024 * 1_024),
  nodeOptions: [isObject, 'an object'],
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
  return typeof value === 'string' && new TextEncoder().encode(value).byteLength <= 123;
}

type Filled = Required<Omit<WebSocketConfigInput, 'protocols' | 'nodeOptions'>> & {
  readonly protocols: readonly string[];
  readonly nodeOptions: object | undefined;
};

/** The fields of `WebSocketConfigInput`, validated, with every default filled in. */
export interface WebSocketConfig extends Filled {}

/**
 * A checked, frozen configuration. A plain object with the same fields does wherever one is asked for; this class
 * makes variants and reports a mistake where it is made.
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
  constructor(input: WebSocketConfigInput) {
    const read = readOptions('config', input, rules);
    check('url', read.url, rules.url);
    Object.assign(this, read, { protocols: Object.freeze([read.protocols].flat()) });
    check('reconnectInitialDelay', this.reconnectInitialDelay, [
      (delay: number) => delay <= this.reconnectMaxDelay,
      `at most reconnectMaxDelay (${this.reconnectMaxDelay})`,
    ]);
    Object.freeze(this);
  }

  /** A copy with some fields changed, checked again as a whole. */
  with(changes: Partial<WebSocketConfigInput>): WebSocketConfig {
    return new WebSocketConfig({ ...this, ...changes });
  }
}
