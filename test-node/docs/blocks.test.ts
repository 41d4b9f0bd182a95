import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { checkCommands } from './commands.js';
import { type Block, blocksOf, proseOf, readPages } from './pages.js';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const pages = readPages();
const blocks = pages.flatMap(blocksOf);
let exported: Map<string, Set<string>> | undefined;

/** How the blocks of each kind are checked; a kind that is not here fails. Each check returns what is wrong. */
const checks: Readonly<Record<string, (block: Block) => readonly string[]>> = {
  // examples.test.ts runs them, in the README and in docs/.
  ts: ({ file }) => (file === 'README.md' || file.startsWith('docs/') ? [] : ['only the README and docs/ are run']),
  js: checkScript,
  // Code for a framework, which a script of its own builds.
  typescript: checkScript,
  jsx: checkScript,
  tsx: checkScript,
  vue: checkScripts,
  svelte: checkScripts,
  html: checkScripts,
  // One value, or one value on each line.
  json: ({ code }) => (wrongJson(code).length === 0 ? [] : code.split('\n').flatMap(wrongJson)),
  sh: ({ file, code }) => checkCommands(code, pageOf(file)),
  // Made from the table of states: reference-pages.test.ts, spec.test.ts.
  mermaid: ({ code }) => (code.startsWith('stateDiagram-v2\n') ? [] : ['a diagram that no test makes']),
  // What a program prints. examples.test.ts compares what the guide says.
  text: () => [],
  '': () => [],
};

it('every kind of block is checked somehow [DC3]', () => {
  const kinds = [...new Set(blocks.map(({ kind }) => kind))];
  expect(kinds.filter((kind) => !Object.hasOwn(checks, kind))).toEqual([]);
  expect(kinds).toEqual(expect.arrayContaining(['ts', 'js', 'sh', 'html', 'mermaid']));
});

describe('a block that is not run is right as far as it can be checked [DC3]', () => {
  const others = blocks.filter(({ kind }) => kind !== 'ts');
  it.each(others.map((block) => [`${block.file}:${block.line}`, block.kind, block] as const))(
    '%s %s',
    (_, kind, block) => {
      expect(checks[kind]?.(block)).toEqual([]);
    },
  );
});

it('every command in the prose names a script and options that exist [DC3]', () => {
  const wrong = pages.flatMap((page) =>
    [...proseOf(page).matchAll(/`((?:npm|npx|node) [^`]+)`/g)].flatMap(([, command = '']) =>
      checkCommands(command, page.text).map((what) => `${page.file}: ${what}`),
    ),
  );
  expect(wrong).toEqual([]);
});

it('the checks notice mistakes', () => {
  const block = (kind: string, code: string) => checks[kind]?.({ file: 'page.md', line: 1, kind, code });
  expect(block('js', 'const = 1;')).not.toEqual([]);
  expect(block('js', "import { nope } from 'hpx-transport-ws';")).toEqual(["hpx-transport-ws has no export 'nope'"]);
  expect(block('js', "import { x } from 'hpx-transport-ws/nope';")).toEqual(['hpx-transport-ws/nope is no entry']);
  expect(block('vue', "<script>\nimport { nope } from 'hpx-transport-ws';\n</script>")).toHaveLength(1);
  expect(block('json', '{ "a": }')).not.toEqual([]);
  expect(block('json', '{ "a": 1 }\n{ "a": 2 }')).toEqual([]);
  expect(checkCommands('npm run nope', '')).toEqual(["npm run nope: package.json has no script 'nope'"]);
  expect(checkCommands('npm run simulate -- --sedes 5', '')).toEqual([
    'npm run simulate -- --sedes 5: test-node/simulation/simulate.mjs knows no --sedes',
  ]);
  expect(checkCommands('npx vitest run test-node/nope', '')).toEqual([
    'npx vitest run test-node/nope: no test-node/nope',
  ]);
});

function pageOf(file: string): string {
  return pages.find((page) => page.file === file)?.text ?? '';
}

/** The `<script>` parts of a page or a component. */
function checkScripts(block: Block): string[] {
  return [...block.code.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)].flatMap(
    ([, attributes = '', code = '']) => {
      if (/type="importmap"/.test(attributes)) return wrongJson(code).concat(wrongPaths(code));
      return checkScript({ ...block, code });
    },
  );
}

/** The syntax, and that what is imported from this package exists. */
function checkScript({ kind, code }: Block): string[] {
  const fileName = kind === 'jsx' || kind === 'tsx' ? 'block.tsx' : 'block.ts';
  const file = ts.createSourceFile(fileName, code, ts.ScriptTarget.Latest, true);
  const { diagnostics = [] } = ts.transpileModule(code, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, jsx: ts.JsxEmit.Preserve },
  });
  const syntax = diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  return [...syntax, ...file.statements.filter(ts.isImportDeclaration).flatMap(wrongImport)];
}

function wrongImport({ moduleSpecifier, importClause }: ts.ImportDeclaration): string[] {
  const name = (moduleSpecifier as ts.StringLiteral).text;
  if (name !== manifest.name && !name.startsWith(`${manifest.name}/`)) return [];
  const path = name.replace(manifest.name, '.');
  if (!Object.hasOwn(manifest.exports, path)) return [`${name} is no entry`];
  const bindings = importClause?.namedBindings;
  if (!bindings || !ts.isNamedImports(bindings)) return [];
  const names = exportsOf(path);
  return bindings.elements
    .map((element) => (element.propertyName ?? element.name).text)
    .filter((imported) => !names.has(imported))
    .map((imported) => `${name} has no export '${imported}'`);
}

/** What an entry exports, types too. */
function exportsOf(path: string): Set<string> {
  exported ??= readExports();
  return exported.get(path) ?? new Set();
}

/** The exports of every entry, from one program: to make a program takes seconds. */
function readExports(): Map<string, Set<string>> {
  const sources = new Map(Object.keys(manifest.exports).flatMap((path) => sourcesOf(path)));
  const program = ts.createProgram([...sources.values()], { module: ts.ModuleKind.NodeNext, types: [] });
  const checker = program.getTypeChecker();
  const namesIn = (source: string) => {
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(source) as ts.SourceFile);
    return new Set(symbol ? checker.getExportsOfModule(symbol).map(({ name }) => name) : []);
  };
  return new Map([...sources].map(([path, source]) => [path, namesIn(source)]));
}

/** An entry with its source. `./package.json` has none. */
function sourcesOf(path: string): [string, string][] {
  const name = path === '.' ? 'index' : path.slice(2);
  const source = [`src/${name}.ts`, `src/${name}.tsx`, `src/${name}/index.ts`].find((file) => existsSync(file));
  return source === undefined ? [] : [[path, source]];
}

function wrongJson(code: string): string[] {
  try {
    JSON.parse(code);
    return [];
  } catch (error) {
    return [String(error)];
  }
}

/** Files of this package that an import map names, as `exports` has them. */
function wrongPaths(code: string): string[] {
  const named = [...code.matchAll(/node_modules\/hpx-transport-ws\/([^"]+)"/g)].map(([, path = '']) => path);
  const known = JSON.stringify(manifest.exports);
  return named.filter((path) => !known.includes(`"./${path}"`)).map((path) => `${path} is not in exports`);
}
