import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textOf } from './verdict.mjs';

const FOLDER = join(import.meta.dirname, '..');

/**
 * @typedef {object} Results
 * @property {string} node
 * @property {Record<string, string>} versions of each client
 * @property {Record<string, string>} notes the options of each client
 * @property {Record<string, string>} titles of each fault
 * @property {Record<string, Record<string, import('./verdict.mjs').Verdict>>} verdicts by client, then by fault
 */

/** @param {string} name @returns {string} the version of a client that runs here */
export function versionOf(name) {
  const own = join(FOLDER, '../../package.json');
  const theirs = join(FOLDER, 'node_modules', name, 'package.json');
  return JSON.parse(readFileSync(name === 'hpx-transport-ws' ? own : theirs, 'utf8')).version;
}

/** Clients as columns would not fit: each row is a fault, and each cell has what happened. @param {Results} results */
export function markdownOf({ node, versions, notes, titles, verdicts }) {
  const clients = Object.keys(verdicts);
  const row = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  const head = row(['fault', ...clients.map((name) => `${name} ${versions[name]}`)]);
  const rule = row(Array.from({ length: clients.length + 1 }, () => '---'));
  const rows = Object.entries(titles).map(([id, title]) => {
    return row([`**${id}** ${title}`, ...clients.map((name) => textOf(verdicts[name][id]))]);
  });
  const options = clients.map((name) => `- ${name}: ${notes[name]}`);
  const intro = `Measured by \`npm run bench:faults\` with Node ${node}, on loopback. “–” is a fault that does not apply.`;
  return `${[intro, '', head, rule, ...rows, '', 'Options:', '', ...options].join('\n')}\n`;
}

/** For a terminal: clients × faults, one line for each pair. @param {Results} results */
export function textTableOf({ versions, titles, verdicts }) {
  const clients = Object.keys(verdicts);
  const width = Math.max(...clients.map((name) => name.length + versions[name].length + 1));
  const lines = Object.entries(titles).flatMap(([id, title]) => [
    '',
    `${id} ${title}`,
    ...clients.map((name) => `  ${`${name} ${versions[name]}`.padEnd(width)}  ${textOf(verdicts[name][id])}`),
  ]);
  const total = clients.map((name) => {
    const all = Object.values(verdicts[name]);
    const applicable = all.filter((verdict) => verdict.passed !== null);
    const passes = applicable.filter((verdict) => verdict.passed).length;
    return `  ${`${name} ${versions[name]}`.padEnd(width)}  ${passes} of ${applicable.length} passed`;
  });
  return [...lines, '', ...total].join('\n');
}
