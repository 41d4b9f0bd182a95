import { gzipSync } from 'node:zlib';

/** A frame as a server sends it that compresses each message (HTX): JSON text in gzip. */
export function gzip(frame: object): Uint8Array {
  return new Uint8Array(gzipSync(JSON.stringify(frame)));
}
