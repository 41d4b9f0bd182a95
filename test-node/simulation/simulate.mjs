// npm run simulate [-- --seeds 200000] [--from 1] [--mode safety|liveness] [--jobs 2]   runs many seeds
// npm run simulate -- --seed 42 [--mode …]                                             replays one and prints its trace
import { fork } from 'node:child_process';
import { cpus } from 'node:os';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleSimulator } from './bundle.mjs';

const WORKER = new URL('./simulate-worker.mjs', import.meta.url);
/** Seeds that a worker takes at a time. */
const BATCH = 200;
/**
 * Nobody reads the stack traces of errors here, and they took a tenth of the time. With room for what several seeds leave
 * behind, little of it has to be moved before it is garbage.
 */
const WORKER_OPTIONS = ['--stack-trace-limit=0', '--max-semi-space-size=32'];
/** Failures that are printed with their traces; of others what was wrong alone. */
const SHOWN = 3;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    mode: { type: 'string' },
    jobs: { type: 'string', default: String(Math.min(2, cpus().length)) },
  },
});
const mode = values.mode;
if (mode !== undefined && mode !== 'safety' && mode !== 'liveness') fail(`--mode is safety or liveness, not ${mode}`);

const bundle = await bundleSimulator();
process.exitCode = values.seed === undefined ? await runMany() : await replay(numberOf('seed'));

async function replay(seed) {
  process.setSourceMapsEnabled(true);
  const { simulate, render, describeFailure } = await import(pathToFileURL(bundle).href);
  const run = await simulate(seed, mode);
  console.log(render(run.history));
  console.log(run.violations.length > 0 ? `\n${describeFailure(run)}` : `\nseed ${seed}: nothing is wrong`);
  return run.violations.length > 0 ? 1 : 0;
}

async function runMany() {
  const from = numberOf('from');
  const end = from + numberOf('seeds');
  const startedAt = performance.now();
  let next = from;
  let passed = 0;
  let failed = 0;
  const strikes = {};
  const take = () => {
    if (next >= end) return undefined;
    const batch = { from: next, to: Math.min(next + BATCH, end) };
    next = batch.to;
    return batch;
  };
  const work = () =>
    new Promise((resolve, reject) => {
      const worker = fork(WORKER, [bundle, mode ?? ''], { execArgv: WORKER_OPTIONS });
      const give = () => {
        const batch = take();
        if (batch) worker.send(batch);
        else worker.disconnect();
      };
      worker.on('message', ({ count, failures, strikes: more }) => {
        for (const [name, times] of Object.entries(more)) strikes[name] = (strikes[name] ?? 0) + times;
        passed += count - failures.length;
        for (const text of failures)
          console.log(failed++ < SHOWN ? `${text}\n` : `${text.split('\n').slice(-2).join('\n')}\n`);
        give();
      });
      worker.on('error', reject);
      worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with code ${code}.`))));
      give();
    });
  await Promise.all(Array.from({ length: numberOf('jobs') }, work));
  const seconds = (performance.now() - startedAt) / 1_000;
  const { tableOfFaults } = await import(pathToFileURL(bundle).href);
  console.log(tableOfFaults(strikes));
  console.log(
    `${passed + failed} seeds in ${seconds.toFixed(1)} s: ${Math.round((passed + failed) / seconds)} seeds per second`,
  );
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

function numberOf(name) {
  const value = Number(values[name]);
  return Number.isSafeInteger(value) && value >= 0 ? value : fail(`--${name} is a whole number, not ${values[name]}`);
}

function fail(words) {
  console.error(words);
  process.exit(2);
}
