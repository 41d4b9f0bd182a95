// Tries the package as npm would publish it beside the tools that applications use: run `npm run build` first.
// `npm run check:environments -- types jest` runs these groups only.
import { withInstalled } from '../runtimes/installed.mjs';
import { groups } from './groups.mjs';
import { runChecks } from './lab.mjs';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in groups));
if (unknown.length > 0) throw new Error(`Unknown groups: ${unknown}. Known groups: ${Object.keys(groups)}`);

const totals = await withInstalled(import.meta.dirname, async (work) => {
  const chosen = wanted.length > 0 ? wanted : Object.keys(groups);
  return runChecks(
    work,
    chosen.flatMap((name) => groups[name]),
  );
});
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;
