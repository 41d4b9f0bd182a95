// The texts of this entry, on the page and in the worker.

export const NOT_A_PORT =
  'a Worker, a MessagePort or the scope of a worker: an object with postMessage() and message events';

export const NOT_A_CLIENT = 'a WebSocketClient';

export const KEY_FUNCTIONS = 'an object of functions';

export const KEY_NAME = 'the name of a function in the keys of serveClient(): functions do not cross to a worker';

export const UPDATES = "'data' or 'full'";

export const knownKeys = (names: readonly string[]) =>
  names.length > 0 ? `a name in the keys of serveClient(): ${names.join(', ')}` : 'missing: serveClient() has no keys';

export const otherVersion = (page: unknown, worker: unknown) =>
  `The page speaks version ${page} of the protocol between page and worker, and the worker speaks version ${worker}. ` +
  'Build both with the same version of hpx-transport-ws.';

export const otherCopy =
  'serveClient() and the client come from two copies of hpx-transport-ws. Import both in one format.';

export const IN_USE =
  'Another connectWorker() uses this client already. Close that one first, or serve a second client with a name.';

export const notStarted = (startTimeout: number) =>
  `The worker did not answer within ${startTimeout} ms (startTimeout). Does it call serveClient() with this name?`;

export const silent = (workerTimeout: number) =>
  `The worker gave no sign of life for ${workerTimeout} ms (workerTimeout).`;

export const failedToStart = (words: string) => `The worker could not be started: ${words}`;

export const failed = (words: string) => `Code in the worker failed: ${words}`;

export const ended = (words: string) => `The worker has ended${words ? `: ${words}` : ''}.`;

export const unreadable = 'A message of the worker could not be read. What it said is lost, and so is the connection.';

export const unclonable = 'The arguments cannot cross to the worker: only plain data can';

export const unclonableUpdate = (topic: string) =>
  `An update of ${topic} cannot cross to the page: only plain data can`;

export const unclonableAnswer = 'The answer cannot cross to the page: only plain data can';

export const unclonableEvent = 'An event cannot cross to the page: only plain data can';

export const TOO_MANY_CALLS = 'Too many calls wait for the worker';

export const EVENTS_LOST = 'The page took no message for long, so that older events were dropped';

export const TOO_MANY_QUESTIONS = 'The page does not answer.';

export const CLOSED = 'The client was closed; create another one.';

export const notClosed = (deadline: number) => `The worker did not close its client within ${deadline} ms (deadline).`;

export const STATE_TOLD = 'The worker told the state of its client.';
export const closedInWorker = 'The client in the worker is closed.';

export const ANSWER_FAILED = 'A request of the server could not be answered';

export const A_NAME = 'a text';
