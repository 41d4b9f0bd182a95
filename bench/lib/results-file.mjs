import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { ROWS } from './rows.mjs';

const ORDER = ROWS.map(({ name }) => name);

/**
 * Saves measured rows in the JSON file. Other rows of the file stay.
 * @param {string} path
 * @param {readonly import('./types.d.ts').MeasuredRow[]} rows
 */
export function saveResults(path, rows) {
  const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).rows : [];
  const kept = before.filter(({ name }) => !rows.some((row) => row.name === name));
  const environment = {
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim(),
    cores: cpus().length,
  };
  const all = [...kept, ...rows.map((row) => ({ ...row, environment }))];
  all.sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
  writeFileSync(path, `${JSON.stringify({ rows: all }, roundNumber, 2)}\n`);
}

const roundNumber = (_, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value);
