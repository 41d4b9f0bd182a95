import { runProgram } from './processes.mjs';
import { summary } from './statistics.mjs';

/**
 * Runs the contestants of a row in turn, so that other load on the machine affects all of them. Compares each run with
 * the run of the reference in the same turn.
 * @param {import('./types.d.ts').Row} row
 * @param {{ builds: { path: string, label?: string }[], only?: string, onRun?: (turn: number) => void }} settings
 * @returns {Promise<import('./types.d.ts').MeasuredRow>}
 */
export async function runRow(row, { builds, only, onRun }) {
  const contestants = row.contestants
    .filter(({ kind }) => !(only === 'ours' && kind === 'peer'))
    .flatMap((contestant) =>
      contestant.kind === 'ours' ? builds.map((build) => ofBuild(contestant, build)) : contestant,
    );
  const turns = [];
  for (let turn = 0; turn < row.runs; turn++) {
    onRun?.(turn);
    const results = new Map();
    // Each turn begins with another contestant: the first one also pays for the leftovers of the turn before.
    for (let index = 0; index < contestants.length; index++) {
      const contestant = contestants[(index + turn) % contestants.length];
      if (turn < (contestant.maxRuns ?? Infinity)) results.set(contestant, await runProgram(contestant));
    }
    turns.push(results);
  }
  const reference = contestants.find(({ kind }) => kind === 'reference');
  return {
    name: row.name,
    tag: row.tag,
    title: row.title,
    date: new Date().toISOString(),
    measures: row.measures.map((measure) => ({
      ...measure,
      results: contestants
        .filter((contestant) => turns[0].get(contestant)[measure.key] !== undefined)
        .map((contestant) => compare(contestant, reference, measure, turns)),
    })),
  };
}

function ofBuild(contestant, { path, label }) {
  return { ...contestant, name: label ? `${contestant.name} (${label})` : contestant.name, dist: path };
}

function compare(contestant, reference, { key, limit, absolute }, turns) {
  const { name, kind } = contestant;
  const its = turns.filter((results) => results.has(contestant));
  const value = summary(its.map((results) => results.get(contestant)[key]));
  const isRelative = reference !== undefined && !absolute;
  const ratioOf = (results) => results.get(contestant)[key] / results.get(reference)[key];
  const ratio = isRelative ? summary(its.map(ratioOf)) : undefined;
  const kept = kind === 'ours' && limit !== undefined ? { kept: (ratio ?? value).median <= limit } : {};
  return { name, kind, value, ...(ratio && { ratio }), ...kept };
}
