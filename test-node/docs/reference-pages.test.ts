import { readFileSync } from 'node:fs';
import * as root from 'hpx-transport-ws';
import { expect, it } from 'vitest';
import { referencePages } from '../../scripts/build/reference-pages.mjs';

const pages = await referencePages();
const read = (path: string) => readFileSync(path, 'utf8');

it.each(pages)('$path is what its sources say [DC1, DC5]', ({ path, text }) => {
  expect(read(path), 'run npm run build').toBe(text);
});

it('docs/configuration.md says what each field and each option allows, and why it has its default [DC1]', () => {
  const page = read('docs/configuration.md');
  expect(page).toContain('| `reconnectJitter` | 1 | a number from 0 to 1 | Which part of a delay is random');
  expect(page).toContain('Why: clients that lost a server together come back spread out. |');
  expect(page).toContain('| `requestTimeout` | 30 000 | a number of milliseconds from 1 to a year, or Infinity |');
  expect(page).toContain("| `retry` | `'unsent'` |");
  expect(page).not.toMatch(/undefined \||\| {2}\|/);
});

it('docs/errors.md has every class, its code and its fields, and says what to do about it [DC1]', () => {
  const page = read('docs/errors.md');
  const { TransportError, ...exported } = root;
  const classes = Object.values(exported).filter((value) => Object.getPrototypeOf(value) === TransportError);
  expect(classes.length).toBeGreaterThan(10);
  const todo = page.slice(page.indexOf('## What to do'));
  for (const { name } of classes as { name: string }[]) {
    expect(page).toMatch(new RegExp(`\\| \`${name}\` \\| \`[A-Z_]+\` \\| [^|]{20,} \\| (?:yes|no) \\|`));
    expect(todo).toContain(`| \`${name}\` | `);
  }
  expect(page).toContain('| `ConnectionFailedError` | `status` | The HTTP status of a refused upgrade');
});
