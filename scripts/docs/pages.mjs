import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const REPOSITORY = 'https://github.com/hpx/hpx-transport-ws';

/** Writes the pages of the site: docs/ as it is, and the README as the home page. Links are made to fit. */
export function writePages(target) {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  for (const entry of readdirSync(join(ROOT, 'docs'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = posix.relative(ROOT, posix.join(entry.parentPath, entry.name));
    const copy = join(target, file.slice('docs/'.length));
    if (file.endsWith('.md')) write(copy, withLinks(file, read(file)));
    else cpSync(join(ROOT, file), copy, { recursive: true });
  }
  write(join(target, 'index.md'), homePage(withLinks('README.md', read('README.md'))));
}

/** The README without its title and its claim, which the top of the page shows. */
function homePage(readme) {
  const [, name, claim, rest] = /^# (.+)\n\n((?:.+\n)+)\n([\s\S]+)$/.exec(readme);
  const top = {
    layout: 'home',
    hero: {
      name,
      tagline: claim.trim().replaceAll('\n', ' '),
      actions: [
        { theme: 'brand', text: 'Guide', link: '/guide' },
        { theme: 'alt', text: 'API', link: '/api/index.html', target: '_self' },
        { theme: 'alt', text: 'GitHub', link: REPOSITORY },
      ],
    },
  };
  return `---\n${JSON.stringify(top)}\n---\n\n${rest}`;
}

/** Links to pages stay within the site; links to other files of the repository lead to GitHub. */
function withLinks(file, text) {
  let isCode = false;
  return text
    .split('\n')
    .map((line) => {
      if (line.startsWith('```')) isCode = !isCode;
      return isCode
        ? line
        : line.replace(/\]\(([^)#\s]+)(#[^)\s]*)?\)/g, (_, to, hash = '') => `](${linkOf(file, to)}${hash})`);
    })
    .join('\n');
}

function linkOf(file, to) {
  if (/^[a-z]+:/.test(to)) return to;
  const path = posix.join(posix.dirname(file), to);
  if (!existsSync(join(ROOT, path))) throw new Error(`${file}: ${to} leads nowhere`);
  if (path === 'README.md') return './index.md';
  if (path.startsWith('docs/')) return `./${path.slice('docs/'.length)}`;
  return `${REPOSITORY}/${statSync(join(ROOT, path)).isDirectory() ? 'tree' : 'blob'}/main/${path}`;
}

function read(file) {
  return readFileSync(join(ROOT, file), 'utf8');
}

function write(file, text) {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}
