import { basename, delimiter, dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROWS } from './rows.mjs';

export const usage = `npm run bench -- [rows] [options]

  rows           only these rows, by name or tag (P1 P12); default: all rows that are not long
  --quick        fewer runs and less work, for a first look
  --long         also the rows that take many minutes
  --only ours    without the peers
  --runs N       runs or rounds of each contestant; default 9 runs, or 31 rounds
  --out FILE     where the JSON goes; default: bench/results.json for a full measurement, otherwise no file

  HPX_DIST       the build to measure, or several builds to compare: before=/a/dist${delimiter}after=/b/dist

Rows, with their tags:
${ROWS.map(({ name, tag }) => `  ${name.padEnd(24)}${tag}`).join('\n')}`;

/** The options of the command line. */
export function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      long: { type: 'boolean', default: false },
      only: { type: 'string' },
      runs: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.only !== undefined && values.only !== 'ours') throw new Error(`--only takes 'ours', not '${values.only}'`);
  return { ...values, names: positionals };
}

/** The builds to measure, each with a name. */
export function readBuilds(list = process.env.HPX_DIST) {
  const entries = (list ?? resolve(import.meta.dirname, '../../dist')).split(delimiter);
  return entries.map((entry) => {
    const named = /^([\w.-]+)=(.*)$/.exec(entry);
    const path = resolve(named?.[2] ?? entry);
    return { path, label: entries.length > 1 ? (named?.[1] ?? basename(dirname(path))) : undefined };
  });
}
