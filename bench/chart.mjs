/**
 * Draws bench/results.json as docs/bench.svg.
 *
 * @example
 * node bench/chart.mjs [results.json] [bench.svg]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawChart } from './lib/svg-chart.mjs';

const [input = join(import.meta.dirname, 'results.json'), output = join(import.meta.dirname, '../docs/bench.svg')] =
  process.argv.slice(2);

/** What is shown: a row, and which of its numbers. */
const PANELS = [
  { id: 'P1', key: 'cpu', title: 'CPU for each update, parsed and delivered' },
  { id: 'P2', key: 'cpu', title: 'CPU for each update that nobody reads, or of which the newest is read at 60 Hz' },
  { id: 'P3', key: 'wall', title: 'Round trip of a request' },
  { id: 'P4', key: 'wall', title: 'Time for each of 10,000 concurrent requests' },
];

const { rows } = JSON.parse(readFileSync(input, 'utf8'));
const panels = PANELS.flatMap(({ id, key, title }) => {
  const row = rows.find((candidate) => candidate.id === id);
  const measure = row?.measures.find((candidate) => candidate.key === key);
  if (!measure) return [];
  const bars = measure.results
    .map(({ name, kind, ratio }) => ({ name, kind, ...ratio }))
    .sort((a, b) => a.median - b.median);
  return { title: `${id}  ${title}`, bars };
});
if (panels.length === 0) throw new Error(`${input} holds none of ${PANELS.map(({ id }) => id).join(', ')}`);

const { node, cpu } = rows.find(({ id }) => id === panels[0].title.split(' ')[0]).environment;
const note = `As multiples of the floor in the same run: shorter is better. Median, with the least and the most. Node ${node}, ${cpu}.`;
writeFileSync(output, drawChart(panels, note));
console.log(output);
