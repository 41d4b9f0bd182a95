import { basename, delimiter, dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const usage = `npm run bench -- [rows] [options]

  P1 P2 …        these rows alone
  --quick        fewer runs and less work: a look, no measurement
  --long         also the rows that take many minutes
  --only ours    without the peers
  --runs N       runs of each contestant; default 9
  --out FILE     where the JSON goes; default bench/results.json for a whole measurement, else nowhere

  HPX_DIST       the build to measure, or several to compare: before=/a/dist${delimiter}after=/b/dist`;

/** What the command line asks for. */
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
