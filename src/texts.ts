// Every text of the core that an application can see, in one place: so that all can be read in one go, and a build may
// carry shorter ones (see scripts/build/short-texts.mjs). Errors say what happened and what to do about it.

import type { RequestId } from './identifiers.js';

/** The message of an error. In the production build, with a link to the page that explains its short texts. */
export const withLink = (message: string) => message;

// ——— Connecting ———

export const WEBSOCKET_URL = "a 'ws:' or 'wss:' URL without a fragment";

export const notOpenInTime = (connectTimeout: number) => `No open socket within ${connectTimeout} ms (connectTimeout).`;

/** A text as a whole sentence. */
export const sentence = (words: string) => (/[.!?]$/.test(words) ? words : `${words}.`);

export const THE_SERVER = 'the server';

export const couldNotConnect = (where: string, what: string) => `Could not connect to ${where}: ${sentence(what)}`;

export const redirectedTo = (target: string) => `the server redirects to ${target}, set this as the url`;

export const offered = (protocols: readonly string[]) => `offered were the subprotocols ${protocols.join(', ')}`;

export const FORBIDDEN =
  'The server refused with HTTP status 403, although no credentials are concerned: it may be busy, or block this ' +
  'address for a while. The client tries again at the longest delay.';

export const serverDelayCut = (delay: number, maxServerDelay: number) =>
  `The server asks for ${delay} ms before the next attempt; the client waits maxServerDelay (${maxServerDelay} ms).`;

export const attemptHung = (cause: string) => `The attempt hung while the host slept (${cause}).`;

export const notGreetedInTime = (authTimeout: number) =>
  `The handler did not greet the server within ${authTimeout} ms (authTimeout).`;

export const gaveUp = (attempts: number, why: string) =>
  `Gave up after ${attempts} reconnect attempts. ${why ? `The last one: ${sentence(why)}` : 'See error.cause for the last one.'}`;

export const NEVER_CONNECTED = 'Calls wait for a connection, and connect() was never called. Call client.connect().';
export const notReadyInTime = (timeout: number, attempts: number, words: string | undefined) =>
  `connect() did not succeed within ${timeout} ms (timeout), in ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}. ` +
  `${words ? `The last one failed: ${words}` : 'The attempt is still under way; the server does not answer.'}`;

export const CONNECT_ABORTED = 'connect() was aborted';

// ——— Authentication ———

export const authenticationFailed = (why: string, retryable: boolean) =>
  `Authentication failed: ${sentence(why)} ${retryable ? 'It is tried again.' : 'Check the credentials and the clock of this host.'}`;

export const LOGIN_OVER = 'The login has ended. Frames of a login can be sent and received only until then.';

export const loginOverflowed = (limit: number) =>
  `More than ${limit} frames came in that login() did not receive. Let it return, or receive them.`;

export const loginUnanswered = (authTimeout: number) =>
  `The server did not answer the authentication within ${authTimeout} ms (authTimeout).`;

export const loginUnsent = (authTimeout: number) =>
  `The authentication did not leave within ${authTimeout} ms (authTimeout): the connection took no more frames.`;

export const unreadableLogin = (words: string) => `the handler could not read the answer: ${words}`;

export const loginNotBuilt = (authTimeout: number) =>
  `The handler built no authentication message within ${authTimeout} ms (authTimeout).`;

export const NO_AUTHENTICATION = 'The handler has no authentication: it builds no message for it.';

// ——— The end of a connection ———

export const closedWithCode = (code: number, words: string, byServer: boolean) =>
  `${byServer ? 'The server closed the connection' : 'The connection was lost'} with code ${code}${words ? `: ${sentence(words)}` : '.'}`;

export const noSignOfLife = (pongTimeout: number) =>
  `No sign of life within pongTimeout (${pongTimeout} ms) of a ping.`;

export const idleTooLong = (idleTimeout: number) => `Nothing came in for idleTimeout (${idleTimeout} ms).`;

export const LINK_UNPROBED =
  'This link cannot be probed: the platform has no WebSocket pings and the handler builds no ping. A dead link goes ' +
  'unnoticed. Give the handler a buildPing(), or set idleTimeout.';

export const socketRefused = (words: string) => `The socket took no more frames: ${sentence(words)}`;

export const reconnecting = (reason: string) => `Reconnecting: ${sentence(reason)}`;

export const lifetimeOver = (lifetime: number) => `limits.lifetime (${lifetime} ms) is over`;

export const RECONNECT_CALLED = 'reconnect() was called';

export const SERVER_ASKED = 'the server asked for it';

export const CLIENT_CLOSED = 'The client was closed; create another one.';

export const clientIs = (state: string) => `The client is ${state}; create another one.`;

export const notReady = (state: string) => `The connection is not ready but ${state}, and retry is 'never'.`;

// ——— Frames ———

export const brokenFrame = (words: string) => `The server sent a broken frame: ${sentence(words)}`;

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

export const preparedTooLong = (limit: number) => `it took longer than requestTimeout (${limit} ms)`;

export const HANDLER_FAILED_ON_FRAME = 'The handler failed on a frame';

export const PING_FAILED = 'A ping could not be sent';

export const NOT_MESSAGES = 'it returned something other than messages';

export const UNREADABLE = 'The message is not JSON: nothing in it counts as a success.';

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

export const TOO_MUCH_WAITING = 'The calls that wait hold too many bytes';
export const TOO_MANY_WAITING = 'Too many calls wait for the connection';

export const requestRejected = (id: RequestId) => `The server rejected request ${id}.`;

export const unreadableAnswer = (id: RequestId) => `The handler could not read the answer to request ${id}`;

export const requestTimedOut = (duration: number, id: RequestId | undefined, isUnsent: boolean) =>
  `${id === undefined ? 'The call' : `Request ${id}`} ${isUnsent ? 'was not sent' : 'got no answer'} within ${duration} ms. ${
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

export const unknownOption = (name: string, known: string) => `Unknown option '${name}'. Known options: ${known}.`;

export const A_NUMBER = 'a number';
export const MILLISECONDS = 'a number of milliseconds';
export const POSITIVE_MILLISECONDS = 'a positive number of milliseconds, or Infinity';
export const TRUE_OR_FALSE = 'true or false';
export const AN_OBJECT = 'an object';
export const HANDLER = 'an instance of a class that extends ProtocolHandler, for example new GenericJsonHandler()';
export const A_TEXT = 'a text';

export const A_FUNCTION = 'a function';
export const AN_ID = 'a non-empty text or a finite number';
export const ABORT_SIGNAL = 'an AbortSignal';
export const NON_EMPTY_STRING = 'a non-empty string';
export const TOPIC_LIST = 'a list of topics';
export const CLOSE_CODE = '1000, or an integer from 3000 to 4999';
export const CLOSE_REASON = 'a string of at most 123 bytes in UTF-8';
export const SUBPROTOCOLS = 'a list of distinct subprotocol names (HTTP tokens)';

export const between = (kind: string, min: number, max: number) => `${kind} from ${min} to ${max}`;
export const objectWith = (names: readonly string[]) => `an object with ${names.join('(), ')}()`;
export const integerFrom = (min: number) => `an integer from ${min}`;
export const orElse = (allowed: string, other: unknown) => `${allowed}, or ${other}`;
export const oneOf = (values: readonly unknown[]) => `one of ${values.join(', ')}`;

// ——— Subscriptions and channels ———

export const topicImpossible = (topic: string, words: string) => `The handler refused the topic ${topic}: ${words}`;

export const tooManyTopics = (topic: string) => `The server allows no further topic beside ${topic}`;

export const otherParams = (topic: string) => `${topic} is already subscribed with other params; unsubscribe it first.`;

export const PARAMS_NOT_PLAIN = 'The params of a subscription must be plain data';

export const PARAMS_NOT_COMPARABLE = 'The params of a subscription cannot be compared';

export const notPlanned = (topic: string) =>
  `The handler put the topic '${topic}' into no frame of its plan. Name each topic in exactly one frame.`;

export const plannedTwice = (topic: string) =>
  `The handler put the topic '${topic}' into two frames of its plan. Name each topic in exactly one frame.`;

export const planIdUsed = (id: RequestId) =>
  `The handler gave a frame of its plan the id ${id}, which another frame uses. Take ids from context.newRequestId().`;

export const unbuildable = (operation: string, words: string) =>
  `The handler could not build the ${operation} frame: ${sentence(words)}`;

export const topicFrameTooLarge = (topic: string, limit: number) =>
  `The frame for ${topic} is larger than limits.bytesPerFrame (${limit} bytes).`;

export const topicRefused = (topic: string, words: string) => `The server refused ${topic}: ${sentence(words)}`;

export const unreadableConfirmation = (topic: string) => `The handler could not read the confirmation of ${topic}`;

export const topicEnded = (topic: string, words: string) => `The server ended ${topic}: ${sentence(words)}`;

export const notConfirmed = (topic: string, timeout: number, unknown: number) =>
  `${topic} was not confirmed within ${timeout} ms. ` +
  `Frames that came meanwhile and that the handler did not know: ${unknown}.`;

export const endsConnections = (topic: string) =>
  `${topic} is given up: the server ended the connection twice when it was asked for this topic alone.`;

export const notHeld = (topic: string) => `${topic} has no channel; subscribe it first.`;

export const notAsked = (topic: string, maxWait: number) =>
  `${topic} was not asked for within ${maxWait} ms (maxWait): there was no connection. Nothing was sent.`;

export const askedAgain = (topic: string) => `The server did not confirm ${topic} in time; it is asked again.`;

export const unsubscribedEarly = (topic: string) => `${topic} was unsubscribed before the server confirmed it.`;

export const topicAborted = (topic: string) => `${topic} was aborted.`;

export const topicsFailed = (failed: number, wanted: number, words: string) =>
  `${failed} of ${wanted} topics failed, the first one with: ${sentence(words)}`;

export const madeRoom = (topic: string, maxBufferedBytes: number) =>
  `The channels hold more than maxBufferedBytes (${maxBufferedBytes}), and that of '${topic}' holds the most: it drops ` +
  'updates. Read it faster, or give it a smaller capacity.';
export const channelFull = (topic: string) =>
  `The channel of ${topic} is full. Read faster, or choose an overflow policy that drops`;

export const keyFailed = (topic: string) => `The key function of ${topic} failed`;

export const unreadableUpdate = (topic: string) => `The handler could not read an update of ${topic}`;

export const listenerFailed = (event: string) => `A listener of '${event}' failed`;

// ——— The built-in handlers ———

export const REFUSED_WITHOUT_REASON = 'The server refused without giving a reason.';

export const notPlainRequest = (idField: string) =>
  `A request must be a plain object, so that its ${idField} can be set. Send other values with sendJson() or requestRaw().`;

export const NOT_SUBSCRIBE_OP = 'a value that differs from subscribeOp';
export const TYPE_FIELD = 'the member that holds responseType and updateType';
export const TOPIC_PARAMS = 'a plain object, merged into the entry of its topic';

export const JSON_RPC_CALL =
  'A JSON-RPC call is { method, params }. method is a string; params is an object, an array, or missing.';
export const EMPTY_BATCH = 'A JSON-RPC batch needs at least one call.';
export const NEITHER_RESULT_NOR_ERROR = 'The server answered with neither a result nor an error.';
export const SUBSCRIBE_METHOD = 'the method of the server that subscribes';

export const EXCHANGE_HANDLER_REQUEST =
  'An ExchangeHandler cannot match answers to requests. Use sendJson(), or extend ProtocolHandler.';

// ——— The adapters ———

export const SEND_MISFIRED =
  'The code of the socket failed, and the frame was not sent. If a bundle holds ws, keep ws out of the bundle. The failure';

export const NO_WEBSOCKET =
  "This platform has no global WebSocket. In Node, use the runtime of 'hpx-transport-ws/adapters/node'.";

export const SOCKET_NOT_OPEN = 'The socket is not open; nothing was sent.';

export const wrongSubprotocol = (protocol: string) =>
  `The server chose the subprotocol '${protocol}', which was not offered.`;

export const upgradeRefused = (status: number | undefined) =>
  `The server refused the upgrade with HTTP status ${status}`;
