// Tests the package with servers of other projects: node test-node/third-party/run.mjs [a word of a file's name …]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = import.meta.dirname;
const inFolder = (...path) => join(folder, ...path);

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error) throw error;
  return status ?? 1;
}

/** Installs what package-lock.json names, unless that is what is there. */
function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(inFolder('package-lock.json')))
    .digest('hex');
  const stamp = inFolder('node_modules', '.installed');
  if (readOrNothing(stamp) === wanted) return 0;
  // Their install scripts only compile what they also have in JavaScript.
  const status = run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, timeout: 300_000 });
  if (status === 0) writeFileSync(stamp, wanted);
  return status;
}

function readOrNothing(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const tests = ['run', '--config', inFolder('vitest.config.ts'), ...process.argv.slice(2)];

const installed = install();
if (installed !== 0) console.log('0 passed, 1 failed');
process.exitCode = installed || run(process.execPath, [vitest, ...tests], { timeout: 300_000 });
