// Every fault against every client, in one run and one table:
//   npm run bench:faults
//   npm run bench:faults -- --client mqtt --fault F3 --set settling=20000
// A run of all faults with all clients writes results.json and results.md into this folder.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { adapterOf, clientNames, faultIds, faultOf } from './lib/catalogue.mjs';
import { durationsWith } from './lib/durations.mjs';
import { runPool } from './lib/pool.mjs';
import { markdownOf, textTableOf, versionOf } from './lib/report.mjs';
import { runCell } from './lib/run-cell.mjs';
import { inapplicable, textOf } from './lib/verdict.mjs';

/** How many run at a time: most do nothing but wait. */
const WIDTH = { light: 30, heavy: 2 };
/** Those that wait longest come first. */
const LONGEST = ['F2', 'F17', 'F13', 'F12', 'F10', 'F3'];

const { values } = parseArgs({
  options: {
    client: { type: 'string', multiple: true, default: clientNames },
    fault: { type: 'string', multiple: true, default: faultIds },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const durations = durationsWith(values.set);
const isWhole = values.client.length === clientNames.length && values.fault.length === faultIds.length;
const adapters = await Promise.all(values.client.map(adapterOf));
const faults = await Promise.all(values.fault.map(faultOf));
const verdicts = Object.fromEntries(adapters.map(({ name }) => [name, {}]));

function jobsOf(chosen) {
  return chosen.flatMap((fault) => adapters.map((adapter) => () => judge(adapter, fault)));
}

async function judge(adapter, fault) {
  const missing = fault.needs.find((need) => adapter.lacks[need]);
  const verdict = missing ? inapplicable(adapter.lacks[missing]) : await runCell(adapter.name, fault.id, durations);
  verdicts[adapter.name][fault.id] = verdict;
  console.error(`${fault.id.padEnd(3)} ${adapter.name.padEnd(22)} ${textOf(verdict)}`);
}

const rank = ({ id }) => (LONGEST.includes(id) ? LONGEST.indexOf(id) : LONGEST.length);
const light = faults.filter((fault) => !fault.isAlone && !fault.isHeavy).sort((a, b) => rank(a) - rank(b));
await Promise.all([
  runPool(jobsOf(light), WIDTH.light),
  runPool(jobsOf(faults.filter((fault) => fault.isHeavy)), WIDTH.heavy),
]);
await runPool(jobsOf(faults.filter((fault) => fault.isAlone)), 1);

const results = {
  node: process.versions.node,
  versions: Object.fromEntries(adapters.map(({ name }) => [name, versionOf(name)])),
  notes: Object.fromEntries(adapters.map(({ name, notes }) => [name, notes])),
  titles: Object.fromEntries(faults.map(({ id, title }) => [id, title])),
  durations,
  verdicts: Object.fromEntries(
    Object.entries(verdicts).map(([name, all]) => [name, Object.fromEntries(faults.map(({ id }) => [id, all[id]]))]),
  ),
};
console.log(textTableOf(results));
if (isWhole) {
  writeFileSync(join(import.meta.dirname, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(join(import.meta.dirname, 'results.md'), markdownOf(results));
}
const own = Object.values(results.verdicts['hpx-transport-ws'] ?? {});
if (own.some((verdict) => verdict.passed === false)) process.exitCode = 1;
