import { join } from 'node:path';
import { readArguments, readBuilds, usage } from './lib/arguments.mjs';
import { saveResults } from './lib/results-file.mjs';
import { findRows, loadRow, ROWS } from './lib/rows.mjs';
import { runRow } from './lib/run-row.mjs';
import { scaleOf } from './lib/scale.mjs';
import { formatRow } from './lib/table.mjs';

const options = readArguments();
if (options.help) {
  console.log(usage);
  process.exit();
}

const isWhole = options.names.length === 0;
const chosen = isWhole ? ROWS : findRows(options.names);
const builds = readBuilds();
const isMeasurement = !options.quick && options.only === undefined && builds.length === 1;
const out = options.out ?? (isMeasurement ? join(import.meta.dirname, 'results.json') : undefined);
const measured = [];
const failed = [];
for (const entry of chosen) {
  const row = await loadRow(entry, scaleOf(options));
  if (row.long && !options.long && isWhole) continue;
  const onRun = (turn, turns) => process.stderr.isTTY && process.stderr.write(`${row.name}: ${turn + 1} of ${turns}\r`);
  try {
    const result = await runRow(row, { builds, only: options.only, onRun });
    console.log(`${formatRow(result)}\n`);
    measured.push(result);
    if (out) saveResults(out, [result]);
  } catch (error) {
    // The other rows take many minutes.
    console.error(`${row.name} failed: ${error.stack}\n`);
    failed.push(row.name);
  }
}

const broken = measured.flatMap(({ name, measures }) =>
  measures
    .filter(({ required, results }) => required && results.some(({ kept }) => kept === false))
    .map(({ label }) => `${name}: ${label}`),
);
if (broken.length > 0) console.error(`Defects:\n${broken.join('\n')}`);
if (failed.length > 0) console.error(`Rows that failed: ${failed.join(', ')}`);
if (broken.length + failed.length > 0) process.exitCode = 1;
