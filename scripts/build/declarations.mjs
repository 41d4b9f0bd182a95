import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** The relative paths in a declaration file: `from './x.js'`, `import './x.js'` and `import('./x.js')`. */
const RELATIVE = /(\bfrom |\bimport |\bimport\()(['"])(\.[^'"]+)\.js\2/g;

/**
 * Writes `dist/types`: a `.d.ts` for each source that the declarations of an entry refer to, and a `.d.cts` twin for
 * CommonJS.
 */
export function writeDeclarations(entries) {
  const emitted = emitAll(entries);
  const reached = new Set();
  const reach = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, , , path] of emitted.get(file).matchAll(RELATIVE)) reach(`${join(dirname(file), path)}.d.ts`);
  };
  for (const entry of entries) reach(entry.replace(/^src\/(.*)\.ts$/, 'dist/types/$1.d.ts'));
  for (const file of reached) {
    const text = emitted.get(file);
    ts.sys.writeFile(file, text);
    ts.sys.writeFile(file.replace(/\.d\.ts$/, '.d.cts'), text.replace(RELATIVE, '$1$2$3.cjs$2'));
  }
}

/** The declarations of all sources that the entries import, by file name. */
function emitAll(entries) {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, '.');
  const program = ts.createProgram(entries, {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    noEmitOnError: true,
    rootDir: 'src',
    outDir: 'dist/types',
  });
  const emitted = new Map([[DISPOSABLE_FILE, DISPOSABLE]]);
  const { diagnostics } = program.emit(undefined, (file, text) =>
    emitted.set(file, withDisposable(file, withUndefined(text))),
  );
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnosticsWithColorAndContext(diagnostics, HOST));
  return emitted;
}

const DISPOSABLE_FILE = 'dist/types/disposable.d.ts';
/**
 * An application on an older `lib` has no Symbol.asyncDispose, and TypeScript before 5.2 has no such `lib`. The types of Node
 * declare the same; equal declarations merge.
 */
const DISPOSABLE = `declare global {
    interface SymbolConstructor {
        readonly dispose: unique symbol;
        readonly asyncDispose: unique symbol;
    }
    interface Disposable {
        [Symbol.dispose](): void;
    }
    interface AsyncDisposable {
        [Symbol.asyncDispose](): PromiseLike<void>;
    }
}
export {};
`;

function withDisposable(file, text) {
  if (!text.includes('Symbol.asyncDispose')) return text;
  const path = relative(dirname(file), DISPOSABLE_FILE.replace('.d.ts', '.js'));
  return `import '${path.startsWith('.') ? path : `./${path}`}';\n${text}`;
}

/** Objects of options, from the declaration to the end, and an optional member of one. */
const OPTIONS = /^export interface \w*(?:Options|Input|Endpoint)\b[\s\S]*?^}/gm;
const OPTIONAL = /^( {4}(?:readonly )?\w+\?: )(.+)(?<!undefined);$/gm;

/** An option that is `undefined` counts as missing. With `exactOptionalPropertyTypes` that has to be declared. */
function withUndefined(text) {
  return text.replace(OPTIONS, (options) =>
    options.replace(OPTIONAL, (_, name, type) => `${name}${type.includes('=>') ? `(${type})` : type} | undefined;`),
  );
}

const HOST = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => '\n',
};
