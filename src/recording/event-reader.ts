import { type AnyTransportError, ConfigError, ProtocolError } from '../errors.js';
import { handled, isThenable } from '../util/promises.js';
import { describe } from '../util/wrap-error.js';
import { type RecordedEvent, type RecordingHeader, readEvent, readHeader } from './recording-event.js';
import * as texts from './texts.js';

/** A recording: its whole text, or its lines, without line breaks or with them. */
export type RecordingSource = string | Iterable<string> | AsyncIterable<string>;

export interface EventReaderListener {
  /** The next event, or the end, has arrived. */
  onReady(): void;
  onFailure(error: AnyTransportError): void;
}

/** Marks the end of a recording. */
export const END = Symbol('end');

/** Reads a recording line by line, one event ahead. A line is read when it is needed. */
export class EventReader {
  readonly #lines: Iterator<string> | AsyncIterator<string>;
  readonly #listener: EventReaderListener;
  #line = 0;
  #header: RecordingHeader | undefined;
  #event: RecordedEvent | typeof END | undefined;
  /** A line is on its way. */
  #isReading = false;
  #hasFailed = false;

  /** @throws ConfigError for anything but a recording */
  constructor(source: RecordingSource, listener: EventReaderListener) {
    this.#lines = linesOf(source);
    this.#listener = listener;
  }

  /** The header; missing until the first line was read. */
  get header(): RecordingHeader | undefined {
    return this.#header;
  }

  /** The next event; undefined while it has not arrived, and after a failure. */
  peek(): RecordedEvent | typeof END | undefined {
    while (this.#event === undefined && !this.#isReading && !this.#hasFailed) this.#read();
    return this.#event;
  }

  /** Goes to the event after the next, which is not the end. */
  take(): void {
    this.#event = undefined;
  }

  /** No further line is wanted: what holds the lines may let go of them, for example close its file. */
  close(): void {
    try {
      void handled(Promise.resolve(this.#lines.return?.()));
    } catch {
      // Nothing depends on the lines any more.
    }
  }

  #read(): void {
    try {
      const result = this.#lines.next();
      if (!isThenable(result)) return this.#accept(result);
      this.#isReading = true;
      Promise.resolve(result).then(
        (read) => this.#arrived(() => this.#accept(read)),
        (cause) => this.#arrived(() => this.#fail(cause)),
      );
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #arrived(accept: () => void): void {
    this.#isReading = false;
    accept();
    this.#listener.onReady();
  }

  #accept({ done, value }: IteratorResult<string>): void {
    if (done) {
      if (this.#header) this.#event = END;
      else this.#failWith(new ProtocolError(texts.EMPTY));
      return;
    }
    this.#line++;
    try {
      if (typeof value !== 'string') throw new ProtocolError(texts.NOT_A_LINE(this.#line));
      if (value.trim() === '') return;
      if (this.#header) this.#event = readEvent(value, this.#line);
      else this.#header = readHeader(value, this.#line);
    } catch (error) {
      this.#failWith(error as ProtocolError);
    }
  }

  /** What holds the lines failed. */
  #fail(cause: unknown): void {
    this.#failWith(new ProtocolError(`${texts.SOURCE_FAILED(this.#line)}: ${describe(cause)}`, { cause }));
  }

  #failWith(error: AnyTransportError): void {
    this.#hasFailed = true;
    this.#listener.onFailure(error);
  }
}

function linesOf(source: RecordingSource): Iterator<string> | AsyncIterator<string> {
  if (typeof source === 'string') return cut(source);
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = (source ?? {}) as Partial<
    Iterable<string> & AsyncIterable<string>
  >;
  if (typeof async === 'function') return (source as AsyncIterable<string>)[Symbol.asyncIterator]();
  if (typeof sync === 'function') return (source as Iterable<string>)[Symbol.iterator]();
  throw new ConfigError('source', source, texts.A_SOURCE);
}

/** The lines of a text, cut one by one: a list of them would take the memory of the text once more. */
function* cut(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    yield text.slice(start, stop);
    start = stop + 1;
  }
}
