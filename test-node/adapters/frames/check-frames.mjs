// npm run check:frames [-- --seeds 20000] [--from 1] [--jobs 2]   compares our adapter with ws alone on random streams
// npm run check:frames -- --seed 42                               shows the events of one stream
import { fork } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { bundleSource } from '../../../scripts/bundle-source.mjs';

/** Nobody reads the stack traces of errors here, and they take time. */
const WORKER_OPTIONS = ['--stack-trace-limit=0', '--max-semi-space-size=32'];
/** Streams that a process runs before it ends. */
const BATCH = 2_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(Math.min(2, cpus().length)) },
  },
});

const bundle = await bundleSource('test-node/adapters/frames/frames-program.ts', 'frames');
process.exitCode = values.seed === undefined ? await runMany() : (await run(values.seed)).code;

async function runMany() {
  const end = numberOf('from') + numberOf('seeds');
  const startedAt = performance.now();
  let next = numberOf('from');
  let failed = 0;
  const work = async () => {
    while (next < end) {
      const from = next;
      next = Math.min(from + BATCH, end);
      const { code, report } = await run(from, next - from);
      // A process that ended without a report counts as one failure.
      failed += report ? report.seeds.length : 1;
      if (report?.seeds.length > 0) console.log(`seeds that differ: ${report.seeds.join(', ')}`);
      else if (code !== 0) console.log(`seeds ${from} to ${next - 1}: the process ended with code ${code}`);
    }
  };
  await Promise.all(Array.from({ length: numberOf('jobs') }, work));
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(`${numberOf('seeds')} streams in ${seconds.toFixed(1)} s`);
  console.log(`${numberOf('seeds') - failed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

/** Runs the program in a process of its own. */
function run(...args) {
  return new Promise((resolve, reject) => {
    const child = fork(bundle, args.map(String), { execArgv: WORKER_OPTIONS });
    let report;
    child.on('message', (message) => {
      report = message;
      child.disconnect();
    });
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code, report }));
  });
}

function numberOf(name) {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${name} is a whole number above 0, not ${values[name]}`);
  return process.exit(2);
}
