import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/**
 * Puts measured rows into the JSON, in place of what it said about them before.
 * @param {string} path
 * @param {readonly import('./types.d.ts').MeasuredRow[]} rows
 */
export function saveResults(path, rows) {
  const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).rows : [];
  const kept = before.filter(({ id }) => !rows.some((row) => row.id === id));
  const environment = {
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim(),
    cores: cpus().length,
  };
  const all = [...kept, ...rows.map((row) => ({ ...row, environment }))];
  all.sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  writeFileSync(path, `${JSON.stringify({ rows: all }, roundNumber, 2)}\n`);
}

const roundNumber = (_, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value);
