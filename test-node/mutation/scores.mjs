import { readFileSync } from 'node:fs';

const NOTICED = new Set(['Killed', 'Timeout']);
const MISSED = new Set(['Survived', 'NoCoverage']);

/**
 * Prints each mutant that no test noticed, then for each file and for all together how many were noticed.
 * @param report - what Stryker wrote
 */
export function printScores(report) {
  const rows = [];
  for (const [file, { source, mutants }] of Object.entries(JSON.parse(readFileSync(report, 'utf8')).files)) {
    for (const mutant of mutants) if (MISSED.has(mutant.status)) console.log(describe(file, source, mutant));
    const noticed = mutants.filter(({ status }) => NOTICED.has(status)).length;
    const missed = mutants.filter(({ status }) => MISSED.has(status)).length;
    rows.push({ file, noticed, missed, ignored: mutants.length - noticed - missed });
  }
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  const total = { file: 'total', noticed: sum('noticed'), missed: sum('missed'), ignored: sum('ignored') };
  console.log(`\n${[...rows, total].map(line).join('\n')}`);
}

function line({ file, noticed, missed, ignored }) {
  const score = noticed + missed > 0 ? ((100 * noticed) / (noticed + missed)).toFixed(1) : '–';
  return `${file.padEnd(36)}${score.padStart(6)} %: ${noticed} noticed, ${missed} missed, ${ignored} not tried`;
}

/** Where it is, what was there, and what came in its place. */
function describe(file, source, { location: { start, end }, status, mutatorName, replacement = '' }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  lines.push(lines.pop().slice(0, end.column - 1));
  lines[0] = lines[0].slice(start.column - 1);
  return `\n${file}:${start.line}:${start.column} ${status} ${mutatorName}\n- ${lines.join('\n  ')}\n+ ${replacement}`;
}
