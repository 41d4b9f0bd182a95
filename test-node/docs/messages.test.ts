import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { shortTexts, textsPage } from '../../scripts/build/short-texts.mjs';
import * as texts from '../../src/texts.js';

it('docs/messages.md explains every short text of the production build [PK25]', () => {
  expect(readFileSync('docs/messages.md', 'utf8'), 'run npm run build').toBe(textsPage());
});

it('a short text has a number and the values of its full text [PK25]', () => {
  const short = shortTexts('https://docs.example.com/messages.md');
  expect(Object.keys(texts).filter((name) => !new RegExp(`^(?:export )?const ${name} `, 'm').test(short))).toEqual([]);
  expect(short).toMatch(/^export const CONNECT_ABORTED = '#\d+';$/m);
  expect(short).toMatch(/^export const gaveUp = \(\.\.\.values: unknown\[\]\) => short\(\d+, values\);$/m);
  expect(short).toContain(texts.methodNotFound.name);
});
