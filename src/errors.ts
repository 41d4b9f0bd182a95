import type { RequestId, Topic } from './identifiers.js';
import * as texts from './texts.js';

/** `unsent`: the bytes never left and never will. `unknown`: they may have reached the server. */
export type Delivery = 'unsent' | 'unknown';

export type TransportErrorCode =
  | 'CONNECTION_FAILED'
  | 'CONNECTION_CLOSED'
  | 'AUTHENTICATION_FAILED'
  | 'REQUEST_TIMEOUT'
  | 'REQUEST_REJECTED'
  | 'SUBSCRIPTION_FAILED'
  | 'MAX_RECONNECT_ATTEMPTS'
  | 'PROTOCOL_ERROR'
  | 'CAPACITY_EXCEEDED'
  | 'MESSAGE_TOO_LARGE'
  | 'CONFIG_INVALID';

/** Marks the errors of every copy of this package. */
const BRAND = Symbol.for('hpx-transport-ws.error');
/** How Node, Bun and Deno print an object. */
const PRINT = Symbol.for('nodejs.util.inspect.custom');

export interface TransportErrorOptions {
  /** What led to this error; kept as `error.cause`. */
  readonly cause?: unknown;
  /** Whether the same call may succeed later without a change. */
  readonly retryable?: boolean;
  readonly delivery?: Delivery;
}

/**
 * What every error of this package extends. `code` is stable across releases and survives minification and copies of
 * the package; `message` says what happened and what to do about it.
 */
export class TransportError extends Error {
  readonly code: TransportErrorCode;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;
  /** Where a request or a send is concerned: whether its bytes may have reached the server. */
  readonly delivery: Delivery | undefined;

  constructor(code: TransportErrorCode, message: string, options: TransportErrorOptions = {}) {
    super(texts.withLink(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.delivery = options.delivery;
  }

  /** What a log may show: the name, the code, the message and the facts, but no cause and no data of the server. */
  toJSON(): Record<string, unknown> {
    const { name, code, message } = this;
    const facts = Object.entries(this).filter(([, value]) => isPlain(value));
    return { name, code, message, ...Object.fromEntries(facts) };
  }
}
TransportError.prototype.name = 'TransportError';
Object.defineProperties(TransportError.prototype, { [BRAND]: { value: true }, [PRINT]: { value: print } });

/** A connection attempt did not lead to an open socket. The client makes another attempt. */
export class ConnectionFailedError extends TransportError {
  declare readonly code: 'CONNECTION_FAILED';
  /** The HTTP status of a refused upgrade; missing in browsers, which hide the status. */
  readonly status: number | undefined;

  constructor(message: string, options: TransportErrorOptions & { status?: number | undefined } = {}) {
    super('CONNECTION_FAILED', message, { retryable: true, ...options });
    this.status = options.status;
  }
}
ConnectionFailedError.prototype.name = 'ConnectionFailedError';

/** The connection, or the client, was closed before the call could be completed. */
export class ConnectionClosedError extends TransportError {
  declare readonly code: 'CONNECTION_CLOSED';
  /** Why it was closed, in words; the same as `message`. */
  readonly reason: string;
  /** The close code of RFC 6455 section 7.4, where there was one. */
  readonly closeCode: number | undefined;

  constructor(reason: string, options: TransportErrorOptions & { closeCode?: number | undefined } = {}) {
    super('CONNECTION_CLOSED', reason, { retryable: true, ...options });
    this.reason = reason;
    this.closeCode = options.closeCode;
  }
}
ConnectionClosedError.prototype.name = 'ConnectionClosedError';

/** The server refused the credentials, or the handler could not build them. */
export class AuthenticationFailedError extends TransportError {
  declare readonly code: 'AUTHENTICATION_FAILED';
  /** The server's own code for the refusal, where it sent one. */
  readonly serverCode: string | number | undefined;

  constructor(message: string, options: TransportErrorOptions & { serverCode?: string | number | undefined } = {}) {
    super('AUTHENTICATION_FAILED', message, options);
    this.serverCode = options.serverCode;
  }
}
AuthenticationFailedError.prototype.name = 'AuthenticationFailedError';

/** No answer came within the time that the call allows. */
export class RequestTimeoutError extends TransportError {
  declare readonly code: 'REQUEST_TIMEOUT';
  /** Milliseconds that the call was given. */
  readonly duration: number;
  /** The id of the request; missing for a send. */
  readonly requestId: RequestId | undefined;

  constructor(duration: number, requestId: RequestId | undefined, options: TransportErrorOptions = {}) {
    const message = texts.requestTimedOut(duration, requestId, options.delivery === 'unsent');
    super('REQUEST_TIMEOUT', message, { retryable: true, ...options });
    this.duration = duration;
    this.requestId = requestId;
  }
}
RequestTimeoutError.prototype.name = 'RequestTimeoutError';

/** The server answered a request with an error. `delivery` is 'unknown' if that answer leaves the outcome open. */
export class RequestRejectedError extends TransportError {
  declare readonly code: 'REQUEST_REJECTED';
  /** The server's own code, in the type that it sent. */
  readonly serverCode: string | number | undefined;
  /** What else the server sent with the error, in the protocol's own shape. It is in no print and in no JSON. */
  declare readonly data: unknown;

  constructor(
    message: string,
    options: TransportErrorOptions & { serverCode?: string | number | undefined; data?: unknown } = {},
  ) {
    super('REQUEST_REJECTED', message, options);
    this.serverCode = options.serverCode;
    Object.defineProperty(this, 'data', { value: options.data });
  }
}
RequestRejectedError.prototype.name = 'RequestRejectedError';

/** A topic could not be subscribed, or the server ended its subscription. */
export class SubscriptionFailedError extends TransportError {
  declare readonly code: 'SUBSCRIPTION_FAILED';
  /** The topic; of several topics, the first that failed. */
  readonly topic: Topic;
  /** For `subscribeMany`: each topic that failed, with its own error. */
  readonly failures: ReadonlyMap<Topic, TransportError>;
  /** The server's own code for the refusal, where it sent one. */
  readonly serverCode: string | number | undefined;

  constructor(
    topic: Topic,
    message: string,
    options: TransportErrorOptions & {
      serverCode?: string | number | undefined;
      failures?: ReadonlyMap<Topic, TransportError>;
    } = {},
  ) {
    super('SUBSCRIPTION_FAILED', message, options);
    this.topic = topic;
    this.serverCode = options.serverCode;
    this.failures = options.failures ?? new Map([[topic, this]]);
  }
}
SubscriptionFailedError.prototype.name = 'SubscriptionFailedError';

/** The client gave up: `reconnectMaxAttempts` attempts in a row failed. `cause` is the last failure. */
export class MaxReconnectAttemptsError extends TransportError {
  declare readonly code: 'MAX_RECONNECT_ATTEMPTS';
  /** How many attempts in a row failed. */
  readonly attempts: number;

  constructor(attempts: number, options: TransportErrorOptions = {}) {
    super('MAX_RECONNECT_ATTEMPTS', texts.gaveUp(attempts, lastReason(options.cause)), options);
    this.attempts = attempts;
  }
}
MaxReconnectAttemptsError.prototype.name = 'MaxReconnectAttemptsError';

/** Something does not follow the protocol: a frame, a payload that cannot be serialised, or a handler that threw. */
export class ProtocolError extends TransportError {
  declare readonly code: 'PROTOCOL_ERROR';
  constructor(message: string, options: TransportErrorOptions = {}) {
    super('PROTOCOL_ERROR', message, options);
  }
}
ProtocolError.prototype.name = 'ProtocolError';

/** A bounded queue is full. The message says what was not queued. */
export class CapacityExceededError extends TransportError {
  declare readonly code: 'CAPACITY_EXCEEDED';
  /** What is bounded, for example `maxPendingRequests`. */
  readonly limit: string;
  /** How many of them, or how many bytes, there may be. */
  readonly capacity: number;

  constructor(limit: string, capacity: number, message: string, options: TransportErrorOptions = {}) {
    super('CAPACITY_EXCEEDED', texts.capacityExceeded(message, limit, capacity), { retryable: true, ...options });
    this.limit = limit;
    this.capacity = capacity;
  }
}
CapacityExceededError.prototype.name = 'CapacityExceededError';

/** A frame is larger than allowed. */
export class MessageTooLargeError extends TransportError {
  declare readonly code: 'MESSAGE_TOO_LARGE';
  /** In bytes. */
  readonly limit: number;

  constructor(limit: number, message: string, options: TransportErrorOptions = {}) {
    super('MESSAGE_TOO_LARGE', message, options);
    this.limit = limit;
  }
}
MessageTooLargeError.prototype.name = 'MessageTooLargeError';

/** An inbound frame is larger than the config allows. */
export function tooLarge(maxMessageSize: number, cause?: unknown): MessageTooLargeError {
  return new MessageTooLargeError(maxMessageSize, texts.frameOverLimit(maxMessageSize), { cause });
}

/** Names of options whose numbers are not shown, either: a password may consist of digits. */
const SECRET = /secret|key$|pass|token/i;

/**
 * A setting or an argument is wrong. The message names the field and what is allowed. It shows a number or a boolean, and of
 * any other value only the type: the value may be a secret.
 */
export class ConfigError extends TransportError {
  declare readonly code: 'CONFIG_INVALID';
  /** The setting or the argument that is wrong. */
  readonly field: string;
  /** The number or the boolean that is wrong; for any other value its type in words. */
  readonly value: unknown;

  constructor(field: string, value: unknown, allowed: string, message?: string) {
    const isSecret = isNumberOrBoolean(value) && SECRET.test(field);
    const shown = isSecret ? `a ${typeof value}` : show(value);
    super('CONFIG_INVALID', message ?? texts.wrongValue(field, shown, allowed));
    this.field = field;
    const isPlain = isNumberOrBoolean(value) || value === undefined || value === null;
    this.value = isPlain && !isSecret ? value : shown;
  }
}
ConfigError.prototype.name = 'ConfigError';

/** Every error of this package. Comparing its `code` narrows an error to its class. */
export type AnyTransportError =
  | ConnectionFailedError
  | ConnectionClosedError
  | AuthenticationFailedError
  | RequestTimeoutError
  | RequestRejectedError
  | SubscriptionFailedError
  | MaxReconnectAttemptsError
  | ProtocolError
  | CapacityExceededError
  | MessageTooLargeError
  | ConfigError;

/**
 * Whether a value is an error of this package, also of another copy of the package, for which `instanceof` would fail.
 *
 * @example
 * ```ts
 * const error: unknown = new RequestTimeoutError(30_000, 'a1', { delivery: 'unknown' });
 * if (isTransportError(error) && error.code === 'REQUEST_TIMEOUT') error.duration; // 30000
 * ```
 */
export function isTransportError(value: unknown): value is AnyTransportError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

function isNumberOrBoolean(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

function isPlain(value: unknown): boolean {
  return isNumberOrBoolean(value) || typeof value === 'string';
}

function show(value: unknown): string {
  if (isNumberOrBoolean(value) || value === undefined || value === null) return String(value);
  const type = Array.isArray(value) ? 'array' : typeof value;
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

/** The stack, the facts, and the stacks of the causes. Members of a foreign cause may hold secrets. */
function print(
  this: TransportError,
  depth: number,
  options: object,
  inspect?: (value: unknown, how: object) => string,
) {
  const stack = this.stack || `${this.name}: ${this.message}`;
  if (!inspect || depth < 0) return stack;
  const { name, message, ...facts } = this.toJSON();
  const { cause } = this;
  const why = isTransportError(cause) ? inspect(cause, options) : (cause as Error | undefined)?.stack;
  return `${stack} ${inspect(facts, options)}${typeof why === 'string' ? `\n[cause]: ${why}` : ''}`;
}

/** What the last attempt failed with; the error of a call wraps the error of its client. */
function lastReason(cause: unknown): string {
  if (cause instanceof MaxReconnectAttemptsError) return lastReason(cause.cause);
  const { message } = (cause ?? {}) as Partial<Error>;
  return typeof message === 'string' ? message : '';
}
