import { faultsOf } from './fault-scheduler.js';
import type { History } from './history.js';

/** How often each fault struck. */
export type FaultCounts = Record<string, number>;

/** Adds the faults of a history; every fault is in the counts, also one that never struck. */
export function countFaults(history: History = [], counts: FaultCounts = noFaults()): FaultCounts {
  for (const entry of history) if (entry.type === 'fault') counts[entry.name] = (counts[entry.name] ?? 0) + 1;
  return counts;
}

/** One line for each family, and one that names what never struck. */
export function tableOfFaults(counts: FaultCounts): string {
  const lines = Object.entries(faultsOf).map(([family, faults]) => {
    const struck = faults.map(({ name }) => `${name.replace(`${family}: `, '')} ${counts[name] ?? 0}`);
    return `${family}: ${struck.join(', ')}`;
  });
  const never = Object.keys(noFaults()).filter((name) => !counts[name]);
  return [...lines, ...(never.length > 0 ? [`never struck: ${never.join(', ')}`] : [])].join('\n');
}

function noFaults(): FaultCounts {
  const names = Object.values(faultsOf).flatMap((faults) => faults.map(({ name }) => name));
  return Object.fromEntries(names.map((name) => [name, 0]));
}
