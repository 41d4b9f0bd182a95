import * as errors from '../errors.js';
import { isObject } from '../util/options.js';
import { describe } from '../util/wrap-error.js';

/** An error as plain data. An error that is not of this package, or a value that is no error, has no `code`. */
export interface PackedError {
  readonly isPackedError: true;
  readonly code?: errors.TransportErrorCode;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** The facts of an error of this package: status, serverCode and the like. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly cause?: PackedError | undefined;
  /** What the server sent with a refusal. */
  readonly data?: unknown;
  /** Each topic that failed; no error stands for the error itself. */
  readonly failures?: readonly (readonly [topic: string, error: PackedError | undefined])[];
}

/** One argument of an event: an error, plain data, or plain data with errors in it. */
export type PackedEvent = unknown;

/** The causes of causes that cross. */
const DEPTH = 8;
const CLASSES: { readonly [C in errors.TransportErrorCode]: { readonly prototype: errors.TransportError } } = {
  CONNECTION_FAILED: errors.ConnectionFailedError,
  CONNECTION_CLOSED: errors.ConnectionClosedError,
  AUTHENTICATION_FAILED: errors.AuthenticationFailedError,
  REQUEST_TIMEOUT: errors.RequestTimeoutError,
  REQUEST_REJECTED: errors.RequestRejectedError,
  SUBSCRIPTION_FAILED: errors.SubscriptionFailedError,
  MAX_RECONNECT_ATTEMPTS: errors.MaxReconnectAttemptsError,
  PROTOCOL_ERROR: errors.ProtocolError,
  CAPACITY_EXCEEDED: errors.CapacityExceededError,
  MESSAGE_TOO_LARGE: errors.MessageTooLargeError,
  CONFIG_INVALID: errors.ConfigError,
};

/** An error as plain data that `unpackError()` makes an error of the same class from. */
export function packError(error: unknown, depth = DEPTH): PackedError {
  const { name, stack, cause } = (isObject(error) ? error : {}) as Partial<Error>;
  const packed = {
    isPackedError: true,
    name: typeof name === 'string' ? name : 'Error',
    message: describe(error),
    stack: typeof stack === 'string' ? stack : undefined,
    ...(cause === undefined || depth === 0 ? {} : { cause: packError(cause, depth - 1) }),
  } as const;
  if (!errors.isTransportError(error)) return packed;
  const facts = Object.fromEntries(
    Object.entries(error).filter(([, value]) => value === null || typeof value !== 'object'),
  );
  const { code } = error;
  if (code === 'REQUEST_REJECTED') return { ...packed, code, facts, data: error.data };
  if (code !== 'SUBSCRIPTION_FAILED') return { ...packed, code, facts };
  const failures = [...error.failures].map(
    ([topic, failure]) =>
      [topic, failure === error || depth === 0 ? undefined : packError(failure, depth - 1)] as const,
  );
  return { ...packed, code, facts, failures };
}

export function unpackError(packed: PackedError): Error {
  const { code, name, message, stack, facts, failures } = packed;
  const cause = packed.cause && unpackError(packed.cause);
  if (code === undefined || !Object.hasOwn(CLASSES, code)) {
    const error = new Error(message, cause && { cause });
    return Object.assign(error, { name, stack });
  }
  const error = new errors.TransportError(code, message, { cause });
  Object.setPrototypeOf(error, CLASSES[code].prototype);
  Object.assign(error, facts, { stack });
  if (code === 'REQUEST_REJECTED') Object.defineProperty(error, 'data', { value: packed.data });
  if (failures) {
    const entries = failures.map(([topic, failure]) => [topic, failure ? unpackError(failure) : error] as const);
    Object.assign(error, { failures: new Map(entries) });
  }
  return error;
}

/** An argument of an event, with the errors in it as plain data. */
export function packEvent(argument: unknown): PackedEvent {
  if (isError(argument)) return packError(argument);
  if (!isObject(argument)) return argument;
  return mapValues(argument, (value) => (isError(value) ? packError(value) : value));
}

export function unpackEvent(packed: PackedEvent): unknown {
  if (isPacked(packed)) return unpackError(packed);
  if (!isObject(packed)) return packed;
  return mapValues(packed, (value) => (isPacked(value) ? unpackError(value) : value));
}

function mapValues(from: object, map: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, map(value)]));
}

/** Also an error of another realm. */
function isError(value: unknown): boolean {
  return errors.isTransportError(value) || Object.prototype.toString.call(value) === '[object Error]';
}

function isPacked(value: unknown): value is PackedError {
  return isObject(value) && value.isPackedError === true;
}
