// Runs batches of seeds for simulate.mjs: node simulate-worker.mjs BUNDLE [MODE]
import { pathToFileURL } from 'node:url';

const [, , bundle, mode] = process.argv;
const { simulate, describeFailure } = await import(pathToFileURL(bundle).href);

process.on('message', async ({ from, to }) => {
  const failures = [];
  for (let seed = from; seed < to; seed++) {
    const run = await simulate(seed, mode || undefined);
    if (run.violations.length > 0) failures.push(describeFailure(run));
  }
  process.send({ count: to - from, failures });
});
