import { type ParseArgsConfig, parseArgs } from 'node:util';
import * as texts from './texts.js';

/** A wrong command line. The message says what is allowed. */
export class UsageError extends Error {
  readonly command: texts.CommandName | undefined;

  constructor(message: string, command?: texts.CommandName) {
    super(message);
    this.command = command;
  }
}

/** What is printed of the frames. */
export interface OutputOptions {
  readonly json: boolean;
  readonly frames: 'some' | 'all' | 'none';
}

/** How to connect. */
export interface ConnectionOptions {
  readonly url: string | undefined;
  readonly venue: (typeof texts.VENUES)[number] | undefined;
  readonly topics: readonly string[];
  readonly send: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds; Infinity without `--for`. */
  readonly duration: number;
  readonly reconnects: boolean;
}

export type Command =
  | { readonly name: 'help'; readonly of: texts.CommandName | undefined }
  | { readonly name: 'version' }
  | { readonly name: 'tap'; readonly connection: ConnectionOptions; readonly output: OutputOptions }
  | { readonly name: 'record'; readonly connection: ConnectionOptions; readonly out: string | undefined }
  | ReplayCommand;

export interface ReplayCommand {
  readonly name: 'replay';
  readonly file: string;
  readonly speed: number;
  /** The port; undefined without `--serve`. */
  readonly port: number | undefined;
  readonly duration: number;
  readonly output: OutputOptions;
}

type OptionTable = NonNullable<ParseArgsConfig['options']>;
type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

const FLAG = { type: 'boolean' } as const;
const TEXT = { type: 'string' } as const;
const TEXTS = { type: 'string', multiple: true } as const;
const CONNECTION: OptionTable = {
  venue: TEXT,
  topic: TEXTS,
  send: TEXTS,
  header: TEXTS,
  for: TEXT,
  'no-reconnect': FLAG,
};
const OUTPUT: OptionTable = { frames: FLAG, quiet: FLAG, json: FLAG };
const OPTIONS: Readonly<Record<texts.CommandName, OptionTable>> = {
  tap: { ...CONNECTION, ...OUTPUT },
  record: { out: TEXT, ...CONNECTION },
  replay: { serve: TEXT, speed: TEXT, for: TEXT, ...OUTPUT },
};

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LONGEST = 30 * 24 * 3_600_000;

/** @throws UsageError */
export function readCommand(args: readonly string[]): Command {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') return { name: 'help', of: undefined };
  if (name === '--version' || name === '-v') return { name: 'version' };
  if (!isCommand(name)) throw new UsageError(texts.unknownCommand(name));
  try {
    return readOf(name, rest);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, name) : error;
  }
}

function readOf(name: texts.CommandName, args: readonly string[]): Command {
  const { values, positionals } = parse(args, OPTIONS[name]);
  if (values.help) return { name: 'help', of: name };
  const [target, extra] = positionals;
  if (extra !== undefined) throw new UsageError(texts.tooMany(extra));
  if (name === 'replay') return readReplay(target, values);
  const connection = readConnection(target, values);
  if (name === 'tap') return { name, connection, output: readOutput(values) };
  return { name, connection, out: textOf(values.out) };
}

function readReplay(file: string | undefined, values: Values): ReplayCommand {
  if (file === undefined) throw new UsageError(texts.NEEDS_FILE);
  const { speed = '1', serve } = values as { speed?: string; serve?: string };
  return {
    name: 'replay',
    file,
    speed: readSpeed(speed),
    port: serve === undefined ? undefined : readPort(serve),
    duration: readDuration(textOf(values.for)),
    output: readOutput(values),
  };
}

function readConnection(url: string | undefined, values: Values): ConnectionOptions {
  const venue = textOf(values.venue);
  const topics = textsOf(values.topic);
  if (venue !== undefined && !isVenue(venue)) throw new UsageError(texts.notAVenue(venue));
  if (venue === undefined && topics.length > 0) throw new UsageError(texts.TOPIC_NEEDS_VENUE);
  if (url === undefined && venue === undefined) throw new UsageError(texts.NEEDS_URL);
  // The URL is not shown: it may have a key.
  if (url !== undefined && !/^wss?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
    throw new UsageError(texts.notAUrl());
  }
  return {
    url,
    venue,
    topics,
    send: textsOf(values.send),
    headers: Object.fromEntries(textsOf(values.header).map(readHeader)),
    duration: readDuration(textOf(values.for)),
    reconnects: !values['no-reconnect'],
  };
}

function readOutput({ json, frames, quiet }: Values): OutputOptions {
  return { json: json === true, frames: quiet ? 'none' : frames || json ? 'all' : 'some' };
}

/** The value may be a secret, so it is in no message. */
function readHeader(text: string): [string, string] {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*(\S.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new UsageError(texts.notAHeader());
  return [name, value];
}

function readDuration(text: string | undefined): number {
  if (text === undefined) return Infinity;
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const duration = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (duration > 0 && duration <= LONGEST) return duration;
  throw new UsageError(texts.notATime(text));
}

function readSpeed(text: string): number {
  const speed = text === 'max' ? Infinity : /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  if (speed > 0) return speed;
  throw new UsageError(texts.notASpeed(text));
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new UsageError(texts.notAPort(text));
}

function parse(args: readonly string[], options: OptionTable) {
  const known = { ...options, help: { type: 'boolean', short: 'h' } } satisfies OptionTable;
  const { tokens, values, positionals } = parseArgs({
    args: [...args],
    options: known,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = (known as OptionTable)[token.name];
    if (!option) {
      throw new UsageError(
        texts.unknownOption(
          token.rawName,
          Object.keys(known).map((name) => `--${name}`),
        ),
      );
    }
    if (option.type === 'string' && token.value === undefined) throw new UsageError(texts.needsValue(token.rawName));
    if (option.type === 'boolean' && token.value !== undefined) throw new UsageError(texts.hasNoValue(token.rawName));
  }
  return { values: values as Values, positionals };
}

function isCommand(name: string | undefined): name is texts.CommandName {
  return (texts.COMMANDS as readonly (string | undefined)[]).includes(name);
}

function isVenue(name: string): name is (typeof texts.VENUES)[number] {
  return (texts.VENUES as readonly string[]).includes(name);
}

function textOf(value: Values[string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsOf(value: Values[string]): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
