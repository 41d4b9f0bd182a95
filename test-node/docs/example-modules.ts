import ts from 'typescript';
import type { ExampleBlock } from './example-blocks.js';

/** What an example may use without declaring it; see `ExampleScope`. */
const SCOPE = ['server', 'url', 'handler', 'oldHandler', 'headers', 'events', 'show', 'render'];
/** Whose exports an example may use without an import, beside those of its own file. */
const ENTRIES = [
  'src/index.ts',
  'src/testing/index.ts',
  'src/adapters/node.ts',
  'src/adapters/browser.ts',
  'src/handlers/index.ts',
  'src/handlers/bybit.ts',
  'src/order-book.ts',
  'src/worker.ts',
  'src/react.ts',
  'src/recording.ts',
  'src/handlers/binance.ts',
  'src/handlers/ethereum.ts',
  'src/handlers/okx.ts',
  'src/handlers/deribit.ts',
];

/** A block as a module that runs it: `export default (scope, same) => Promise<void>`. */
export interface ExampleModule extends ExampleBlock {
  /** Its lines are those of the file it came from. */
  readonly source: string;
  /** How many `expression; // value` comments it holds. */
  readonly claims: number;
}

/** Names that a block that is not run may use, beside all others. */
const CHECKED_SCOPE = 'test-node/docs/checked-scope.ts';
const CHECKED_PACKAGES = 'test-node/docs/checked-packages.d.ts';

/** Turns blocks into modules. Paths of imports are relative to the root of the repository. */
export class ExampleCompiler {
  readonly #root: string;
  readonly #options: ts.CompilerOptions;
  readonly #exports = new Map<string, Map<string, string>>();

  constructor(root: string, sources: readonly string[]) {
    this.#root = root;
    const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
    // An example may declare something only to show how.
    this.#options = { ...options, noUnusedLocals: false, noUnusedParameters: false };
    this.#readExports(sources);
  }

  compile(block: ExampleBlock, more: readonly string[] = []): ExampleModule {
    const file = ts.createSourceFile(moduleName(0, block), block.code, ts.ScriptTarget.Latest, true);
    const isReact = block.language === 'tsx';
    const imports = file.statements.filter(ts.isImportDeclaration);
    const own = namesDeclaredIn(file);
    const used = namesUsedIn(file);
    const isFree = (name: string) => used.has(name) && !own.has(name);
    const header = [
      ...this.#importsFor([block.file, ...more], isFree),
      ...imports.map((node) => node.getText()),
      ...(isReact ? RENDERER : []),
      `import type { ExampleScope } from './test-node/docs/example-scope.js';`,
      'export default async (scope: ExampleScope, same: (actual: unknown, expected: unknown) => void): Promise<void> => {',
      ...SCOPE.filter(isFree).map((name) => `const ${name} = scope.${name};`),
      isFree('client') ? 'const client = await scope.client();' : '',
      isFree('server') && !used.has('client') ? 'await scope.visit();' : '',
    ];
    const { text, claims } = withClaims(file, imports);
    // The header is on the line before the block, so that all line numbers are those of the page.
    const source = `${'\n'.repeat(block.line - 2)}${header.join(' ')}\n${text}\n${isReact ? rendering(file) : ''}};\n`;
    // A page names a server of its own; here it is the mock server.
    return { ...block, claims, source: source.replace(/(['"])wss?:\/\/[\w.-]*example\.com[^'"]*\1/g, 'scope.url') };
  }

  /** Turns a block of JavaScript that is not run into a module that can be checked. */
  compileChecked(block: ExampleBlock): ExampleModule {
    return this.compile(block, [CHECKED_SCOPE]);
  }

  /** What the type checker has to say about modules, as `file:line message`. */
  check(modules: readonly ExampleModule[]): string[] {
    const texts = new Map(modules.map((module, at) => [`${this.#root}/${moduleName(at, module)}`, module]));
    const host = ts.createCompilerHost(this.#options);
    const { fileExists, getSourceFile, readFile } = host;
    host.fileExists = (path) => texts.has(path) || fileExists(path);
    host.readFile = (path) => texts.get(path)?.source ?? readFile(path);
    host.getSourceFile = (path, languageVersion, onError) => {
      const module = texts.get(path);
      return module
        ? ts.createSourceFile(path, module.source, languageVersion)
        : getSourceFile(path, languageVersion, onError);
    };
    const program = ts.createProgram([...texts.keys(), `${this.#root}/${CHECKED_PACKAGES}`], this.#options, host);
    return [...texts].flatMap(([path, { file }]) =>
      ts.getPreEmitDiagnostics(program, program.getSourceFile(path)).map(({ start = 0, messageText, file: where }) => {
        const line = (where?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
        return `${file}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
      }),
    );
  }

  #importsFor(files: readonly string[], isFree: (name: string) => boolean): string[] {
    const from = new Map<string, string>();
    for (const path of [...files, ...ENTRIES]) {
      for (const [name, words] of this.#exports.get(path) ?? []) {
        if (isFree(name) && !SCOPE.includes(name) && !from.has(name)) from.set(name, words);
      }
    }
    return [...from.values()];
  }

  /** For each file its exports, each with the import that gets it. */
  #readExports(sources: readonly string[]): void {
    const paths = [...new Set([...ENTRIES, CHECKED_SCOPE, ...sources])];
    const program = ts.createProgram(
      paths.map((path) => `${this.#root}/${path}`),
      this.#options,
    );
    const checker = program.getTypeChecker();
    for (const path of paths) {
      const file = program.getSourceFile(`${this.#root}/${path}`);
      const symbol = file && checker.getSymbolAtLocation(file);
      const names = new Map<string, string>();
      for (const exported of symbol ? checker.getExportsOfModule(symbol) : []) {
        const origin = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
        const type = origin.flags & ts.SymbolFlags.Value ? '' : 'type ';
        names.set(exported.name, `import { ${type}${exported.name} } from './${path.replace(/\.ts$/, '.js')}';`);
      }
      this.#exports.set(path, names);
    }
  }
}

/** Where a module is to be found, from the root of the repository; nothing is written there. */
export function moduleName(at: number, { language }: Pick<ExampleBlock, 'language'>): string {
  return `example-${at}.${language}`;
}

/** Renders the components of an example, each as a server does. */
function rendering(file: ts.SourceFile): string {
  const functions = file.statements.filter(ts.isFunctionDeclaration);
  const components = functions.flatMap(({ name }) => (name && /^[A-Z]/.test(name.text) ? [name.text] : []));
  return components.map((name) => `renderToString(createElement(${name} as unknown as () => null));`).join(' ');
}

const RENDERER = ["import { createElement } from 'react';", "import { renderToString } from 'react-dom/server';"];

function namesDeclaredIn(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const { name } = node as { name?: ts.Node };
    const declares = ts.isVariableDeclaration(node) || ts.isBindingElement(node) || ts.isParameter(node);
    if ((declares || isNamedStatement(node)) && name && ts.isIdentifier(name)) names.add(name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

function isNamedStatement(node: ts.Node): boolean {
  return (
    ts.isClassDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportSpecifier(node) ||
    ts.isImportClause(node)
  );
}

function namesUsedIn(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const isMember = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
    const isKey = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
    if (ts.isIdentifier(node) && !isMember && !isKey) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return names;
}

/** The code without its imports, and with each `expression; // value` as a comparison. */
function withClaims(file: ts.SourceFile, imports: readonly ts.Node[]): { text: string; claims: number } {
  const edits: { start: number; end: number; text: string }[] = imports.map((node) => ({
    start: node.getStart(),
    end: node.end,
    text: '\n'.repeat(node.getText().split('\n').length - 1),
  }));
  let claims = 0;
  const visit = (node: ts.Node): void => {
    const value = ts.isExpressionStatement(node) ? valueBehind(file.text, node.end) : undefined;
    if (ts.isExpressionStatement(node) && value !== undefined) {
      claims++;
      edits.push({ start: node.getStart(), end: node.end, text: `same(${node.expression.getText()}, ${value});` });
    } else {
      ts.forEachChild(node, visit);
    }
  };
  visit(file);
  const text = edits
    .sort((a, b) => b.start - a.start)
    .reduce((code, { start, end, text: by }) => code.slice(0, start) + by + code.slice(end), file.text);
  return { text, claims };
}

/** The value that a comment on the same line begins with, if it does; words may follow behind a comma. */
function valueBehind(code: string, end: number): string | undefined {
  const [, comment] = /^[ \t]*\/\/ ([^\n]*)/.exec(code.slice(end)) ?? [];
  if (!comment || !/^(?:['"\d[{-]|(?:true|false|null|undefined|Infinity)\b)/.test(comment)) return undefined;
  for (let cut = comment.length; cut > 0; cut = comment.lastIndexOf(', ', cut - 1)) {
    const value = comment.slice(0, cut);
    if (isValue(value)) return value;
  }
  return undefined;
}

function isValue(text: string): boolean {
  const { diagnostics = [] } = ts.transpileModule(`(${text});`, { reportDiagnostics: true });
  if (diagnostics.length > 0) return false;
  let isPlain = true;
  const visit = (node: ts.Node): void => {
    const isKey = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
    if (ts.isIdentifier(node) && !isKey && !['undefined', 'Infinity', 'NaN'].includes(node.text)) isPlain = false;
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(ts.createSourceFile('value.ts', `(${text});`, ts.ScriptTarget.Latest, true), visit);
  return isPlain;
}
