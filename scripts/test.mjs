// `npm test`: runs all suites that every change must pass. The last line is the sum of their counts.
// `npm test -- node` runs the named suites only.

import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

const SUITES = {
  node: [['vitest', 'run']],
  // The browsers get what users get: the built bundles.
  browser: [
    ['rollup', '--config', '--silent'],
    ['node', 'test-browser/install-browsers.mjs'],
    ['playwright', 'test', '--config', 'test-browser/playwright.config.ts'],
  ],
};
/** Finds the project's tools also without npm. */
const PATH = [join(import.meta.dirname, '../node_modules/.bin'), process.env.PATH].join(delimiter);
const COUNT = /^(\d+) passed, (\d+) failed$/gm;

/** Runs a command. Resolves with its exit code and its output. */
function run([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, PATH } });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('close', (code) => resolve({ code, output }));
  });
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SUITES);
const total = { passed: 0, failed: 0 };
for (const name of names) {
  for (const command of SUITES[name]) {
    const { code, output } = await run(command);
    const [, passed = 0, failed = 0] = [...output.matchAll(COUNT)].at(-1) ?? [];
    total.passed += Number(passed);
    // A runner that crashed, or failed without a count, counts as one failure.
    total.failed += code === 0 ? Number(failed) : Math.max(1, Number(failed));
    if (code !== 0) process.exitCode = 1;
  }
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
