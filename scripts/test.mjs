// `npm test`: all suites that every change must pass, and the sum of their counts as the last line.
// With arguments, those of the named suites alone: `npm test -- node`.

import { spawn } from 'node:child_process';

const SUITES = {
  node: [['vitest', 'run']],
  // The browsers get what users get: the built bundles.
  browser: [
    ['rollup', '--config', '--silent'],
    ['node', 'test-browser/install-browsers.mjs'],
    ['playwright', 'test', '--config', 'test-browser/playwright.config.ts'],
  ],
};
const COUNT = /^(\d+) passed, (\d+) failed$/gm;

/** Runs a command with the project's tools on its PATH; resolves with its exit code and what it printed. */
function run([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
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
    // A runner that died, or counted no failure of its own, has failed all the same.
    total.failed += code === 0 ? Number(failed) : Math.max(1, Number(failed));
    if (code !== 0) process.exitCode = 1;
  }
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
