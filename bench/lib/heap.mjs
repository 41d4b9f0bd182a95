import { setImmediate } from 'node:timers/promises';

/** Bytes in use after garbage collection. Needs `--expose-gc`. */
export async function usedBytes() {
  // Weak references and finalisers need more turns of the event loop before their memory is free.
  for (let round = 0; round < 4; round++) {
    globalThis.gc();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
