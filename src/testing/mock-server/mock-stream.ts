import { Duplex } from 'node:stream';

/**
 * The byte stream between a TCP socket and the WebSocket on top of it. While it is muted it still reads everything and
 * writes nothing: no data, no pong, no answer to a close frame. That is how a half-open link looks to the client.
 */
export class MockStream extends Duplex {
  muted = false;
  readonly #raw: Duplex;
  /** Called after bytes were dropped instead of written. */
  readonly #onDrop: () => void;

  constructor(raw: Duplex, onDrop: () => void) {
    super();
    this.#raw = raw;
    this.#onDrop = onDrop;
    raw.on('data', (chunk) => {
      if (!this.push(chunk)) raw.pause();
    });
    raw.on('end', () => {
      // The client is gone, and a muted stream sends no end: without this the socket would stay open for ever.
      if (this.muted) raw.destroy();
      else this.push(null);
    });
    raw.on('error', () => {}); // 'close' follows
    raw.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#raw.resume();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    if (this.muted) this.#drop(done);
    else this.#raw.write(chunk, () => done());
  }

  // ws writes the header and the payload of a frame separately and expects both to leave together.
  override _writev(chunks: { chunk: Uint8Array }[], done: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), '', done);
  }

  override _final(done: () => void): void {
    if (this.muted) this.#drop(done);
    else this.#raw.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#raw.destroy();
    done(error);
  }

  #drop(done: () => void): void {
    done();
    this.#onDrop();
  }
}
