import { ConfigError } from './errors.js';

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

interface Rule {
  readonly default?: unknown;
  readonly allowed: string;
  readonly valid: (value: never) => boolean;
}

// setTimeout takes no more in one go; adapters split longer delays, so the bound is on sanity, not on the platform.
const MAX_DURATION = 365 * 24 * 3_600_000;

const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value);
const range = (fallback: number, min: number, max: number, kind = 'a number'): Rule => ({
  default: fallback,
  allowed: `${kind} from ${min} to ${max}`,
  valid: (value: unknown) => isNumber(value) && value >= min && value <= max,
});
const duration = (fallback: number, min = 1) => range(fallback, min, MAX_DURATION, 'a number of milliseconds');
const endless = (rule: Rule): Rule => ({
  ...rule,
  allowed: `${rule.allowed}, or Infinity`,
  valid: (value: never) => (value as unknown) === Infinity || rule.valid(value),
});
const count = (fallback: number, min: number): Rule => ({
  default: fallback,
  allowed: `an integer from ${min}`,
  valid: (value: unknown) => Number.isSafeInteger(value) && (value as number) >= min,
});
const flag = (fallback: boolean): Rule => ({
  default: fallback,
  allowed: 'true or false',
  valid: (value: unknown) => typeof value === 'boolean',
});

// RFC 6455 section 4.1: each subprotocol is an HTTP token, and none is named twice.
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

const rules: { readonly [K in keyof Required<WebSocketConfigInput>]: Rule } = {
  url: {
    allowed: "a 'ws:' or 'wss:' URL without a fragment, or a function that returns one",
    valid: (value: unknown) => typeof value === 'function' || isWebSocketUrl(value),
  },
  protocols: {
    default: [],
    allowed: 'a list of distinct subprotocol names (HTTP tokens)',
    valid: (value: unknown) =>
      Array.isArray(value) &&
      value.every((name) => typeof name === 'string' && TOKEN.test(name)) &&
      new Set(value).size === value.length,
  },
  reconnectInitialDelay: duration(500, 0),
  reconnectMaxDelay: duration(30_000, 0),
  reconnectBackoffFactor: range(2, 1, 100),
  reconnectMaxAttempts: endless(count(Infinity, 0)),
  reconnectJitter: range(1, 0, 1),
  reconnectMinUptime: duration(5_000, 0),
  pingInterval: duration(30_000, 0),
  pongTimeout: duration(10_000),
  useWebsocketPing: flag(true),
  requestTimeout: endless(duration(30_000)),
  maxPendingRequests: count(1_000, 1),
  pendingCleanupInterval: duration(60_000),
  subscriptionChannelCapacity: count(1_024, 1),
  commandChannelCapacity: count(256, 0),
  connectTimeout: duration(10_000),
  authOnConnect: flag(true),
  authTimeout: duration(10_000),
  authMaxAttempts: count(3, 1),
  maxMessageSize: count(16 * 1_024 * 1_024, 1),
  nodeOptions: {
    allowed: 'an object',
    valid: (value: unknown) => value === undefined || (typeof value === 'object' && value !== null),
  },
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
    if (typeof input !== 'object' || input === null) throw new ConfigError('config', input, 'an object with a url');
    for (const name of Object.keys(input)) {
      if (!Object.hasOwn(rules, name)) {
        throw new ConfigError(
          name,
          input[name as keyof WebSocketConfigInput],
          `none of that name, but ${Object.keys(rules).join(', ')}`,
        );
      }
    }
    for (const [name, rule] of Object.entries(rules)) {
      let value: unknown = input[name as keyof WebSocketConfigInput];
      if (value === undefined) value = rule.default;
      if (name === 'protocols') value = Object.freeze(typeof value === 'string' ? [value] : copyOf(value));
      if (!rule.valid(value as never)) throw new ConfigError(name, value, rule.allowed);
      Object.defineProperty(this, name, { value, enumerable: true });
    }
    if (this.reconnectInitialDelay > this.reconnectMaxDelay) {
      throw new ConfigError(
        'reconnectInitialDelay',
        this.reconnectInitialDelay,
        `at most reconnectMaxDelay (${this.reconnectMaxDelay})`,
      );
    }
    Object.freeze(this);
  }

  /** A copy with some fields changed, checked again as a whole. */
  with(changes: Partial<WebSocketConfigInput>): WebSocketConfig {
    return new WebSocketConfig({ ...this, ...changes });
  }
}

function copyOf(value: unknown): unknown {
  return Array.isArray(value) ? [...value] : value;
}
