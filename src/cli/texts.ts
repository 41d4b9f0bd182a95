/** Every text of the command line. */

export const VENUES = ['binance', 'bybit', 'deribit', 'ethereum', 'okx'] as const;

const CONNECTION_OPTIONS = `  --venue <name>      speak the protocol of a venue: ${VENUES.slice(0, 3).join(', ')},
                      ${VENUES.slice(3).join(' or ')}; the URL may then be left out
  --topic <name>      subscribe to a topic of the venue; may be given again
  --send <text>       send this frame when the connection is ready; may be
                      given again; for protocols of which no handler is known
  --header <header>   'Name: value' for the HTTP request; may be given again
  --for <time>        end after this time: 500ms, 10s, 2m, 1h
  --no-reconnect      end when the connection ends`;

const OUTPUT_OPTIONS = `  --frames            print every frame, whole (default: a part of them, short)
  --quiet             print no frames
  --json              print one JSON object in each line, and all else on the
                      error output`;

export const HELP = `Look at a WebSocket feed without writing code.

  hpx-transport-ws tap <url>        show a live connection and its frames
  hpx-transport-ws record <url>     write a connection to a file
  hpx-transport-ws replay <file>    play such a file, or serve it

  --help       print this text; with a command, its options
  --version    print the version

Try: npx hpx-transport-ws tap --venue binance --topic btcusdt@trade --for 10s`;

export const HELP_OF = {
  tap: `Show a live connection: its state, rates, round trip and frames.

  hpx-transport-ws tap <url> [options]

${CONNECTION_OPTIONS}
${OUTPUT_OPTIONS}

Ctrl-C ends it with a summary. Exit codes: 0 done, 1 never connected, or a
frame of --send was not sent, 2 wrong arguments. NO_COLOR turns colours off.`,
  record: `Write the life of a connection to a file, secrets masked, for replay.

  hpx-transport-ws record <url> --out feed.ndjson [options]

  --out <file>        the file to write (default: the output)
${CONNECTION_OPTIONS}

Ctrl-C ends it with a summary. Exit codes: 0 done, 1 never connected, or a
frame of --send was not sent, or the disk is full, 2 wrong arguments.`,
  replay: `Play a recording to the output, or serve it to WebSocket clients.

  hpx-transport-ws replay <file> [options]

  --serve <port>      be a server on this machine; 0 takes a free port
  --speed <number>    2 is twice as fast; max is as fast as possible
                      (default: 1)
  --for <time>        end after this time: 500ms, 10s, 2m, 1h
${OUTPUT_OPTIONS}

Exit codes: 0 done, 1 a line of the recording cannot be read,
2 wrong arguments, or no recording.`,
} as const;

export type CommandName = keyof typeof HELP_OF;
export const COMMANDS = Object.keys(HELP_OF) as CommandName[];

// ——— Wrong arguments ———

export const seeHelp = (command: CommandName | undefined) =>
  `See: hpx-transport-ws ${command ? `${command} ` : ''}--help`;

export const unknownCommand = (name: string | undefined) =>
  `${name === undefined ? 'A command is needed' : `There is no command ${quoted(name)}`}: ${COMMANDS.join(', ')}.`;

export const unknownOption = (name: string, known: readonly string[]) =>
  `There is no option ${name}. Known options: ${known.join(', ')}.`;

export const needsValue = (name: string) => `${name} needs a value.`;

export const hasNoValue = (name: string) => `${name} takes no value.`;

export const tooMany = (argument: string) => `${quoted(argument)} is one argument too many.`;

export const NEEDS_URL = 'A ws:// or wss:// URL is needed, or a --venue.';

export const notAUrl = () => 'The URL is not a ws:// or wss:// URL.';

export const NEEDS_FILE = 'The file of a recording is needed.';

export const notAVenue = (name: string) => `--venue is ${quoted(name)}; one of ${VENUES.join(', ')} is needed.`;

export const TOPIC_NEEDS_VENUE = '--topic needs a --venue. For another protocol use --send.';

export const notATime = (text: string) =>
  `--for is ${quoted(text)}; a time such as 500ms, 10s, 2m or 1h is needed, up to 30 days.`;

export const notAHeader = () => "--header is no header; 'Name: value' is needed.";

export const notASpeed = (text: string) => `--speed is ${quoted(text)}; a number above 0 or max is needed.`;

export const notAPort = (text: string) => `--serve is ${quoted(text)}; a port from 0 to 65535 is needed.`;

export const cannotWrite = (file: string, why: string) => `${file} cannot be written: ${why}`;

export const cannotRead = (file: string, why: string) => `${file} cannot be read: ${why}`;

export const cannotPlay = (file: string, why: string) => `${file} cannot be played. ${why}`;

export const cannotServe = (why: string) => `The server cannot start: ${why}`;

// ——— What happens ———

export const connectingTo = (url: string) => `connecting to ${url}`;

export const ready = (epoch: number) => `connection ${epoch} is ready`;

export const lost = (code: number, reason: string) => `close code ${code}${reason ? `: ${reason}` : ''}`;

export const retry = (attempt: number, delay: number) => `attempt ${attempt} in ${Math.round(delay)} ms`;

export const gap = (topic: string, milliseconds: number, cause: string) =>
  `${topic} may have missed ${milliseconds} ms (${cause})`;

export const neverConnected = (url: string, why: string | undefined) =>
  `No connection to ${url}. ${why ?? 'It was given up before it was tried.'}`;

export const notShown = (frames: number) => `${count(frames, 'frame')} not shown; --frames prints all`;

export const notSent = (frame: number, delivery: 'unsent' | 'unknown', why: string) =>
  `frame ${frame} of --send ${delivery === 'unsent' ? 'was not sent' : 'may have been sent'} (${delivery}): ${why}`;

export const OPEN = 'the connection is open';

export const client = (connections: number) => `connection ${connections} is open`;

export const A_FOLDER = 'it is a folder';

export const recording = (target: string) => `recording to ${target}`;

export const written = (lines: number, target: string) => `${number(lines)} lines written to ${target}`;

export const serving = (file: string, url: string) => `${file} is served at ${url}`;

export const played = (frames: number, seconds: number) =>
  `${count(frames, 'frame')} of ${seconds.toFixed(1)} s played`;

export const hidden = (frames: number) => `${count(frames, 'frame')} without content left out`;

export const served = (clients: number) => `${count(clients, 'connection')} served`;

/** Facts of a summary. */
export const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;

export const frames = (received: number, sent: number) => `${count(received, 'frame')} in, ${number(sent)} out`;

export const reconnects = (times: number) => count(times, 'reconnect');

export const gaps = (times: number) => count(times, 'gap');

export const roundTrip = (milliseconds: number) => `round trip ${milliseconds.toFixed(1)} ms`;

export const perSecond = (rate: number) => `${number(Math.round(rate))} frames/s`;

export const bytesPerSecond = (rate: number) => `${bytes(rate)}/s`;

export const bytes = (size: number) => {
  if (size < 1_000) return `${Math.round(size)} B`;
  return size < 1_000_000 ? `${(size / 1_000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
};

export const CTRL_C = 'Ctrl-C ends';

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

function count(value: number, word: string): string {
  return `${number(value)} ${word}${value === 1 ? '' : 's'}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
