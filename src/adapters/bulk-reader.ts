import buffer from 'node:buffer';

const { Buffer, isAscii, isUtf8 } = buffer;

/** `_write` of a Writable: takes a chunk and calls back. */
export type Write = (chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void) => void;

/** The first byte of a text message in one frame, without extension bits (RFC 6455 section 5.2). */
const TEXT = 0x81;
/** The second byte of a header that announces a length in two bytes. */
const TWO_BYTES = 126;
/** A header has at most ten bytes. A mask, which would follow, is an error in a frame of a server. */
const LONGEST_HEADER = 10;
const CLOSE = 8;
/** Text frames that are taken in one go, so that the list of them stays short. */
const MOST_FRAMES = 1_024;

const NOTHING = Buffer.alloc(0);

/** What `toString()` of a Buffer calls, without its checks. */
type Slices = Record<'latin1Slice' | 'utf8Slice', (start: number, end: number) => string>;

const { latin1Slice, utf8Slice } = Buffer.prototype as unknown as Slices;
/** Whether this platform has what the reader needs. A platform that is not Node may lack some of it. */
export const canReadInBulk = [isAscii, isUtf8, latin1Slice, utf8Slice].every((tool) => typeof tool === 'function');

/**
 * Stands in front of `_write` of the part of ws that reads frames. Takes the whole text frames out of each chunk and passes
 * everything else on, byte for byte and in order: control frames, binary frames, fragments, long and cut and broken frames.
 * It keeps no byte for later, and ws does not notice that bytes are missing, because a text frame leaves no trace in its
 * state. After a close frame, or a frame that ws refuses, ws gets everything.
 *
 * Only for a client, whose frames come unmasked, and only without extensions.
 */
export class BulkReader {
  readonly #limit: number;
  readonly #onText: (text: string) => void;
  readonly #write: Write;
  /** Bytes of the next chunk that belong to a frame that ws has begun to read. */
  #missing = 0;
  /** The bytes of a header that a chunk cut off. ws has them, too. */
  #header: Buffer = NOTHING;
  /** Whether the frames are part of a fragmented message. */
  #isFragmented = false;
  /** Whether ws gets everything from now on. */
  #isEnded = false;
  /** Why ws refused what it was passed last. A Writable that has failed calls `_write` no more. */
  #failure: Error | null | undefined;
  readonly #passed = (error?: Error | null): void => {
    this.#failure = error;
  };

  /**
   * @param limit - the largest text frame to take, in bytes; ws refuses a larger frame
   * @param onText - gets the text of each frame
   * @param write - `_write` of ws
   */
  constructor(limit: number, onText: (text: string) => void, write: Write) {
    this.#limit = limit;
    this.#onText = onText;
    this.#write = write;
  }

  /** Takes no more frames, also of the chunk at hand: ws gets the rest. */
  stop(): void {
    this.#isEnded = true;
  }

  /** Takes the place of `_write`. */
  readonly read: Write = (chunk, encoding, done) => {
    if (this.#isEnded) return this.#write(chunk, encoding, done);
    const { length } = chunk;
    this.#failure = undefined;
    let at = this.#missing > 0 || this.#header.length > 0 ? this.#passOver(chunk, this.#boundary(chunk), 0) : 0;
    while (at < length && !this.#failure) at = this.#take(chunk, at) || this.#passOver(chunk, at, at);
    done(this.#failure);
  };

  /** Hands out the text frames at an index. Returns the index behind them, or 0 if there is no such frame. */
  #take(chunk: Buffer, from: number): number {
    const ends: number[] = [];
    let to = from;
    while (ends.length < MOST_FRAMES) {
      const end = this.#endOfText(chunk, to);
      if (end === 0) break;
      ends.push(end);
      to = end;
    }
    if (to === from) return 0;
    const encoding = encodingOf(chunk, from, to, ends);
    if (encoding === undefined) {
      // ws knows what to do about invalid text. What comes before it is delivered.
      this.#pass(chunk, from, to);
      return to;
    }
    let at = from;
    for (const end of ends) {
      const start = chunk[at + 1] === TWO_BYTES ? at + 4 : at + 2;
      this.#onText(
        encoding === 'ascii'
          ? (chunk as Buffer & Slices).latin1Slice(start, end)
          : (chunk as Buffer & Slices).utf8Slice(start, end),
      );
      at = end;
      // Asked after each text: its receiver may have ended the connection.
      if (this.#isEnded) break;
    }
    return at;
  }

  /** Where the text frame at an index ends; 0 if ws has to read what is there. */
  #endOfText(chunk: Buffer, at: number): number {
    const { length } = chunk;
    if (at + 2 > length || chunk[at] !== TEXT || this.#isFragmented || this.#isEnded) return 0;
    let size = chunk[at + 1] as number;
    let start = at + 2;
    if (size === TWO_BYTES) {
      if (at + 4 > length) return 0;
      size = ((chunk[at + 2] as number) << 8) | (chunk[at + 3] as number);
      start = at + 4;
    } else if (size > TWO_BYTES) return 0;
    const end = start + size;
    return end > length || size > this.#limit ? 0 : end;
  }

  /**
   * Passes on all frames between an index and the next text frame.
   * @param at - where the next frame begins
   * @param from - where the bytes for ws begin
   * @returns the index behind what was passed on
   */
  #passOver(chunk: Buffer, at: number, from: number): number {
    const { length } = chunk;
    let next = at;
    while (next < length && !this.#isEnded && this.#endOfText(chunk, next) === 0) next += this.#step(chunk, next);
    this.#missing = Math.max(0, next - length);
    const to = this.#isEnded ? length : Math.min(next, length);
    this.#pass(chunk, from, to);
    return to;
  }

  /** Where the frame ends that began in an earlier chunk. */
  #boundary(chunk: Buffer): number {
    const begun = this.#header.length;
    if (begun === 0) return this.#missing;
    return this.#step(Buffer.concat([this.#header, chunk.subarray(0, LONGEST_HEADER)]), 0) - begun;
  }

  /** The size of the frame at an index, or of what is there of its header. Notes what the frame means for the next one. */
  #step(bytes: Buffer, at: number): number {
    const size = frameSize(bytes, at);
    if (size === undefined) {
      this.#header = Buffer.from(bytes.subarray(at));
      return this.#header.length;
    }
    this.#header = NOTHING;
    const first = bytes[at] as number;
    const opcode = first & 0x0f;
    if (opcode === CLOSE) this.#isEnded = true;
    else if (opcode < CLOSE) this.#isFragmented = first < 0x80;
    return size;
  }

  #pass(chunk: Buffer, from: number, to: number): void {
    const part = from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to);
    this.#write(part, 'buffer' as BufferEncoding, this.#passed);
  }
}

/** The size of a frame with its header, in bytes; undefined while its header is incomplete. */
function frameSize(bytes: Buffer, at: number): number | undefined {
  const { length } = bytes;
  if (at + 2 > length) return undefined;
  const size = (bytes[at + 1] as number) & 0x7f;
  if (size < TWO_BYTES) return 2 + size;
  if (size === TWO_BYTES) return at + 4 > length ? undefined : 4 + bytes.readUInt16BE(at + 2);
  return at + 10 > length ? undefined : 10 + Number(bytes.readBigUInt64BE(at + 2));
}

/** The encoding of all text frames in a part of a chunk; undefined if one of them is not valid UTF-8. */
function encodingOf(chunk: Buffer, from: number, to: number, ends: readonly number[]): 'ascii' | 'utf8' | undefined {
  // Headers are not text. With zeros in their place, one check covers all frames, and a character cannot reach over two frames.
  hideHeaders(chunk, from, ends);
  const view = from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to);
  const encoding = isAscii(view) ? 'ascii' : isUtf8(view) ? 'utf8' : undefined;
  // The memory may belong to somebody else, for example to the other end of a pair of streams in one process.
  restoreHeaders(chunk, from, ends);
  return encoding;
}

/** Second bytes are ASCII as they are. */
function hideHeaders(chunk: Buffer, from: number, ends: readonly number[]): void {
  let at = from;
  for (const end of ends) {
    chunk[at] = 0;
    if (chunk[at + 1] === TWO_BYTES) {
      chunk[at + 2] = 0;
      chunk[at + 3] = 0;
    }
    at = end;
  }
}

function restoreHeaders(chunk: Buffer, from: number, ends: readonly number[]): void {
  let at = from;
  for (const end of ends) {
    chunk[at] = TEXT;
    if (chunk[at + 1] === TWO_BYTES) {
      const size = end - at - 4;
      chunk[at + 2] = size >> 8;
      chunk[at + 3] = size & 0xff;
    }
    at = end;
  }
}
