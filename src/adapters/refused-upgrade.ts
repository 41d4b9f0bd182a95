import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { systemClock } from './clock.js';

/** How much of a body is read, in bytes, and how long the server may take for it, in milliseconds. */
const LONGEST_BODY = 1_024;
const BODY_TIMEOUT = 500;

/** Reads the start of a body, at most a KiB, and calls back once. */
export function readStart(response: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isDone = false;
  const finish = () => {
    if (isDone) return;
    isDone = true;
    systemClock.clearTimer(timer);
    done(Buffer.concat(chunks).subarray(0, LONGEST_BODY).toString());
  };
  const timer = systemClock.setTimer(finish, BODY_TIMEOUT);
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= LONGEST_BODY) finish();
  });
  for (const end of ['end', 'close', 'error']) response.once(end, finish);
}

/** Each header as one text. Node gives names in lower case, and some headers as a list. */
export function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}
