import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROGRAMS, readCheckedBlocks, readExampleBlocks } from './example-blocks.js';
import { ExampleCompiler, type ExampleModule, moduleName } from './example-modules.js';
import type { ExampleScope } from './example-scope.js';
import { blocksOf } from './pages.js';

const root = process.cwd();
const cache = join(root, 'node_modules/.cache/hpx-transport-ws');
const blocks = readExampleBlocks(root);
const compiler = new ExampleCompiler(
  root,
  blocks.map(({ file }) => file).filter((file) => file.endsWith('.ts')),
);
const modules = blocks.map((block) => compiler.compile(block));
await mkdir(cache, { recursive: true });
// Below node_modules, where the dependencies resolve and git does not look.
const folder = mkdtempSync(join(cache, 'examples-'));
await bundle(modules);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the docs have examples', () => {
  expect(modules.length).toBeGreaterThan(20);
  expect(modules.some(({ file }) => file === 'README.md')).toBe(true);
});

it('the check notices a wrong value and a wrong type', { timeout: 120_000 }, () => {
  const block = {
    file: 'page.md',
    line: 7,
    language: 'ts' as const,
    code: `show(url);\n'abc'.length; // 4, which is wrong\nshow(); // 4 times`,
  };
  const { source, claims } = compiler.compile(block);
  expect(source.split('\n').slice(6, 9)).toEqual([
    'show(url);',
    `same('abc'.length, 4); // 4, which is wrong`,
    'show(); // 4 times',
  ]);
  expect(claims).toBe(1);
  const wrong = compiler.compile({ ...block, code: 'const id: RequestId = true;' });
  const checked = compiler.compileChecked({ ...block, file: 'other.md', code: 'reactive({}).nope;' });
  expect(compiler.check([wrong, checked])).toEqual([
    `page.md:7 Type 'boolean' is not assignable to type 'RequestId'.`,
    `other.md:7 Property 'nope' does not exist on type '{}'.`,
  ]);
});

it('the examples compile, and the blocks of JavaScript that are not run [DC3]', { timeout: 120_000 }, () => {
  const checked = readCheckedBlocks(root).map((block) => compiler.compileChecked(block));
  expect(checked.length).toBeGreaterThan(5);
  const isJavaScript = (what: string) =>
    checked.some(({ file, line, code }) =>
      code.split('\n').some((_, index) => what.startsWith(`${file}:${line + index} `)),
    );
  // JavaScript has no types of arguments.
  const isUsual = (what: string) => / implicitly has an 'any' type/.test(what) && isJavaScript(what);
  expect(compiler.check([...modules, ...checked]).filter((what) => !isUsual(what))).toEqual([]);
});

describe('an example runs and shows right values', { timeout: 30_000 }, () => {
  beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => {}));
  afterEach(() => void vi.restoreAllMocks());

  it.each(modules.map(({ file, line, claims }, at) => [`${file}:${line}`, at, claims, file] as const))(
    '%s [DC3]',
    async (_, at, claims, file) => {
      const { ExampleScope: Scope } = await load<{ ExampleScope: typeof ExampleScope }>('scope');
      const example = await load<{
        default: (scope: ExampleScope, same: (is: unknown, ought: unknown) => void) => Promise<void>;
      }>(`${at}`);
      // Compared afterwards: an example may catch what is thrown at it.
      const actual: unknown[] = [];
      const expected: unknown[] = [];
      const scope = await Scope.open();
      try {
        await example.default(scope, (is, ought) => {
          actual.push(is);
          expected.push(ought);
        });
        expect(actual).toEqual(expected);
        expect(actual.length, 'comparisons that were reached').toBeGreaterThanOrEqual(claims);
        if (PROGRAMS.includes(file)) expect(printed()).toEqual(expect.arrayContaining(outputOf(file)));
      } finally {
        await scope.close();
      }
    },
  );
});

/** The lines that the example printed. */
function printed(): string[] {
  return vi.mocked(console.log).mock.calls.map((values) => values.join(' '));
}

/** The lines that a page says its program prints. */
function outputOf(file: string): string[] {
  const page = { file, text: readFileSync(join(root, file), 'utf8') };
  return blocksOf(page).flatMap(({ kind, code }) => (kind === 'text' ? code.split('\n') : []));
}

function load<T>(name: string): Promise<T> {
  return import(pathToFileURL(join(folder, `${name}.js`)).href);
}

/** All in one build, so that the examples and the scope share the package's classes. */
async function bundle(examples: readonly ExampleModule[]): Promise<void> {
  const entries = Object.fromEntries(examples.map((example, at) => [`${at}`, `example:${moduleName(at, example)}`]));
  await build({
    absWorkingDir: root,
    entryPoints: { ...entries, scope: 'test-node/docs/example-scope.ts' },
    outdir: folder,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    jsx: 'automatic',
    logLevel: 'silent',
    plugins: [
      {
        name: 'examples',
        setup: ({ onResolve, onLoad }) => {
          onResolve({ filter: /^example:/ }, ({ path }) => ({ path, namespace: 'example' }));
          onLoad({ filter: /.*/, namespace: 'example' }, ({ path }) => {
            const { source = '', language } = examples[Number(/\d+/.exec(path)?.[0])] ?? {};
            return { contents: source, loader: language ?? 'ts', resolveDir: root };
          });
        },
      },
    ],
  });
}
