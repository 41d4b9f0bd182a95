import { renderEntry } from './history.js';
import type { Mode } from './plan.js';
import type { Run } from './simulate.js';

/** Lines of the trace that lead to a failure. */
const LINES = 40;

/** What went wrong with a seed, the last that happened before, and how to see it again. */
export function describeFailure({ seed, plan, history, violations }: Run): string {
  const first = violations[0];
  if (!first) return `seed ${seed}: nothing is wrong`;
  const end = first.index + 1;
  const trace = history.slice(Math.max(0, end - LINES), end).map(renderEntry);
  const words = violations.map(({ clause, words, client }) => `${clause} (client ${client}): ${words}`);
  return [
    `seed ${seed}, mode ${plan.mode}, faults of ${[...plan.families].join(', ') || 'no family'}`,
    ...trace,
    ...words,
    `Replay: ${replayCommand(seed, plan.mode)}`,
  ].join('\n');
}

export function replayCommand(seed: number, mode: Mode): string {
  return `npm run simulate -- --seed ${seed} --mode ${mode}`;
}
