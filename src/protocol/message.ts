import { readJsonField } from './json-field.js';

const NOT_PARSED = Symbol('not parsed');
const decoder = new TextDecoder();

/** How often frames were parsed; one per client, shown by `stats().parsed`. */
export interface ParseCounter {
  parsed: number;
}

/**
 * One inbound frame, or one part of a frame that carried several. Looking at it costs only what is looked at: `field()`
 * scans, `json` parses once, `raw` is what came from the socket.
 *
 * @example
 * ```ts
 * const message = new Message('{"topic":"trades.BTC","data":[1,2]}');
 * message.field('topic'); // 'trades.BTC', without parsing
 * message.json; // { topic: 'trades.BTC', data: [1, 2] }, parsed now and kept
 * ```
 */
export class Message {
  /** The frame as the socket delivered it: a string for a text frame, bytes for a binary one. */
  readonly raw: string | Uint8Array;
  #text: string | undefined;
  #json: unknown = NOT_PARSED;
  #fieldName: string | undefined;
  #fieldValue: string | number | undefined;
  readonly #counter: ParseCounter | undefined;

  /**
   * @param raw - the frame
   * @param text - its text where that is not simply `raw` in UTF-8, for example after decompression
   */
  constructor(raw: string | Uint8Array, text?: string, counter?: ParseCounter) {
    this.raw = raw;
    this.#text = text ?? (typeof raw === 'string' ? raw : undefined);
    this.#counter = counter;
  }

  /** The frame as text; the bytes of a binary frame are read as UTF-8. */
  get text(): string {
    this.#text ??= decoder.decode(this.raw as Uint8Array);
    return this.#text;
  }

  /** The parsed frame; `undefined` for text that is not JSON. Parsed at most once, on first use; never throws. */
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
   * The first top-level member of that name, read by scanning the text: a string, a number where that is exact, else
   * its digits as a string; `undefined` where it is missing or anything else. Never throws.
   */
  field(name: string): string | number | undefined {
    // A handler asks for the same field to classify a frame and then to route it.
    if (this.#fieldName !== name) {
      this.#fieldValue = readJsonField(this.text, name);
      this.#fieldName = name;
    }
    return this.#fieldValue;
  }

  /**
   * A part of this frame as a message of its own, for a handler's `split`; `value` counts as already parsed.
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
