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

/**
 * The panels of the chart. Each part of a panel is one number of one row: of all clients, or only of ours with a text that
 * follows the name. `bytes` shows sizes, all other panels show ratios.
 */
const PANELS = [
  {
    title: 'CPU per update, parsed and delivered, about 300 updates a read',
    parts: [{ row: 'parse-and-deliver', key: 'cpu' }],
  },
  {
    title: 'CPU per update, parsed and delivered, few updates a read',
    parts: [
      { row: 'parse-and-deliver', key: 'cpu10', oursWith: ', 10 a read' },
      { row: 'parse-and-deliver', key: 'cpu1', oursWith: ', 1 a read' },
    ],
  },
  {
    title: 'CPU per update without a reader, or with latest at 60 Hz',
    parts: [{ row: 'unread-and-latest', key: 'cpu' }],
  },
  {
    title: 'CPU of the process per update, 2,000 topics, as a multiple of ws + parse over the same link',
    parts: [
      { row: 'secure-and-compressed', key: 'cpuTls', oursWith: ' over TLS' },
      { row: 'secure-and-compressed', key: 'cpuDeflate', oursWith: ' over permessage-deflate' },
    ],
  },
  { title: 'Main thread of a page, 20,000 updates a second', parts: [{ row: 'page-main-thread', key: 'busy' }] },
  { title: 'Round trip of a request', parts: [{ row: 'round-trips', key: 'wall' }] },
  { title: 'Time per request, 10,000 concurrent requests', parts: [{ row: 'concurrent-requests', key: 'wall' }] },
  { title: 'Size in a browser, minified and gzipped', parts: [{ row: 'bundle-size', key: 'gzipped' }], bytes: true },
];

const { rows } = JSON.parse(readFileSync(input, 'utf8'));

function barsOf({ row: rowName, key, oursWith }, bytes) {
  const measure = rows.find(({ name }) => name === rowName)?.measures.find((candidate) => candidate.key === key);
  return (measure?.results ?? [])
    .filter(({ kind, missing }) => !missing && (oursWith === undefined || kind === 'ours'))
    .map(({ name, kind, value, ratio }) => ({ name: name + (oursWith ?? ''), kind, ...(bytes ? value : ratio) }))
    .filter(({ median }) => median !== undefined);
}

const panels = PANELS.map(({ title, parts, bytes = false }) => ({
  title,
  bytes,
  bars: parts.flatMap((part) => barsOf(part, bytes)).sort((a, b) => a.median - b.median),
})).filter(({ bars }) => bars.length > 0);
if (panels.length === 0) throw new Error(`${input} has no row of the chart`);

const { node, cpu } = rows[0].environment;
const note = `Multiples of the floor in the same run (floor = 1): shorter is better. Line: 95 % interval. Node ${node}, ${cpu}.`;
writeFileSync(output, drawChart(panels, note));
console.log(output);
