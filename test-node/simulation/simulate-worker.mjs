// Runs batches of seeds for simulate.mjs: node simulate-worker.mjs BUNDLE [MODE]
import { pathToFileURL } from 'node:url';

const [, , bundle, mode] = process.argv;
const { simulate, describeFailure, countFaults } = await import(pathToFileURL(bundle).href);

process.on('message', async ({ from, to }) => {
  const failures = [];
  const strikes = countFaults();
  for (let seed = from; seed < to; seed++) {
    const run = await simulate(seed, mode || undefined);
    countFaults(run.history, strikes);
    if (run.violations.length > 0) failures.push(describeFailure(run));
  }
  process.send({ count: to - from, failures, strikes });
});
