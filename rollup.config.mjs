import { existsSync, readFileSync, rmSync } from 'node:fs';
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import esbuild from 'rollup-plugin-esbuild';
import ts from 'typescript';

const { dependencies, exports } = JSON.parse(readFileSync('package.json', 'utf8'));

// package.json is the one list of entries: './handlers/bybit' there is src/handlers/bybit.ts here.
const entries = Object.keys(exports)
  .filter((name) => !name.endsWith('.json'))
  .map((name) => ({ name: name === '.' ? 'index' : name.slice(2), platforms: Object.keys(exports[name]) }));

/** The source of an entry; where a platform has a face of its own it is `*.browser.ts`. */
function sourceOf(name, platform) {
  const stem = existsSync(`src/${name}.ts`) ? `src/${name}` : `src/${name}/index`;
  const own = `${stem}.${platform}.ts`;
  return existsSync(own) ? own : `${stem}.ts`;
}

function inputs(platform) {
  const chosen = entries.filter((entry) => entry.platforms.includes(platform));
  return Object.fromEntries(chosen.map(({ name }) => [name, sourceOf(name, platform)]));
}

function plugins(platform) {
  return [
    {
      name: 'adapter',
      resolveId: (id) => (id === '#adapter' ? `${import.meta.dirname}/src/adapters/default-${platform}.ts` : null),
    },
    resolve({ browser: platform === 'browser', exportConditions: [platform], preferBuiltins: platform === 'node' }),
    commonjs(),
    esbuild({ target: 'es2022' }),
  ];
}

function isExternal(bundled) {
  const names = Object.keys(dependencies).filter((name) => !bundled.includes(name));
  return (id) => id.startsWith('node:') || names.some((name) => id === name || id.startsWith(`${name}/`));
}

/** All entries of one platform in one build, so that they share their classes. */
function library(platform, format, bundled) {
  const extension = format === 'es' ? 'js' : 'cjs';
  return {
    input: inputs(platform),
    external: isExternal(bundled),
    plugins: plugins(platform),
    output: {
      dir: `dist/${platform}`,
      format,
      sourcemap: true,
      exports: 'named',
      interop: 'auto',
      hoistTransitiveImports: false,
      entryFileNames: `[name].${extension}`,
      chunkFileNames: `shared/[name].${extension}`,
    },
  };
}

const script = {
  input: sourceOf('index', 'browser'),
  plugins: plugins('browser'),
  output: {
    file: 'dist/hpx-transport-ws.min.js',
    format: 'iife',
    name: 'HpxTransportWs',
    exports: 'named',
    sourcemap: true,
    plugins: [terser({ ecma: 2020 })],
  },
};

/** Writes dist/types: a .d.ts for each source that an entry reaches, and its twin for CommonJS. */
function declarations() {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, '.');
  const roots = new Set(['browser', 'node'].flatMap((platform) => Object.values(inputs(platform))));
  const program = ts.createProgram([...roots], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    noEmitOnError: true,
    rootDir: 'src',
    outDir: 'dist/types',
  });
  const { diagnostics } = program.emit(undefined, (file, emitted) => {
    // An application on an older `lib` has no Symbol.asyncDispose, and tsc drops the reference from what it emits.
    const text = emitted.includes('Symbol.asyncDispose')
      ? `/// <reference lib="esnext.disposable" />\n${emitted}`
      : emitted;
    ts.sys.writeFile(file, text);
    const twin = text.replace(/(\bfrom |\bimport\()(['"])(\.[^'"]+)\.js\2/g, '$1$2$3.cjs$2');
    ts.sys.writeFile(file.replace(/\.d\.ts$/, '.d.cts'), twin);
  });
  if (diagnostics.length > 0) {
    throw new Error(
      ts.formatDiagnosticsWithColorAndContext(diagnostics, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => import.meta.dirname,
        getNewLine: () => '\n',
      }),
    );
  }
}

export default () => {
  rmSync('dist', { recursive: true, force: true });
  declarations();
  return [
    library('node', 'es', []),
    // nanoid is published as an ES module alone.
    library('node', 'cjs', ['nanoid']),
    // Its Node file would be taken where a bundler for an edge runtime knows no browser condition.
    library('browser', 'es', ['nanoid']),
    library('browser', 'cjs', ['nanoid']),
    script,
  ];
};
