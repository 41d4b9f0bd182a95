// The long suite: what soak.mjs runs. Prints a line for each check, and the sum as the last one.
import { live } from './month.js';
import { ALLOWANCES, growth, reconnects, requests, updates } from './workloads.js';

const { days = '30', seed = '1' } = Object.fromEntries(
  process.argv.slice(2).map((argument) => argument.replace(/^--/, '').split('=')),
);
/** Days after which the heap has its size. */
const SETTLED = Math.ceil(Number(days) / 5);
// Thousands of errors are made, and no stack is read.
Error.stackTraceLimit = 0;

let passed = 0;
let failed = 0;

function check(what: string, defects: readonly string[]): void {
  if (defects.length === 0) passed++;
  else failed++;
  console.log(
    `${defects.length === 0 ? 'ok  ' : 'FAIL'} ${what}${defects.map((defect) => `\n     ${defect}`).join('')}`,
  );
}

function checkHeap(what: string, heap: readonly number[], allowance: number): void {
  const bytes = growth(heap);
  const sizes = heap.map((size) => (size / 1_024 / 1_024).toFixed(2)).join(', ');
  check(`${what}: flat heap (${sizes} MiB)`, bytes < allowance ? [] : [`it grew by ${bytes} bytes`]);
}

checkHeap('10,000 reconnects', await reconnects(10_000), ALLOWANCES.reconnects);
checkHeap('100,000 requests', await requests(100_000), ALLOWANCES.requests);
checkHeap('1,000,000 updates', await updates(1_000_000), ALLOWANCES.updates);
const heap: number[] = [];
let day = 0;
for await (const { defects, heap: size, reconnects: count } of live(Number(days), Number(seed))) {
  heap.push(size);
  check(`day ${++day}: ${count} reconnects`, defects);
}
checkHeap(`${days} days`, heap.slice(SETTLED), ALLOWANCES.reconnects);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
