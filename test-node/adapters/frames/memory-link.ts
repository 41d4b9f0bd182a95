import { Duplex } from 'node:stream';
import { endOfRequest, upgradeAnswer } from './upgrade.js';

/** The connection of a client to a server in the same process: each `push()` is one read of the client. */
export class MemoryLink extends Duplex {
  /** Comes with the answer to the upgrade, in the same read. */
  readonly #early: Buffer;
  readonly #upgraded: () => void;
  #request: Buffer | undefined = Buffer.alloc(0);
  readonly #written: Buffer[] = [];

  constructor(early: Buffer, upgraded: () => void) {
    super();
    this.#early = early;
    this.#upgraded = upgraded;
  }

  /** What the client has written after the upgrade. */
  get written(): Buffer {
    return Buffer.concat(this.#written);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#request === undefined) this.#written.push(Buffer.from(chunk));
    else this.#readRequest(chunk);
    done();
  }

  override _final(done: () => void): void {
    done();
    // A server ends its side when it sees the end of the other side.
    setImmediate(() => this.finish());
  }

  /** Ends the side of the server. */
  finish(): void {
    if (!this.readableEnded && !this.destroyed) this.push(null);
  }

  #readRequest(chunk: Buffer): void {
    const request = Buffer.concat([this.#request as Buffer, chunk]);
    this.#request = request;
    if (endOfRequest(request) < 0) return;
    this.#request = undefined;
    setImmediate(() => {
      this.push(Buffer.concat([upgradeAnswer(request.toString()), this.#early]));
      this.#upgraded();
    });
  }
}
