import { runProgram, startSession } from './processes.mjs';
import { summary } from './statistics.mjs';

/**
 * Runs the contestants of a row in turn, so that other load on the machine affects all of them. Compares each run with
 * the run of the reference in the same turn.
 * @param {import('./types.d.ts').Row} row
 * @param {{ builds: { path: string, label?: string }[], only?: string, onRun?: (turn: number, turns: number) => void }} settings
 * @returns {Promise<import('./types.d.ts').MeasuredRow>}
 */
export async function runRow(row, { builds, only, onRun }) {
  const contestants = row.contestants
    .filter(({ kind }) => !(only === 'ours' && kind === 'peer'))
    .flatMap((contestant) =>
      contestant.kind === 'ours' || contestant.part ? builds.map((build) => ofBuild(contestant, build)) : contestant,
    );
  const turns = await (row.rounds ? runRounds(row, contestants, onRun) : runApart(row, contestants, onRun));
  return {
    name: row.name,
    tag: row.tag,
    title: row.title,
    date: new Date().toISOString(),
    measures: row.measures.map((measure) => ({
      ...measure,
      results: contestants
        .filter((contestant) => contestant.missing || turns[0].get(contestant)[measure.key] !== undefined)
        .map((contestant) => compare(contestant, referenceOf(measure, contestants), measure, turns)),
    })),
  };
}

/** Each run is a new process. */
async function runApart({ runs }, contestants, onRun) {
  const turns = [];
  for (let turn = 0; turn < runs; turn++) {
    onRun?.(turn, runs);
    const results = new Map();
    const shared = new Map();
    for (const contestant of rotate(contestants, turn)) {
      if (turn >= (contestant.maxRuns ?? Infinity)) continue;
      results.set(contestant, await (contestant.part ? runPart(contestant, shared) : runProgram(contestant)));
    }
    turns.push(results);
  }
  return turns;
}

/** Contestants that are parts of one run: the first one runs it for all. */
async function runPart(contestant, shared) {
  const { program, dist, part } = contestant;
  const key = `${program} ${dist}`;
  if (!shared.has(key)) shared.set(key, await runProgram(contestant));
  return shared.get(key)[part] ?? {};
}

/** Code is compiled, and the heap has its size, after so many rounds. */
const WARM_UP = 3;

/** One process for each contestant, alive until the end: their rounds alternate. */
async function runRounds({ rounds }, contestants, onRun) {
  const sessions = new Map();
  try {
    for (const contestant of contestants) sessions.set(contestant, await startSession(contestant));
    const turns = [];
    for (let turn = -WARM_UP; turn < rounds; turn++) {
      onRun?.(Math.max(turn, 0), rounds);
      const results = new Map();
      for (const contestant of rotate(contestants, turn + WARM_UP)) {
        results.set(contestant, await sessions.get(contestant).round());
      }
      if (turn >= 0) turns.push(results);
    }
    return turns;
  } finally {
    await Promise.all([...sessions.values()].map((session) => session.stop()));
  }
}

/** Each turn begins with another contestant: the first one also pays for the leftovers of the turn before. */
function rotate(contestants, turn) {
  const start = turn % contestants.length;
  return [...contestants.slice(start), ...contestants.slice(0, start)];
}

function ofBuild(contestant, { path, label }) {
  return { ...contestant, label: label && `${contestant.name} (${label})`, dist: path };
}

function referenceOf({ absolute, reference }, contestants) {
  if (absolute) return undefined;
  return contestants.find(({ name, kind }) => (reference === undefined ? kind === 'reference' : name === reference));
}

function compare(contestant, reference, { key, limit, highest }, turns) {
  const { name, label = name, kind } = contestant;
  if (turns[0].get(contestant)[key] === undefined) return { name: label, kind, missing: contestant.missing };
  const its = turns.filter((results) => results.has(contestant));
  const value = summary(its.map((results) => results.get(contestant)[key]));
  const ratio = reference && summary(its.map((results) => results.get(contestant)[key] / results.get(reference)[key]));
  const target = kind === 'ours' ? limitFor(name, limit) : undefined;
  const kept = target === undefined ? {} : { target, kept: isKept(ratio ?? value, target, highest) };
  return { name: label, kind, value, ...(ratio && { ratio }), ...kept };
}

const limitFor = (name, limit) => (typeof limit === 'object' ? limit[name] : limit);

function isKept({ median, interval = [median, median] }, target, highest = Infinity) {
  return median <= target && interval[1] <= highest;
}
