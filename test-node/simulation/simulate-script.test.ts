import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { FAMILIES } from './plan.js';
import { traceOf } from './simulate.js';

const root = join(import.meta.dirname, '../..');
/** Only to end a run that hangs. */
const TIMEOUT = 60_000;

async function simulate(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'simulate', '--', ...args], {
    cwd: root,
    shell: process.platform === 'win32',
  });
  return stdout;
}

describe('npm run simulate', () => {
  it(
    'runs many seeds in several processes and reports the seeds per second [PK3]',
    async () => {
      const output = await simulate('--seeds', '30', '--from', '100', '--jobs', '2');
      expect(output).toMatch(/\n30 seeds in [\d.]+ s: \d+ seeds per second\n30 passed, 0 failed\n$/);
    },
    TIMEOUT,
  );

  it(
    'counts how often each fault struck, and names what never did [PK3]',
    async () => {
      const output = await simulate('--seeds', '3', '--from', '100');
      for (const family of FAMILIES) expect(output).toMatch(new RegExp(`^${family}: .* \\d+`, 'm'));
      expect(output).toMatch(/^never struck: .*\w+: /m);
    },
    TIMEOUT,
  );

  it(
    'replays a seed with the same trace in another process [PK3, C10]',
    async () => {
      const output = await simulate('--seed', '3', '--mode', 'safety');
      expect(output).toBe(`${await traceOf(3, 'safety')}\n\nseed 3: nothing is wrong\n`);
    },
    TIMEOUT,
  );
});
