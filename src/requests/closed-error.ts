import {
  type AnyTransportError,
  AuthenticationFailedError,
  ConnectionClosedError,
  ConnectionFailedError,
  type Delivery,
  MaxReconnectAttemptsError,
} from '../errors.js';
import * as texts from '../texts.js';

/** The end of the connection as one call sees it: an error of its own, with what happened to its bytes. */
export function closedError(cause: AnyTransportError, delivery: Delivery): AnyTransportError {
  if (cause instanceof MaxReconnectAttemptsError) {
    return new MaxReconnectAttemptsError(cause.attempts, { cause, delivery });
  }
  // After a fatal close the same call cannot succeed later.
  const isEnd = cause instanceof ConnectionClosedError || cause instanceof ConnectionFailedError;
  const retryable = isEnd ? cause.retryable : true;
  const words = `${cause.message} ${texts.fateOf(delivery)}`;
  return cause instanceof AuthenticationFailedError
    ? new AuthenticationFailedError(words, { cause, delivery })
    : new ConnectionClosedError(words, { cause, delivery, retryable });
}
