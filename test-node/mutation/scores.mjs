import { readFileSync } from 'node:fs';

const NOTICED = new Set(['Killed', 'Timeout']);
const MISSED = new Set(['Survived', 'NoCoverage']);

/**
 * Prints each mutant that no test noticed, then how many did not survive.
 * @param report - where Stryker wrote about this one file
 */
export function readScore(file, report) {
  const { source, mutants } = JSON.parse(readFileSync(report, 'utf8')).files[file];
  for (const mutant of mutants) if (MISSED.has(mutant.status)) console.log(describe(file, source, mutant));
  const noticed = mutants.filter(({ status }) => NOTICED.has(status)).length;
  const missed = mutants.filter(({ status }) => MISSED.has(status)).length;
  const row = { file, noticed, missed, ignored: mutants.length - noticed - missed };
  console.log(`\n${line(row)}\n`);
  return row;
}

/** Prints all scores again, and that of all files together. */
export function printTotal(rows) {
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  const total = { file: 'total', noticed: sum('noticed'), missed: sum('missed'), ignored: sum('ignored') };
  console.log([...rows, total].map(line).join('\n'));
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
