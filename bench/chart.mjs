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

/** The rows of the chart, and the number that it shows of each. */
const PANELS = [
  { name: 'parse-and-deliver', key: 'cpu', title: 'CPU per update, parsed and delivered' },
  { name: 'unread-and-latest', key: 'cpu', title: 'CPU per update without a reader, or with latest at 60 Hz' },
  { name: 'round-trips', key: 'wall', title: 'Round trip of a request' },
  { name: 'concurrent-requests', key: 'wall', title: 'Time per request, 10,000 concurrent requests' },
];

const { rows } = JSON.parse(readFileSync(input, 'utf8'));
const rowOf = (wanted) => rows.find(({ name }) => name === wanted);
const shown = PANELS.filter(({ name }) => rowOf(name));
if (shown.length === 0) throw new Error(`${input} has none of ${PANELS.map(({ name }) => name).join(', ')}`);
const panels = shown.map(({ name: rowName, key, title }) => {
  const { results } = rowOf(rowName).measures.find((measure) => measure.key === key);
  const bars = results.map(({ name, kind, ratio }) => ({ name, kind, ...ratio }));
  return { title, bars: bars.sort((a, b) => a.median - b.median) };
});

const { node, cpu } = rowOf(shown[0].name).environment;
const note = `As multiples of the floor in the same run: shorter is better. Median, minimum and maximum. Node ${node}, ${cpu}.`;
writeFileSync(output, drawChart(panels, note));
console.log(output);
