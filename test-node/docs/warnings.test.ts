import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('every code of a warning is in the table of docs/connection.md [CL45]', () => {
  const union = /export type WarningCode =([^;]+);/.exec(read('src/events.ts'))?.[1] ?? '';
  const codes = [...union.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code);
  const documented = [...read('docs/connection.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(5);
  expect(documented).toEqual(expect.arrayContaining(codes));
});
