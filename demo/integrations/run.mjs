// Runs each integration as a program of its own, against the sources of the package, and looks at what it prints.
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

/** What each must print, and what nothing may print. */
const SHOWS = {
  logging: [
    /"service":"prices","epoch":1,"msg":"connected"/,
    /"msg":"connection lost"/,
    /"attempt":1/,
    /"epoch":2/,
    /"apiKey\\*":\\*"\*\*\*/,
    /"reconnects":1.*"msg":"closed"/,
  ],
  metrics: [
    /ws_ready\{client="orders"\} 1/,
    /ws_reconnects\{client="orders"\} 1/,
    /ws_losses_total\{client="orders",code="1006"\} 1/,
    /ws_request_seconds_count\{client="orders",end="answered"\} 1/,
  ],
  opentelemetry: [
    /"request balance".*"request.delivery":"answered"/,
    /"request order".*"request.delivery":"unknown".*"error.type":"CONNECTION_CLOSED"|"request order".*"error.type":"CONNECTION_CLOSED".*"request.delivery":"unknown"/,
    /^ws\.reconnects 1$/m,
  ],
};
const SECRET = /this is not shown/;

const folder = import.meta.dirname;
// Where the dependencies of the integrations resolve, and behind them those of the package.
const out = join(folder, 'node_modules/.cache');
mkdirSync(out, { recursive: true });
let failed = 0;
for (const [name, shows] of Object.entries(SHOWS)) {
  const problem = await tryOut(name, shows);
  console.log(`${problem ? 'FAILED' : 'passed'}  ${name}${problem ? `: ${problem}` : ''}`);
  if (problem) failed++;
}
console.log(`${Object.keys(SHOWS).length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function tryOut(name, shows) {
  const outfile = join(out, `${name}.mjs`);
  await build({
    absWorkingDir: join(folder, '../..'),
    tsconfig: 'tsconfig.json',
    entryPoints: [join(folder, `${name}.mjs`)],
    outfile,
    bundle: true,
    packages: 'external',
    alias: { 'hpx-transport-ws': './src/index.ts', 'hpx-transport-ws/testing': './src/testing/index.ts' },
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [outfile], { timeout: 60_000 });
    const missing = shows.filter((pattern) => !pattern.test(stdout));
    if (missing.length > 0) return `did not print ${missing.join(', ')}:\n${stdout}`;
    return SECRET.test(stdout + stderr) ? 'printed a secret' : stderr;
  } catch (error) {
    return error.message + error.stdout;
  }
}
