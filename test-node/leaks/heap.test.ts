import { expect, it } from 'vitest';
import { compile, runChild } from '../support/child.js';
import { ALLOWANCES, growth } from './workloads.js';

/** Of a busy host. soak.mjs does the same with larger numbers. */
const PATIENCE = 120_000;

it.each([
  ['reconnects', 2_400],
  ['requests', 24_000],
  ['updates', 200_000],
] as const)(
  'the heap stays flat over many %s (%i) [C9, C8, R6]',
  async (workload, count) => {
    const program = await compile('../leaks/heap-program.ts');
    const { code, stdout, stderr } = await runChild(program, workload, String(count));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(growth(JSON.parse(stdout) as number[])).toBeLessThan(ALLOWANCES[workload]);
  },
  PATIENCE,
);
