import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, relative, resolve as resolvePath } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import esbuild from 'rollup-plugin-esbuild';
import { writeDeclarations } from './scripts/build/declarations.mjs';
import { internalNames } from './scripts/build/internal-names.mjs';
import { nameFor, platforms, withoutMark } from './scripts/build/platforms.mjs';
import { referencePages } from './scripts/build/reference-pages.mjs';
import { shortTexts, TEXTS, textsPage } from './scripts/build/short-texts.mjs';
import { smallSourceMaps } from './scripts/build/source-maps.mjs';

const { dependencies, exports, name, peerDependencies, version } = JSON.parse(readFileSync('package.json', 'utf8'));

// package.json is the one list of entries: './handlers/bybit' there is src/handlers/bybit.ts here.
const entries = Object.entries(exports)
  .filter(([path]) => !path.endsWith('.json'))
  .flatMap(([path, conditions]) => {
    const name = path === '.' ? 'index' : path.slice(2);
    const built = ['browser', 'node'].filter((platform) => platform in conditions);
    return built.map((platform) => ({ name, platform, source: sourceOf(name, platform) }));
  });

/** The source of an entry; a source for one platform is `*.browser.ts`. */
function sourceOf(name, platform) {
  const stem = existsSync(`src/${name}.ts`) ? `src/${name}` : `src/${name}/index`;
  const own = `${stem}.${platform}.ts`;
  return existsSync(own) ? own : `${stem}.ts`;
}

/**
 * Bundled: nanoid, because it has no CommonJS, and eventemitter3, because it has only CommonJS behind its ES module, which no
 * browser loads natively. The types of eventemitter3 stay in its package.
 */
const BUNDLED = ['nanoid', 'eventemitter3'];

const plugins = (options = {}) => [
  platforms(),
  // nanoid in its browser form, which runs everywhere: a bundler for an edge runtime would take the form for Node.
  resolve({ browser: true, exportConditions: ['browser'] }),
  commonjs(),
  esbuild({ target: 'es2022', ...options }),
];
const external = Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => !BUNDLED.includes(name));

/** Hooks run in client components only: bundlers for React's server components look for this directive. */
const directive = ({ name }) => (/(^|\/)react$/.test(name) ? "'use client';" : '');

/** Names of shared files, by a source that is in them. Any other shared file is named after its last source. */
const SHARED_NAMES = { 'src/config.ts': 'core', 'src/errors.ts': 'errors', 'src/util/options.ts': 'options' };

function sharedNameOf(moduleIds) {
  const sources = moduleIds.map((id) => relative('.', id));
  const known = sources.find((source) => source in SHARED_NAMES);
  return known ? SHARED_NAMES[known] : basename(sources.at(-1), '.ts');
}

/** Readable code without comments: the comments are in `src`, which the package ships, and in the declarations. */
const WITHOUT_COMMENTS = {
  compress: false,
  mangle: false,
  format: { beautify: true, comments: false, indent_level: 2, ecma: 2020, preserve_annotations: true },
};

/** All entries of both platforms in one build, so that they share code and classes. */
function library(format) {
  const extension = format === 'es' ? 'js' : 'cjs';
  return {
    input: Object.fromEntries(
      entries.map(({ name, platform, source }) => [`${platform}/${name}`, nameFor(platform, source)]),
    ),
    external: (id) => id.startsWith('node:') || external.some((name) => id === name || id.startsWith(`${name}/`)),
    plugins: plugins(),
    output: {
      dir: 'dist',
      format,
      sourcemap: true,
      sourcemapPathTransform: withoutMark,
      exports: 'named',
      interop: 'auto',
      banner: directive,
      hoistTransitiveImports: false,
      // Bytes. Files that are smaller are joined with others: Node loads 14 files instead of 22. Larger ones stay apart, because a
      // bundler would leave out less of them.
      experimentalMinChunkSize: 2_000,
      entryFileNames: `[name].${extension}`,
      chunkFileNames: ({ moduleIds }) => `shared/${sharedNameOf(moduleIds)}.${extension}`,
      plugins: [terser(WITHOUT_COMMENTS), smallSourceMaps({ byLine: true })],
    },
  };
}

/** Where the short texts of a release are explained. */
const TEXTS_PAGE = `https://github.com/hpx/hpx-transport-ws/blob/v${version}/docs/messages.md`;

/** The browser build with short texts and short names of internal members. */
function production(format) {
  const extension = format === 'es' ? 'js' : 'cjs';
  const names = internalNames();
  const short = { name: 'short-texts', load: (id) => (id === resolvePath(TEXTS) ? shortTexts(TEXTS_PAGE) : null) };
  const mangled = { mangleProps: new RegExp(`^(?:${Object.keys(names).join('|')})$`), mangleCache: names };
  const build = library(format);
  return {
    ...build,
    input: Object.fromEntries(
      entries
        .filter(({ platform }) => platform === 'browser')
        .map(({ name, source }) => [name, nameFor('browser', source)]),
    ),
    plugins: [short, ...plugins(mangled)],
    output: {
      ...build.output,
      dir: 'dist/production',
      sourcemap: false,
      entryFileNames: `[name].${extension}`,
      plugins: [terser({ ...WITHOUT_COMMENTS, format: { ...WITHOUT_COMMENTS.format, beautify: false } })],
    },
  };
}

const script = {
  input: nameFor('browser', 'src/index.ts'),
  plugins: plugins(),
  output: {
    file: 'dist/hpx-transport-ws.min.js',
    format: 'iife',
    name: 'HpxTransportWs',
    exports: 'named',
    sourcemap: true,
    sourcemapPathTransform: withoutMark,
    plugins: [terser({ ecma: 2020 }), smallSourceMaps()],
  },
};

/** The command line: its own code alone. It imports the package by its public names. */
const cli = {
  input: 'src/cli/main.ts',
  external: (id) => id.startsWith('node:') || external.includes(id) || id.split('/')[0] === name,
  plugins: plugins({ define: { PACKAGE_VERSION: JSON.stringify(version) } }),
  output: {
    file: 'dist/node/cli.js',
    format: 'es',
    banner: '#!/usr/bin/env node',
    sourcemap: true,
    sourcemapPathTransform: withoutMark,
    plugins: [terser(WITHOUT_COMMENTS), smallSourceMaps({ byLine: true })],
  },
};

export default async () => {
  rmSync('dist', { recursive: true, force: true });
  writeDeclarations([...new Set(entries.map(({ source }) => source))]);
  writeFileSync('docs/messages.md', textsPage());
  for (const { path, text } of await referencePages()) writeFileSync(path, text);
  return [library('es'), library('cjs'), production('es'), production('cjs'), script, cli];
};
