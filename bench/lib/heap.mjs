import { setImmediate } from 'node:timers/promises';

/** Bytes that are in use once all garbage is gone. Needs `--expose-gc`. */
export async function usedBytes() {
  // Weak references and finalisers need turns of their own before what they held can go.
  for (let round = 0; round < 4; round++) {
    globalThis.gc();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
