import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');
const OPTIONS = {
  allowJs: true,
  checkJs: true,
  noEmit: true,
  strict: true,
  noImplicitAny: false,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: [],
};

/** Checks the code "before" of a page about moving here against the types of the package that it uses. Returns what is wrong. */
export function wrongOldCode(page) {
  const blocks = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/```js\n(\/\/ before\n[\s\S]*?)```/g)];
  if (blocks.length === 0) throw new Error(`${page} has no code "before"`);
  return blocks.flatMap(([, code], index) => {
    // Here, the packages of scripts/docs/package.json are found. `export {}` makes a module of it, for top-level await.
    const name = join(import.meta.dirname, `${basename(page, '.md')}-${index}.js`);
    const host = ts.createCompilerHost(OPTIONS);
    const { fileExists, getSourceFile } = host;
    host.fileExists = (path) => path === name || fileExists(path);
    host.getSourceFile = (path, ...others) =>
      path === name
        ? ts.createSourceFile(path, `${code}\nexport {};`, ts.ScriptTarget.ES2022)
        : getSourceFile(path, ...others);
    const program = ts.createProgram([name], OPTIONS, host);
    return ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(({ messageText }) => `${page}, block ${index + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  });
}
