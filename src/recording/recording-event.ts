import { ProtocolError } from '../errors.js';
import { isObject } from '../util/options.js';
import * as texts from './texts.js';

/** The version of the format. A reader refuses any other. */
export const RECORDING_VERSION = 1;
/** What the first line says. */
const FORMAT = 'hpx-transport-ws';

/** The first line of a recording. */
export interface RecordingHeader {
  readonly recording: typeof FORMAT;
  readonly version: typeof RECORDING_VERSION;
  /** When the recording began, in Unix milliseconds. */
  readonly startedAt: number;
}

/**
 * One frame: its text with the secrets masked, or its bytes in base64. A frame of a login, or one that could not be
 * masked, has only its size.
 */
export type RecordedFrame =
  | { readonly text: string }
  | { readonly base64: string }
  | { readonly characters: number }
  | { readonly bytes: number };

/** What happened to a socket. */
export type RecordedDetail =
  /** The client opens a socket. The URL has no query. */
  | { readonly event: 'connecting'; readonly url: string }
  | { readonly event: 'open' }
  /** A frame came in, or left. */
  | ({ readonly event: 'in' | 'out' } & RecordedFrame)
  /** A WebSocket ping or pong came in, or left. */
  | { readonly event: 'ping' | 'pong'; readonly direction: 'in' | 'out' }
  /** The socket failed. `close` follows. */
  | { readonly event: 'error'; readonly message: string; readonly status?: number; readonly retryAfter?: number }
  /** The client closes the socket, or drops it. */
  | { readonly event: 'leave'; readonly code?: number; readonly reason?: string }
  /** The socket is closed. */
  | { readonly event: 'close'; readonly code: number; readonly reason: string; readonly wasClean: boolean };

/** One line of a recording after its header. */
export type RecordedEvent = {
  /** Milliseconds since the recording began. */
  readonly time: number;
  /** Which socket, counted from 1. A reconnect is a new socket. */
  readonly socket: number;
} & RecordedDetail;

/** The first line. */
export function headerLine(startedAt: number): string {
  return JSON.stringify({ recording: FORMAT, version: RECORDING_VERSION, startedAt } satisfies RecordingHeader);
}

/**
 * Reads the first line.
 * @param number - where the line is, for the error
 * @throws ProtocolError if the line is not the header of a recording of this version
 */
export function readHeader(line: string, number: number): RecordingHeader {
  const header = parse(line, number);
  if (!isObject(header) || header.recording !== FORMAT) throw new ProtocolError(texts.NO_HEADER(number));
  if (header.version !== RECORDING_VERSION) {
    throw new ProtocolError(texts.otherVersion(header.version, RECORDING_VERSION));
  }
  if (!isNumber(header.startedAt)) throw new ProtocolError(texts.NO_HEADER(number));
  return header as unknown as RecordingHeader;
}

/** What each event needs beside its time and its socket. */
const SHAPES: Readonly<Record<RecordedEvent['event'], (line: Readonly<Record<string, unknown>>) => boolean>> = {
  connecting: ({ url }) => typeof url === 'string',
  open: () => true,
  in: isFrame,
  out: isFrame,
  ping: () => true,
  pong: () => true,
  error: ({ message, status, retryAfter }) =>
    typeof message === 'string' && isMissingOr(isNumber, status) && isMissingOr(isNumber, retryAfter),
  leave: () => true,
  close: ({ code, reason }) => isNumber(code) && typeof reason === 'string',
};

/**
 * Reads a line after the first.
 * @returns undefined for an event of a kind that this version does not know
 * @throws ProtocolError, which names the number of the line and shows nothing of its content
 */
export function readEvent(line: string, number: number): RecordedEvent | undefined {
  const read = parse(line, number);
  if (!isObject(read) || !isNumber(read.time) || !Number.isSafeInteger(read.socket) || typeof read.event !== 'string') {
    throw new ProtocolError(texts.NOT_AN_EVENT(number));
  }
  if (!Object.hasOwn(SHAPES, read.event)) return undefined;
  if (!SHAPES[read.event as RecordedEvent['event']](read)) throw new ProtocolError(texts.NOT_AN_EVENT(number));
  return read as unknown as RecordedEvent;
}

/** The error of JSON.parse shows a part of the text: it is no cause here. */
function parse(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ProtocolError(texts.NOT_JSON(number));
  }
}

function isFrame({ text, base64, characters, bytes }: Readonly<Record<string, unknown>>): boolean {
  if (typeof base64 === 'string') return /^[\w+/]*={0,2}$/.test(base64) && base64.length % 4 === 0;
  return typeof text === 'string' || isNumber(characters) || isNumber(bytes);
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function isMissingOr(is: (value: unknown) => boolean, value: unknown): boolean {
  return value === undefined || is(value);
}
