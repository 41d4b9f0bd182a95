// Runs the package as npm would publish it on every runtime: run `npm run build` first. Each runtime runs an application as
// ESM and as CommonJS, then the contract suite on each adapter that it supports. For Linux, on x64 and arm64.

import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { judge } from './deviations.mjs';
import { expectedOfSession } from './expected.mjs';
import { withInstalled } from './installed.mjs';
import { runtimesIn } from './runtimes.mjs';
import { startServers, writeSuite } from './servers.mjs';

/** Much shorter than the timers of session.cjs, so that a timer that was left behind fails the run. */
const DEADLINE = 30_000;
/** The suite has its own timeout for each test that hangs. */
const SUITE_DEADLINE = 120_000;

const totals = { passed: 0, failed: 0 };

function count(passed, failed) {
  totals.passed += passed;
  totals.failed += failed;
}

/** The JSON that a program printed. The process must end without help, without an error and without other output. */
async function resultOf(work, { command, options }, deadline, ...args) {
  const execution = promisify(execFile)(command, [...options, ...args], {
    cwd: work,
    timeout: deadline,
    killSignal: 'SIGKILL',
  });
  const { stdout, stderr } = await execution.catch((error) => {
    if (error.killed) throw new Error(`still running after ${deadline} ms\n${error.stdout}${error.stderr}`);
    throw error;
  });
  strictEqual(stderr, '');
  return JSON.parse(stdout);
}

async function runSession(work, runtime, program, servers) {
  try {
    const { resolved, ...seen } = await resultOf(work, runtime, DEADLINE, program, servers.url, servers.deadUrl);
    deepStrictEqual(seen, expectedOfSession);
    console.log(`${runtime.name}: ${program} ran with ${resolved.replace(/^.*\/hpx-transport-ws\//, '')}`);
    count(1, 0);
  } catch (error) {
    console.error(`${runtime.name}: ${program} FAILED: ${error.message}`);
    count(0, 1);
  }
}

async function runSuite(work, runtime, adapter, servers) {
  const what = `${runtime.name}: contract suite on the ${adapter} adapter`;
  try {
    const { peerUrl, deadUrl } = servers;
    const report = await resultOf(work, runtime, SUITE_DEADLINE, 'contract.mjs', adapter, peerUrl, deadUrl);
    const { known, unknown, gone } = judge(runtime.name, adapter, report.failures);
    const more = known.length > 0 ? `, ${known.length} known deviation${known.length > 1 ? 's' : ''}` : '';
    console.log(`${what}: ${report.passed} passed, ${unknown.length} failed${more}`);
    for (const { test, does } of known) console.log(`  known: '${test}': ${does}`);
    for (const { title, message } of unknown) console.error(`  FAILED: ${title}\n    ${message}`);
    for (const { test } of gone) console.error(`  FAILED: '${test}' passes now: take its row out of deviations.mjs`);
    count(report.passed - gone.length, unknown.length + gone.length);
  } catch (error) {
    console.error(`${what} FAILED: ${error.message}`);
    count(0, 1);
  }
}

await withInstalled(import.meta.dirname, async (work) => {
  const runtimes = runtimesIn(work);
  await writeSuite(work);
  const servers = await startServers(work);
  for (const runtime of runtimes) {
    for (const program of ['program.mjs', 'program.cjs']) await runSession(work, runtime, program, servers);
    for (const adapter of runtime.adapters) await runSuite(work, runtime, adapter, servers);
  }
  await servers.stop();
});
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;
