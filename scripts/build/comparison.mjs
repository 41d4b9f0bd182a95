import { readFileSync } from 'node:fs';

const OURS = 'hpx-transport-ws';
/** The clients of the table in the README. docs/proof.md has all of them. */
const CLIENTS = [OURS, 'bybit-api', 'centrifuge', 'socket.io-client', 'viem', 'reconnecting-websocket'];

/** What a row asks, the fault that answers it, and which part of the measured words is the answer. */
const FAULTS = [
  ['a dead link is noticed', 'F2'],
  ['1,000 requests that the server never answers', 'F13'],
  ['the connection drops during the login', 'F9'],
  ['10,000 clients after an outage: how many return in the busiest 100 ms', 'F8', /[\d.]+ %(?= after an outage)/],
  ['4,000 subscriptions at once: the process is blocked', 'F14', /(?<=blocked )for .+/],
  ['`close()` while a request that nobody awaits has no answer', 'F15', /^[^:]+/],
];

/** The table of the README, made from what `npm run bench:faults` and `npm run bench` measured last. */
export function comparison() {
  const { versions, verdicts } = JSON.parse(readFileSync('bench/faults/results.json', 'utf8'));
  const { rows } = JSON.parse(readFileSync('bench/results.json', 'utf8'));
  const cpu = rows.find(({ name }) => name === 'parse-and-deliver').measures.find(({ key }) => key === 'cpu').results;
  const lines = [
    ['', ...CLIENTS.map((name) => `${name} ${versions[name]}`)],
    ['---', ...CLIENTS.map(() => '---')],
    ['network faults passed, of those that apply', ...CLIENTS.map((name) => passed(Object.values(verdicts[name])))],
    ...FAULTS.map(([title, fault, part]) => [title, ...CLIENTS.map((name) => verdict(verdicts[name][fault], part))]),
    ['CPU for each update, compared with a bare loop of `ws`', ...CLIENTS.map((name) => ratio(cpu, name))],
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function passed(verdicts) {
  const applying = verdicts.filter((verdict) => !isApart(verdict));
  return `${applying.filter(({ passed }) => passed).length} of ${applying.length}`;
}

/** The measured words; what failed is bold. */
function verdict(measured, part = /.*/) {
  if (isApart(measured)) return '–';
  const words = part.exec(measured.what)?.[0] || (measured.passed ? 'passed' : 'failed');
  return measured.passed ? words : `**${words}**`;
}

const isApart = ({ passed }) => typeof passed !== 'boolean';

function ratio(results, client) {
  const found = results.find(({ name }) => name === client);
  return found ? `${found.ratio.median.toFixed(2)} ×` : '–';
}
