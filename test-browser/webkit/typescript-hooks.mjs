// Lets Node load the tests of Playwright as they are, with fixtures.ts of this folder instead of Playwright's.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

const PLAYWRIGHT_FIXTURES = new URL('../fixtures.ts', import.meta.url).href;
const FIXTURES = new URL('./fixtures.ts', import.meta.url).href;

export async function resolve(specifier, context, next) {
  if (!specifier.startsWith('.') || context.parentURL.includes('/node_modules/')) return next(specifier, context);
  const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
  if (!source.pathname.endsWith('.ts') || !existsSync(source)) return next(specifier, context);
  return { url: source.href === PLAYWRIGHT_FIXTURES ? FIXTURES : source.href, format: 'module', shortCircuit: true };
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const sourcefile = fileURLToPath(url);
  const { code } = await transform(await readFile(sourcefile, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'es2022',
    sourcefile,
    sourcemap: 'inline',
    // Without the paths of tsconfig.json, which lead to the sources.
    tsconfigRaw: {},
  });
  return { format: 'module', source: code, shortCircuit: true };
}
