import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments, readBuilds, usage } from './lib/arguments.mjs';
import { saveResults } from './lib/results-file.mjs';
import { runRow } from './lib/run-row.mjs';
import { scaleOf } from './lib/scale.mjs';
import { formatRow } from './lib/table.mjs';

const options = readArguments();
if (options.help) {
  console.log(usage);
  process.exit();
}

const known = readdirSync(join(import.meta.dirname, 'rows'))
  .map((file) => /^([A-Z]\d+)\.mjs$/.exec(file)?.[1])
  .filter(Boolean)
  .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
const unknown = options.names.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`No row ${unknown.join(', ')}; there are ${known.join(', ')}\n\n${usage}`);

const builds = readBuilds();
const isMeasurement = !options.quick && options.only === undefined && builds.length === 1;
const out = options.out ?? (isMeasurement ? join(import.meta.dirname, 'results.json') : undefined);
const measured = [];
for (const name of options.names.length > 0 ? options.names : known) {
  const { default: createRow } = await import(`./rows/${name}.mjs`);
  const row = createRow(scaleOf(options));
  if (row.long && !options.long && options.names.length === 0) continue;
  const onRun = (turn) => process.stderr.isTTY && process.stderr.write(`${row.id}: ${turn + 1} of ${row.runs}\r`);
  const result = await runRow(row, { builds, only: options.only, onRun });
  console.log(`${formatRow(result)}\n`);
  measured.push(result);
  // At once: a later row may fail.
  if (out) saveResults(out, [result]);
}

const broken = measured.flatMap(({ id, measures }) =>
  measures
    .filter(({ required, results }) => required && results.some(({ kept }) => kept === false))
    .map(({ label }) => `${id}: ${label}`),
);
if (broken.length > 0) {
  console.error(`Not a matter of speed:\n${broken.join('\n')}`);
  process.exitCode = 1;
}
