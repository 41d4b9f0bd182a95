import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use once everything that nothing holds is gone; finalisers and promises get their turns before. */
export async function heapInUse(): Promise<number> {
  for (let round = 0; round < 2; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

/** The heap after each part of a long work. The first part does not count: code is compiled, buffers reach their size. */
export async function measure(parts: number, work: (part: number) => Promise<void>): Promise<number[]> {
  const heap: number[] = [];
  for (let part = 0; part <= parts; part++) {
    await work(part);
    heap.push(await heapInUse());
  }
  return heap.slice(1);
}
