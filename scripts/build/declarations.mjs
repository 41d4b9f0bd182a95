import { dirname, join } from 'node:path';
import ts from 'typescript';

/** The relative paths in a declaration file: `from './x.js'` and `import('./x.js')`. */
const RELATIVE = /(\bfrom |\bimport\()(['"])(\.[^'"]+)\.js\2/g;

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
  const emitted = new Map();
  const { diagnostics } = program.emit(undefined, (file, text) => emitted.set(file, withDisposable(text)));
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnosticsWithColorAndContext(diagnostics, HOST));
  return emitted;
}

/** An application on an older `lib` has no Symbol.asyncDispose, and tsc drops the reference from its output. */
function withDisposable(text) {
  return text.includes('Symbol.asyncDispose') ? `/// <reference lib="esnext.disposable" />\n${text}` : text;
}

const HOST = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => '\n',
};
