import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { groups } from '../../scripts/docs/navigation.mjs';
import { slug } from '../../scripts/docs/slug.mjs';
import { proseOf, readPages } from './pages.js';

const pages = readPages();
const anchors = new Map(pages.map((page) => [page.file, anchorsOf(proseOf(page))]));

describe('the pages of docs/', () => {
  it('are in the navigation of the site, each once [DC2]', () => {
    const names = Object.values(groups).flat();
    const written = pages.flatMap(({ file }) => /^docs\/([^/]+)\.md$/.exec(file)?.[1] ?? []);
    expect(written.filter((name) => names.filter((other) => other === name).length !== 1)).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(pages)('$file: every link leads to a file and a heading that exist [DC2]', (page) => {
    const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    expect(links.filter((link) => !leadsSomewhere(page.file, link))).toEqual([]);
  });

  it.each(pages)('$file begins with its only title [DC2]', (page) => {
    expect(proseOf(page)).toMatch(/^# \S/);
    expect(proseOf(page).match(/^# /gm)).toHaveLength(1);
  });
});

it('docs/size.md has every entry that a page can load [DC5]', () => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
  const forPages = Object.keys(exports).filter((path) => !/^\.$|json$|^\.\/(?:adapters|testing)/.test(path));
  const page = readFileSync('docs/size.md', 'utf8');
  expect(forPages.filter((path) => !page.includes(`| \`hpx-transport-ws${path.slice(1)}\` |`))).toEqual([]);
  expect(forPages).toContain('./react');
});

function leadsSomewhere(file: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return URL.canParse(link);
  const [path = '', hash] = link.split('#');
  const target = path === '' ? file : posix.join(posix.dirname(file), path);
  return existsSync(target) && (hash === undefined || (anchors.get(target)?.has(hash) ?? true));
}

/** The anchors of a page: of its headings, and those that it sets. Of equal headings the second has `-1`. */
function anchorsOf(prose: string): Set<string> {
  const found = new Set([...prose.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id));
  for (const [, heading = ''] of prose.matchAll(/^#+ (.+)$/gm)) {
    const name = slug(heading.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1'));
    let anchor = name;
    for (let n = 1; found.has(anchor); n++) anchor = `${name}-${n}`;
    found.add(anchor);
  }
  return found;
}
