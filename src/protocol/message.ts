import { readJsonField } from './json-field.js';

const NOT_PARSED = Symbol('not parsed');
const decoder = new TextDecoder();

/** Counts the parsed messages of one client; see `stats().parsed`. */
interface ParseCounter {
  parsed: number;
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
  /** The frame as the socket delivered it: a string for a text frame, bytes for a binary frame. */
  readonly raw: string | Uint8Array;
  #text: string | undefined;
  #json: unknown = NOT_PARSED;
  #fieldName: string | undefined;
  #fieldValue: string | number | undefined;
  readonly #counter: ParseCounter | undefined;

  /**
   * @param raw - the frame
   * @param text - the text of the frame if it differs from `raw`, for example after decompression
   * @param counter - counts this message when it is parsed
   */
  constructor(raw: string | Uint8Array, text?: string, counter?: ParseCounter) {
    this.raw = raw;
    this.#text = text ?? (typeof raw === 'string' ? raw : undefined);
    this.#counter = counter;
  }

  /** The text of the message. The bytes of a binary frame are read as UTF-8. */
  get text(): string {
    this.#text ??= decoder.decode(this.raw as Uint8Array);
    return this.#text;
  }

  /** The parsed text; undefined if the text is not JSON. It is parsed once, on first use. Never throws. */
  get json(): unknown {
    if (this.#json === NOT_PARSED) {
      if (this.#counter) this.#counter.parsed++;
      try {
        this.#json = JSON.parse(this.text);
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
   * A part of this frame as a message, for `split` of a handler.
   * @param value - the parsed part; it is not parsed again
   *
   * @example
   * ```ts
   * const frame = new Message('[{"id":1},{"id":2}]');
   * const parts = (frame.json as unknown[]).map((part) => frame.part(part));
   * parts[1]?.field('id'); // 2
   * ```
   */
  part(value: unknown): Message {
    const part = new Message(JSON.stringify(value) ?? '', undefined, this.#counter);
    part.#json = value;
    return part;
  }
}
