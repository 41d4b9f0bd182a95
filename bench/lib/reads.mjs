import { readFileSync } from 'node:fs';

/**
 * How many times this process has read: a file, a pipe or a socket. The difference over a while of receiving is the number
 * of reads of the socket. Linux tells it; elsewhere it is NaN.
 */
export function countReads() {
  try {
    return Number(/^syscr: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))[1]);
  } catch {
    return Number.NaN;
  }
}
