import { Duplex } from 'node:stream';

/**
 * Stands between a TCP socket and the WebSocket on it. While it is shut nothing leaves, neither data nor pongs nor the
 * answer to a close frame, and everything that comes in is taken: how a peer looks behind a link that is half open.
 */
export class Valve extends Duplex {
  shut = false;
  readonly #raw: Duplex;
  readonly #onSwallow: () => void;

  constructor(raw: Duplex, onSwallow: () => void) {
    super();
    this.#raw = raw;
    this.#onSwallow = onSwallow;
    raw.on('data', (chunk) => {
      if (!this.push(chunk)) raw.pause();
    });
    raw.on('end', () => {
      // Nobody will answer any more, and the peer is gone: without this its socket would count as open for ever.
      if (this.shut) raw.destroy();
      else this.push(null);
    });
    raw.on('error', () => {}); // 'close' follows
    raw.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#raw.resume();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    if (this.shut) this.#swallow(done);
    else this.#raw.write(chunk, () => done());
  }

  // ws writes header and payload of a frame apart, and counts on both leaving together.
  override _writev(chunks: { chunk: Uint8Array }[], done: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), '', done);
  }

  override _final(done: () => void): void {
    if (this.shut) this.#swallow(done);
    else this.#raw.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#raw.destroy();
    done(error);
  }

  #swallow(done: () => void): void {
    done();
    this.#onSwallow();
  }
}
