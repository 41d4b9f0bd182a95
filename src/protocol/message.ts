import { keepRaw } from '../util/keep-raw.js';
import { readJsonField, readJsonPath } from './json-field.js';
import { scanArray } from './json-parts.js';

const NOT_PARSED = Symbol('not parsed');
const BYTE_ORDER_MARK = 0xfeff;
/** Made at first use: not every platform has the class when this file is imported. */
let decoder: TextDecoder | undefined;

/** The text of a binary frame, read as UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  decoder ??= new TextDecoder();
  return decoder.decode(bytes);
}

/** How the messages of one client are read. */
export interface MessageReader {
  /** Counts the parsed messages; see `stats().parsed`. */
  readonly counters: { parsed: number };
  /** The `parse` hook of the handler. */
  parse(text: string): unknown;
}

let adopter: ((message: Message, reader: MessageReader) => void) | undefined;
let holderCount: ((message: Message, change: 1 | -1) => number) | undefined;

/** Lets a message that a handler made be read like the frames of its client. A part of a frame already is. */
export function adopt(message: Message, reader: MessageReader): void {
  adopter?.(message, reader);
}

/** A buffer begins to hold a message, or holds it no more. Returns how many buffers hold it now. */
export function countHolder(message: Message, change: 1 | -1): number {
  return holderCount?.(message, change) ?? 0;
}

/**
 * One inbound message: a whole frame, or a part of a frame that carries several messages. `field()` scans the text,
 * `json` parses it once, and `raw` is free.
 *
 * @example
 * ```ts
 * const message = new Message('{"topic":"trades.BTC","data":[1,2]}');
 * message.field('topic'); // 'trades.BTC', without parsing
 * message.json; // { topic: 'trades.BTC', data: [1, 2] }, parsed now and kept
 * ```
 */
export class Message {
  // A field instead of a static block, which some bundlers for React Native do not know.
  static readonly #adopter = (message: Message, reader: MessageReader): void => {
    // A handler may come from another copy of this package, whose messages have fields of their own.
    if (#reader in message) message.#reader ??= reader;
  };
  static readonly #holderCount = (message: Message, change: 1 | -1): number => {
    // A message of another copy of this package counts for each of its holders.
    if (!(#holders in message)) return change === 1 ? 1 : 0;
    message.#holders += change;
    return message.#holders;
  };
  /** The frame as the socket delivered it: a string for a text frame, bytes for a binary frame. */
  readonly raw: string | Uint8Array;
  #text: string | undefined;
  #json: unknown = NOT_PARSED;
  #fieldName: string | undefined;
  #fieldValue: string | number | undefined;
  #reader: MessageReader | undefined;
  #holders = 0;
  /** The elements of a top-level array, by their parsed values; see `part()`. */
  #elements: ReadonlyMap<unknown, Message> | undefined;

  /**
   * @param raw - the frame
   * @param text - the text of the frame if it differs from `raw`, for example after decompression
   * @param reader - parses this message, and counts that
   */
  constructor(raw: string | Uint8Array, text?: string, reader?: MessageReader) {
    adopter ??= Message.#adopter;
    holderCount ??= Message.#holderCount;
    this.raw = raw;
    const own = text ?? (typeof raw === 'string' ? raw : undefined);
    // Some servers put a byte order mark before the text. JSON does not allow it.
    this.#text = own?.charCodeAt(0) === BYTE_ORDER_MARK ? own.slice(1) : own;
    this.#reader = reader;
  }

  /** The text of the message. The bytes of a binary frame are read as UTF-8. */
  get text(): string {
    this.#text ??= decodeText(this.raw as Uint8Array);
    return this.#text;
  }

  /**
   * The parsed text; undefined if the text cannot be parsed. It is parsed once, on first use, with the `parse` hook of
   * the handler. Never throws.
   */
  get json(): unknown {
    if (this.#json === NOT_PARSED) {
      const reader = this.#reader;
      if (reader) reader.counters.parsed++;
      try {
        this.#json = reader ? reader.parse(this.text) : JSON.parse(this.text);
      } catch {
        this.#json = undefined;
      }
    }
    return this.#json;
  }

  /**
   * The value of the first top-level member with this name, found by scanning the text without parsing it. A string is
   * returned decoded; a number as a number if it is exact, else as its digits in a string. Undefined for a missing
   * member and for any other value. Never throws.
   *
   * @example
   * ```ts
   * new Message('{"topic":"trades.BTC","data":[1,2]}').field('topic'); // 'trades.BTC'
   * ```
   */
  field(name: string): string | number | undefined {
    // Handlers read the same field twice: to classify a message and to route it.
    if (this.#fieldName !== name) {
      this.#fieldValue = readJsonField(this.text, name);
      this.#fieldName = name;
    }
    return this.#fieldValue;
  }

  /**
   * The value at a path of member names and array indices, found by scanning the text without parsing it: strings and
   * numbers as `field()` returns them, booleans and null. Undefined if there is nothing at this path, or an object or an
   * array, and for a text that is no JSON object or array. Of a name that comes twice the first counts. A name with a dot
   * cannot be reached. Never throws.
   *
   * @example
   * ```ts
   * const push = new Message('{"arg":{"channel":"books"},"data":[{"seqId":7,"last":true}]}');
   * push.path('arg.channel'); // 'books'
   * push.path('data.0.seqId'); // 7
   * push.path('data.1.seqId'); // undefined
   * ```
   */
  path(path: string): string | number | boolean | null | undefined {
    return readJsonPath(this.text, path);
  }

  /**
   * The elements of a top-level array, each as a message, for `split` of a handler. They are slices of the received
   * text, which is not parsed for this. Undefined if the message is no array. If the form of the array is broken, the
   * elements that can be seen come as messages without `json`.
   *
   * @example
   * ```ts
   * const parts = new Message('[{"id":1,"price":0.10},{"id":2}]').parts() ?? [];
   * parts[0]?.text; // '{"id":1,"price":0.10}'
   * parts[1]?.field('id'); // 2
   * ```
   */
  parts(): readonly Message[] | undefined {
    const { text } = this;
    const array = scanArray(text);
    if (!array) return undefined;
    const { bounds, isWhole } = array;
    const json = this.#json;
    const isUnreadable = json === undefined || (json === NOT_PARSED && !isWhole);
    const values = Array.isArray(json) && json.length * 2 === bounds.length ? json : undefined;
    const parts: Message[] = [];
    for (let at = 0; at < bounds.length; at += 2) {
      const part = this.#slice(bounds[at] as number, bounds[at + 1] as number);
      if (isUnreadable) part.#json = undefined;
      else if (values) part.#json = values[at / 2];
      parts.push(part);
    }
    return parts;
  }

  /**
   * A part of this message as a message, for `split` of a handler: the text from `start` to before `end`, as it was
   * received.
   *
   * @example
   * ```ts
   * const text = '{"price":0.10}{"price":0.20}';
   * new Message(text).part(14, 28).text; // '{"price":0.20}'
   * ```
   */
  part(start: number, end: number): Message;
  /**
   * A part of this message as a message, for `split` of a handler.
   * @param value - an element of `json` if that is an array: its text as it was received becomes the message; or a
   *   value of your own, which becomes JSON
   *
   * @example
   * ```ts
   * const frame = new Message('[{"price":0.10},{"price":0.20}]');
   * const [, second] = frame.json as object[];
   * frame.part(second).text; // '{"price":0.20}'
   * ```
   */
  part(value: unknown): Message;
  part(value: unknown, end?: number): Message {
    if (typeof value === 'number' && typeof end === 'number') return this.#slice(value, end);
    const element = typeof value === 'object' && value !== null && this.#elementOf(value);
    if (element) return element;
    const part = new Message(JSON.stringify(value) ?? '', undefined, this.#reader);
    part.#json = value;
    return part;
  }

  #slice(start: number, end: number): Message {
    return new Message(this.text.slice(start, end), undefined, this.#reader);
  }

  #elementOf(value: object): Message | undefined {
    // The values of a message that was never parsed are the caller's own.
    if (!Array.isArray(this.#json)) return undefined;
    this.#elements ??= new Map(this.parts()?.map((part) => [part.#json, part]));
    return this.#elements.get(value);
  }
}

keepRaw(Message.prototype);
