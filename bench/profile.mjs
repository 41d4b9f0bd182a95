/**
 * Where the time goes: runs one contestant of a row under `--cpu-prof` and lists the functions by their own time.
 *
 * @example
 * node bench/profile.mjs parse-and-deliver hpx-transport-ws
 */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readBuilds } from './lib/arguments.mjs';
import { runProgram, startSession } from './lib/processes.mjs';
import { findRows, loadRow } from './lib/rows.mjs';
import { scaleOf } from './lib/scale.mjs';

/** Enough that the compiled code counts more than its compilation. */
const ROUNDS = 20;

const [rowName = 'parse-and-deliver', name = 'hpx-transport-ws'] = process.argv.slice(2);
const [row] = findRows([rowName]);
const { contestants, rounds } = await loadRow(row, scaleOf({ quick: false, long: false }));
const contestant = contestants.find((candidate) => candidate.name === name);
if (!contestant) throw new Error(`${row.name} has ${contestants.map((candidate) => `'${candidate.name}'`).join(', ')}`);

const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
const nodeFlags = [...(contestant.nodeFlags ?? []), '--cpu-prof', `--cpu-prof-dir=${folder}`, '--enable-source-maps'];
const run = { ...contestant, nodeFlags, dist: readBuilds()[0].path };
console.log(await (rounds ? runSession(run) : runProgram(run)));

async function runSession(session) {
  const { round, stop } = await startSession(session);
  let result;
  for (let index = 0; index < ROUNDS; index++) result = await round();
  await stop();
  return result;
}

const file = join(folder, readdirSync(folder)[0]);
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));

const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
const times = new Map();
samples.forEach((sample, index) => {
  const { functionName, url, lineNumber } = byId.get(sample);
  const key = `${functionName || '(anonymous)'} ${url ? `${basename(url)}:${lineNumber + 1}` : ''}`;
  times.set(key, (times.get(key) ?? 0) + timeDeltas[index]);
});
const total = timeDeltas.reduce((sum, delta) => sum + delta, 0);
for (const [key, time] of [...times].sort((a, b) => b[1] - a[1]).slice(0, 30)) {
  console.log(`${((100 * time) / total).toFixed(1).padStart(5)} %  ${(time / 1000).toFixed(0).padStart(6)} ms  ${key}`);
}
console.log(file);
