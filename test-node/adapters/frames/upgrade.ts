import { createHash } from 'node:crypto';

/** Answers an upgrade request (RFC 6455 section 4.2.2). */
export function upgradeAnswer(request: string): Buffer {
  const key = /^sec-websocket-key: (\S+)/im.exec(request)?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return Buffer.from(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
}

/** Where a request ends; -1 before its end has come. */
export function endOfRequest(bytes: Buffer): number {
  const at = bytes.indexOf('\r\n\r\n');
  return at < 0 ? -1 : at + 4;
}
