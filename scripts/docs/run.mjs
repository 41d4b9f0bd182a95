// `npm run docs` builds the site of the documentation into site/: the README and docs/ by VitePress, the API by typedoc.
// `npm run check:docs` also follows its links, visits it in a browser, and checks the code of other packages in docs/.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { writePages } from './pages.mjs';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');
const SITE = join(ROOT, 'site');
/** Where the site will be on its host: `/`, or a folder such as `/hpx-transport-ws/`. */
const BASE = process.env.DOCS_BASE ?? '/';
const MIGRATIONS = ['docs/migrating-from-bybit-api.md', 'docs/migrating-from-reconnecting-websocket.md'];

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

install();
rmSync(SITE, { recursive: true, force: true });
writePages(join(HERE, 'pages'));
await buildPages();
const { writeApi } = await import('./api.mjs');
await writeApi(join(SITE, 'api'), BASE);
console.log(`The site is in ${relative(process.cwd(), SITE) || '.'}`);
if (values.check) await check();

/** `npm ci`, unless what is installed is what the lockfile says. */
function install() {
  const installed = join(HERE, 'node_modules/.package-lock.json');
  const wanted = JSON.parse(readFileSync(join(HERE, 'package-lock.json'), 'utf8')).packages;
  if (existsSync(installed)) {
    const { packages } = JSON.parse(readFileSync(installed, 'utf8'));
    const isSame = ([path, { version }]) => wanted[path]?.version === version;
    const direct = Object.keys(wanted[''].dependencies).every((name) => packages[`node_modules/${name}`]);
    if (direct && Object.entries(packages).every(isSame)) return;
  }
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['ci', ...quiet], { cwd: HERE, stdio: ['ignore', 'inherit', 'inherit'] });
}

async function buildPages() {
  const { build } = await import('vitepress');
  await build(HERE);
  cpSync(join(HERE, 'icon.svg'), join(SITE, 'icon.svg'));
  // What draws the diagrams; see .vitepress/theme.
  const mermaid = join(HERE, 'node_modules/mermaid/dist');
  for (const part of ['mermaid.esm.min.mjs', 'chunks/mermaid.esm.min']) {
    const isNeeded = (path) => !path.endsWith('.map');
    cpSync(join(mermaid, part), join(SITE, 'mermaid', part), { recursive: true, filter: isNeeded });
  }
}

async function check() {
  const { deadLinks } = await import('./links.mjs');
  const { browse } = await import('./browse.mjs');
  const { wrongOldCode } = await import('./old-code.mjs');
  const counts = { passed: 0, failed: 0 };
  const report = (name, problem) => {
    counts[problem ? 'failed' : 'passed']++;
    console.log(`${problem ? 'FAILED' : 'passed'} ${name}${problem ? `\n${problem.stack ?? problem}` : ''}`);
  };
  const { dead, pages } = deadLinks(SITE, BASE);
  report(`every link of ${pages} pages leads somewhere`, dead.length > 0 && dead.join('\n'));
  for (const page of MIGRATIONS) {
    const wrong = wrongOldCode(page);
    report(`the code "before" of ${page} compiles`, wrong.length > 0 && wrong.join('\n'));
  }
  await browse(SITE, report);
  console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
  if (counts.failed > 0) process.exitCode = 1;
}
