/** Every text of the recorder and the player that a user can see. */

const line = (number: number) => `Line ${number} of the recording`;

export const NOT_JSON = (number: number) => `${line(number)} is not JSON. Was the file cut, or edited?`;

export const NOT_AN_EVENT = (number: number) => `${line(number)} is not an event of a recording.`;

export const NO_HEADER = (number: number) =>
  `${line(number)} is not the header of a recording: {"recording":"hpx-transport-ws","version":1,…}.`;

export const EMPTY = 'The recording is empty: it has no header.';

export const otherVersion = (version: unknown, known: number) =>
  `The recording has version ${typeof version === 'number' ? version : 'unknown'}. This package reads version ${known}.`;

export const NOT_A_LINE = (number: number) => `${line(number)} is not a text. A recording is made of lines of text.`;

export const SOURCE_FAILED = (number: number) => `The recording could not be read behind line ${number}`;

export const ANSWER_FAILED = 'The function answer() of the player failed';

export const ENDED = 'the recording has ended';

export const STOPPED = 'the replay was stopped';

export const refused = (message: string) => `the recording says: ${message}`;

export const A_SOURCE = 'the text of a recording, or its lines as an iterable or an async iterable';

export const A_SPEED = 'a number above 0, or Infinity';

export const A_RUNTIME = 'a Runtime, for example nodeRuntime';

export const A_HANDLER = 'a ProtocolHandler: its redact() masks secrets';

export const A_CLOCK = 'a Clock, for example a VirtualClock';

export const ONE_CLIENT = 'a WebSocketClient, and one for each recorder';

export const A_NAME = 'the name of a member, for example "req_id"';

export const NOTHING_LEFT = 'The recording has ended: it has no further connection.';

export const NOT_OPEN = 'The socket is not open.';
