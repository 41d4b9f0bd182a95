/**
 * Writes the section "What it costs" of docs/proof.md from bench/results.json.
 *
 * @example
 * node bench/costs.mjs [results.json] [proof.md]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [input = join(import.meta.dirname, 'results.json'), output = join(import.meta.dirname, '../docs/proof.md')] =
  process.argv.slice(2);

const CLIENT = 'hpx-transport-ws';
const HEADING = '## What it costs\n';
const of = (row, key, name = CLIENT, unit = '×') => ({ row, key, name, unit });

/** The lines of the table: what is measured, and each of its numbers. */
const COSTS = [
  [
    'P1 every update parsed and delivered, about 300, 10 and 1 updates a read: CPU',
    ['cpu', 'cpu10', 'cpu1'].map((key) => of('parse-and-deliver', key)),
  ],
  [
    'P2 reader gone, `latest`: CPU',
    ['reader gone', 'latest at 60 Hz'].map((reader) => of('unread-and-latest', 'cpu', `${CLIENT}, ${reader}`)),
  ],
  [
    'P2 held until the first reader, held and full: CPU',
    ['held until the first reader', 'held and full: drops the oldest'].map((reader) =>
      of('unread-and-latest', 'cpu', `${CLIENT}, ${reader}`),
    ),
  ],
  [
    'P2 for comparison: `ws` alone, `ws` that keeps the texts: CPU',
    ['ws alone', 'ws + scan + an array of texts for each topic'].map((name) => of('unread-and-latest', 'cpu', name)),
  ],
  ['P3 request and answer, one at a time', [of('round-trips', 'wall')]],
  ['P4 10,000 concurrent requests: time, CPU', ['wall', 'cpu'].map((key) => of('concurrent-requests', key))],
  [
    "P5 a `subscribe()` for each of 10,000 topics: longest block, compared with the caller's bare loop",
    [of('subscribe-topics', 'longest', `${CLIENT}, subscribe() each`)],
  ],
  [
    'P5 growth, 10,000 compared with 1,000 topics: one `subscribeMany()`, a `subscribe()` for each',
    ['subscribeMany()', 'subscribe() each'].map((call) => of('subscribe-topics', 'growth', `${CLIENT}, ${call}`)),
  ],
  ['P6 from the drop until 10,000 topics are confirmed again', [of('resubscribe-after-drop', 'wall')]],
  [
    'P7 memory of an idle subscription, of a pending request',
    ['subscription', 'request'].map((key) => of('memory', key, CLIENT, 'B')),
  ],
  [
    'P8 heap after 10 million updates, 100,000 requests, 10,000 reconnects: growth',
    ['updates', 'requests', 'reconnects'].map((key) => of('long-run-heap', key, CLIENT, 'kB')),
  ],
  [
    'P9 bundle with GenericJsonHandler, minified and gzipped: `production`, full texts, centrifuge',
    [
      `${CLIENT} with GenericJsonHandler, production`,
      `${CLIENT} with GenericJsonHandler, full texts`,
      'centrifuge',
    ].map((name) => of('bundle-size', 'gzipped', name, 'kB')),
  ],
  ["P10 import, compared with `import 'ws'`", [of('import-time', 'wall')]],
  [
    'P11 page in Chromium, `latest`, in a worker and on the page: main thread above an idle page, as a part of what parsing each update costs',
    ['hpx-transport-ws in a worker, latest', 'hpx-transport-ws, latest'].map((name) =>
      of('page-main-thread', 'share', name),
    ),
  ],
  [
    'P11 frames per second of these pages, and of a page that parses each update',
    ['hpx-transport-ws in a worker, latest', 'hpx-transport-ws, latest', 'WebSocket + JSON.parse of each update'].map(
      (name) => of('page-main-thread', 'frames', name, ''),
    ),
  ],
  [
    'P12 2,000 topics over TLS, over permessage-deflate: CPU of the process',
    ['cpuTls', 'cpuDeflate'].map((key) => of('secure-and-compressed', key)),
  ],
];

const { rows } = JSON.parse(readFileSync(input, 'utf8'));

function resultOf({ row, key, name }) {
  const measures = rows.find((candidate) => candidate.name === row)?.measures ?? [];
  return measures.find((measure) => measure.key === key)?.results.find((result) => result.name === name);
}

function formatted(value, unit) {
  if (unit === '×') return value.toFixed(2);
  if (unit === 'kB') return (value / 1_000).toFixed(1);
  return Math.round(value).toLocaleString('en-US');
}

function measured(number) {
  const { value, ratio = value } = resultOf(number) ?? {};
  if (!ratio) return 'not measured';
  const [low, high] = ratio.interval ?? [];
  const interval = low === undefined ? '' : ` [${formatted(low, number.unit)}–${formatted(high, number.unit)}]`;
  return formatted(ratio.median, number.unit) + interval;
}

function targetOf(number) {
  const target = resultOf(number)?.target;
  return target === undefined ? '–' : formatted(target, number.unit);
}

/** The numbers of a line, with their unit at the end. */
function cell(numbers, text) {
  const texts = numbers.map(text);
  return texts.every((value) => value === '–') ? '' : `${texts.join(', ')} ${numbers[0].unit}`.trim();
}

/** A row that only runs by name may be missing. */
const lines = COSTS.filter(([, numbers]) => numbers.some(resultOf)).map(
  ([what, numbers]) => `| ${what} | ${cell(numbers, measured)} | ${cell(numbers, targetOf)} |`,
);
const { node, cpu, cores } = rows[0].environment;
const section = `${HEADING}
\`npm run bench\` measured these numbers on a machine with ${cores} cores (${cpu}) and Node ${node.slice(1)}. Each number is a multiple of a floor in the
same run, unless the line has a unit. It is the median of all runs or rounds, with its 95 % interval in brackets
([method](../bench/README.md), [all results](../bench/results.json), [size of each part](size.md)).

| row | measured | target |
|---|---|---|
${lines.join('\n')}
`;

const page = readFileSync(output, 'utf8');
const start = page.indexOf(HEADING);
if (start === -1) throw new Error(`${output} has no '${HEADING.trim()}'`);
const next = page.indexOf('\n## ', start);
writeFileSync(output, page.slice(0, start) + section + (next === -1 ? '' : page.slice(next)));
console.log(output);
