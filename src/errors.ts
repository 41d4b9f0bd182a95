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
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.delivery = options.delivery;
  }

  static {
    TransportError.prototype.name = 'TransportError';
  }
}

/** A connection attempt did not lead to an open socket. The client makes another attempt. */
export class ConnectionFailedError extends TransportError {
  /** The HTTP status of a refused upgrade, where the platform tells it. */
  readonly status: number | undefined;

  constructor(message: string, options: TransportErrorOptions & { status?: number | undefined } = {}) {
    super('CONNECTION_FAILED', message, { retryable: true, ...options });
    this.status = options.status;
  }

  static {
    ConnectionFailedError.prototype.name = 'ConnectionFailedError';
  }
}

/** The connection, or the client, was closed before the call could be completed. */
export class ConnectionClosedError extends TransportError {
  readonly reason: string;
  /** The close code of RFC 6455 section 7.4, where there was one. */
  readonly closeCode: number | undefined;

  constructor(reason: string, options: TransportErrorOptions & { closeCode?: number | undefined } = {}) {
    super('CONNECTION_CLOSED', reason, { retryable: true, ...options });
    this.reason = reason;
    this.closeCode = options.closeCode;
  }

  static {
    ConnectionClosedError.prototype.name = 'ConnectionClosedError';
  }
}

/** The server refused the credentials, or the handler could not build them. */
export class AuthenticationFailedError extends TransportError {
  /** The server's own code for the refusal, where it sent one. */
  readonly serverCode: string | number | undefined;

  constructor(message: string, options: TransportErrorOptions & { serverCode?: string | number | undefined } = {}) {
    super('AUTHENTICATION_FAILED', message, options);
    this.serverCode = options.serverCode;
  }

  static {
    AuthenticationFailedError.prototype.name = 'AuthenticationFailedError';
  }
}

/** No answer came within the time that the call allows. */
export class RequestTimeoutError extends TransportError {
  /** Milliseconds that the call was given. */
  readonly duration: number;
  readonly requestId: RequestId | undefined;

  constructor(duration: number, requestId: RequestId | undefined, options: TransportErrorOptions = {}) {
    const message = texts.requestTimedOut(duration, requestId, options.delivery === 'unsent');
    super('REQUEST_TIMEOUT', message, { retryable: true, ...options });
    this.duration = duration;
    this.requestId = requestId;
  }

  static {
    RequestTimeoutError.prototype.name = 'RequestTimeoutError';
  }
}

/** The server answered a request with an error. `delivery` is 'unknown' if that answer leaves the outcome open. */
export class RequestRejectedError extends TransportError {
  /** The server's own code, in the type that it sent. */
  readonly serverCode: string | number | undefined;
  /** What else the server sent with the error, in the protocol's own shape. */
  readonly data: unknown;

  constructor(
    message: string,
    options: TransportErrorOptions & { serverCode?: string | number | undefined; data?: unknown } = {},
  ) {
    super('REQUEST_REJECTED', message, options);
    this.serverCode = options.serverCode;
    this.data = options.data;
  }

  static {
    RequestRejectedError.prototype.name = 'RequestRejectedError';
  }
}

/** A topic could not be subscribed, or the server ended its subscription. */
export class SubscriptionFailedError extends TransportError {
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

  static {
    SubscriptionFailedError.prototype.name = 'SubscriptionFailedError';
  }
}

/** The client gave up: `reconnectMaxAttempts` attempts in a row failed. `cause` is the last failure. */
export class MaxReconnectAttemptsError extends TransportError {
  readonly attempts: number;

  constructor(attempts: number, options: TransportErrorOptions = {}) {
    super('MAX_RECONNECT_ATTEMPTS', texts.gaveUp(attempts), options);
    this.attempts = attempts;
  }

  static {
    MaxReconnectAttemptsError.prototype.name = 'MaxReconnectAttemptsError';
  }
}

/** Something does not follow the protocol: a frame, a payload that cannot be serialised, or a handler that threw. */
export class ProtocolError extends TransportError {
  constructor(message: string, options: TransportErrorOptions = {}) {
    super('PROTOCOL_ERROR', message, options);
  }

  static {
    ProtocolError.prototype.name = 'ProtocolError';
  }
}

/** A bounded queue is full. The message says what was not queued. */
export class CapacityExceededError extends TransportError {
  /** What is bounded, for example `maxPendingRequests`. */
  readonly limit: string;
  readonly capacity: number;

  constructor(limit: string, capacity: number, message: string, options: TransportErrorOptions = {}) {
    super('CAPACITY_EXCEEDED', texts.capacityExceeded(message, limit, capacity), { retryable: true, ...options });
    this.limit = limit;
    this.capacity = capacity;
  }

  static {
    CapacityExceededError.prototype.name = 'CapacityExceededError';
  }
}

/** A frame is larger than allowed. */
export class MessageTooLargeError extends TransportError {
  /** In bytes. */
  readonly limit: number;

  constructor(limit: number, message: string, options: TransportErrorOptions = {}) {
    super('MESSAGE_TOO_LARGE', message, options);
    this.limit = limit;
  }

  static {
    MessageTooLargeError.prototype.name = 'MessageTooLargeError';
  }
}

/** An inbound frame is larger than the config allows. */
export function tooLarge(maxMessageSize: number, cause?: unknown): MessageTooLargeError {
  return new MessageTooLargeError(maxMessageSize, texts.frameOverLimit(maxMessageSize), { cause });
}

/** A setting or an argument is wrong. The message names the field, the value and what is allowed. */
export class ConfigError extends TransportError {
  readonly field: string;
  readonly value: unknown;

  constructor(field: string, value: unknown, allowed: string, message = texts.wrongValue(field, show(value), allowed)) {
    super('CONFIG_INVALID', message);
    this.field = field;
    this.value = value;
  }

  static {
    ConfigError.prototype.name = 'ConfigError';
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}
