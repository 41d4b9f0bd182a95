/**
 * A text frame from server to client, as bytes that can be written any number of times (RFC 6455, section 5.2).
 * @param {string} text
 */
export function textFrame(text) {
  const payload = Buffer.from(text);
  return Buffer.concat([header(payload.length), payload]);
}

/** @param {number} length */
function header(length) {
  if (length < 126) return Buffer.from([0x81, length]);
  if (length < 65_536) return Buffer.from([0x81, 126, length >> 8, length & 255]);
  const bytes = Buffer.alloc(10);
  bytes[0] = 0x81;
  bytes[1] = 127;
  bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}
