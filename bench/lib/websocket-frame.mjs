import { constants, deflateRawSync } from 'node:zlib';

const TEXT = 0x81;
const COMPRESSED_TEXT = 0xc1;
/** Bytes that a compressor may refer back to. */
const WINDOW = 32_768;

/**
 * A text frame from server to client, as bytes that can be written any number of times (RFC 6455, section 5.2).
 * @param {string} text
 */
export function textFrame(text) {
  return withHeader(TEXT, Buffer.from(text));
}

/** Compresses text frames that are written one after the other, with what came before as context (RFC 7692, section 7.2). */
export class FrameDeflater {
  #before = Buffer.alloc(0);

  /** @param {string} text */
  frame(text) {
    const payload = Buffer.from(text);
    const dictionary = this.#before.length > 0 ? { dictionary: this.#before } : {};
    const deflated = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH, ...dictionary });
    this.#before = Buffer.concat([this.#before, payload]).subarray(-WINDOW);
    // Without the empty block that ends a flush: 00 00 ff ff.
    return withHeader(COMPRESSED_TEXT, deflated.subarray(0, -4));
  }
}

/**
 * @param {number} first - the first byte
 * @param {Buffer} payload
 */
function withHeader(first, payload) {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload]);
  if (length < 65_536) return Buffer.concat([Buffer.from([first, 126, length >> 8, length & 255]), payload]);
  const header = Buffer.alloc(10);
  header[0] = first;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}
