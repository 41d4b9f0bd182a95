// Every text of the core that an application can see, in one place: so that all can be read in one go, and a build may
// carry shorter ones. Errors say what happened and what to do about it.

import type { RequestId } from './identifiers.js';

// ——— Connecting ———

export const WEBSOCKET_URL = "a 'ws:' or 'wss:' URL without a fragment";

export const notOpenInTime = (connectTimeout: number) => `No open socket within ${connectTimeout} ms (connectTimeout).`;

export const couldNotConnect = (words: string, code: number, status: number | undefined) =>
  `Could not connect: ${status === undefined ? words || `close code ${code}` : `HTTP status ${status}`}`;

export const attemptHung = (cause: string) => `The attempt hung while the host slept (${cause}).`;

export const notGreetedInTime = (authTimeout: number) =>
  `The handler did not greet the server within ${authTimeout} ms (authTimeout).`;

export const gaveUp = (attempts: number) =>
  `Gave up after ${attempts} reconnect attempts; see error.cause for the last one.`;

export const CONNECT_ABORTED = 'connect() was aborted';

// ——— Authentication ———

export const authenticationFailed = (why: string, retryable: boolean) =>
  `Authentication failed: ${why}. ${retryable ? 'It is tried again.' : 'Check the credentials and the clock of this host.'}`;

export const loginUnanswered = (authTimeout: number) =>
  `The server did not answer the authentication within ${authTimeout} ms (authTimeout).`;

export const loginNotBuilt = (authTimeout: number) =>
  `The handler built no authentication message within ${authTimeout} ms (authTimeout).`;

export const NO_AUTHENTICATION = 'The handler has no authentication: it builds no message for it.';

// ——— The end of a connection ———

export const closedWithCode = (code: number, words: string) =>
  `The connection was closed with code ${code}${words ? `: ${words}` : '.'}`;

export const noSignOfLife = (pongTimeout: number) =>
  `No sign of life within pongTimeout (${pongTimeout} ms) of a ping.`;

export const socketRefused = (words: string) => `The socket took no more frames: ${words}`;

export const reconnecting = (reason: string) => `Reconnecting: ${reason}.`;

export const lifetimeOver = (lifetime: number) => `limits.lifetime (${lifetime} ms) is over`;

export const RECONNECT_CALLED = 'reconnect() was called';

export const SERVER_ASKED = 'the server asked for it';

export const CLIENT_CLOSED = 'The client was closed; create another one.';

export const clientIs = (state: string) => `The client is ${state}; create another one.`;

export const notReady = (state: string) => `The connection is not ready but ${state}, and retry is 'never'.`;

// ——— Frames ———

export const brokenFrame = (words: string) => `The server sent a broken frame: ${words}`;

export const frameOverLimit = (maxMessageSize: number) =>
  `A frame is larger than maxMessageSize (${maxMessageSize} bytes).`;

export const frameTooLarge = (bytes: number, limit: number) =>
  `The frame has ${bytes} bytes, the server takes ${limit} (limits.bytesPerFrame).`;

export const UNDECODABLE = 'The handler could not decode a binary frame';

export const TOO_MANY_TO_DECODE = 'Too many frames wait to be decoded';

export const TOO_MANY_ANSWERS_WANTED = 'The server asks for more answers than it lets us send';

export const NEITHER_TEXT_NOR_BYTES =
  'A message is text or a Uint8Array; use sendJson() or request() for other values.';

// ——— The handler ———

export const hookFailed = (hook: string) => `The handler's ${hook} failed`;

export const HANDLER_FAILED_ON_FRAME = 'The handler failed on a frame';

export const PING_FAILED = 'A ping could not be sent';

export const NOT_MESSAGES = 'it returned something other than messages';

export const NO_FRAME = 'it returned neither text nor bytes';

export const NO_REASON = 'it gave no reason';

export const methodNotFound = (method: string) => `Method not found: ${method}`;

export const defect = (what: string) => `Defect in this client: ${what}. Please report it.`;

// ——— Requests ———

export const UNSERIALISABLE = 'The payload cannot be serialised';

export const notJson = (type: string) => `The payload cannot be serialised: JSON has no ${type}.`;

export const NO_REQUEST_ID_MADE = 'The handler made no request id';

export const NO_REQUEST_ID_PUT = 'The handler could not put an id into the payload';

export const NO_REQUEST_ID_FOUND = 'requestRaw found no request id in the message; pass it as options.requestId.';

export const idPending = (id: RequestId) => `A request with the id ${id} is pending already; use another id.`;

export const idGivenUp = (id: RequestId) =>
  `A request with the id ${id} was given up and may still be answered; use another id.`;

export const idOfSubscription = (id: RequestId) =>
  `A subscription with the id ${id} is pending already; use another id.`;

export const TOO_MANY_PENDING = 'Too many requests wait for an answer';

export const TOO_MANY_WAITING = 'Too many calls wait for the connection';

export const requestRejected = (id: RequestId) => `The server rejected request ${id}.`;

export const unreadableAnswer = (id: RequestId) => `The handler could not read the answer to request ${id}`;

export const requestTimedOut = (duration: number, id: RequestId | undefined, isUnsent: boolean) =>
  `${id === undefined ? 'The call' : `Request ${id}`} got no answer within ${duration} ms. ${
    isUnsent
      ? 'It never left this process: it is safe to call again.'
      : 'It was sent and may have been carried out: ask the server before you send it again.'
  }`;

export const fateOf = (delivery: 'unsent' | 'unknown') =>
  delivery === 'unsent' ? 'It was not sent.' : 'It was sent and may have been carried out.';

// ——— Bounds and options ———

export const capacityExceeded = (message: string, limit: string, capacity: number) =>
  `${message} (${limit} is ${capacity}).`;

export const wrongValue = (field: string, shown: string, allowed: string) =>
  `${field} is ${shown}; allowed is ${allowed}.`;
