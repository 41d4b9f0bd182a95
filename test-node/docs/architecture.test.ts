import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = readFileSync('docs/ARCHITECTURE.md', 'utf8');
const rows = [...page.matchAll(/^\| `(\w+)\/` \| ([^|]+) \|/gm)].filter(([, , files]) => files?.trim());

it.each(rows.map(([, folder = '', files = '']) => [folder, files]))(
  'the floor plan lists every file of %s/',
  (folder, files) => {
    const sources = readdirSync(`src/${folder}`).map((file) => file.replace(/\.ts$/, ''));
    expect(
      files
        .split(',')
        .map((file) => file.trim())
        .sort(),
    ).toEqual(sources.sort());
  },
);

it('the floor plan names every file at the top of src/', () => {
  const files = readdirSync('src').filter((file) => file.endsWith('.ts'));
  for (const file of files) expect(page).toContain(`\`${file.replace(/\.ts$/, '')}\``);
});

it('every source that the page names exists', () => {
  const named = [...page.matchAll(/`(\w+\/[\w-]+)`/g)].map(([, path]) => `src/${path}.ts`);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});
