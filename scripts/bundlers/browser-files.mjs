import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const { limits } = JSON.parse(readFileSync(new URL('size-budget.json', import.meta.url), 'utf8'));

/** Modules that must not be in a page: the package's code for Node, its testing tools, polyfills for Node. */
const FOREIGN = [
  /node_modules\/(ws|isomorphic-ws|buffer|stream-browserify|readable-stream|util|events)\//,
  /next\/dist\/compiled\/(buffer|stream-browserify|events|ws)\//,
  /hpx-transport-ws\/(dist\/node\/|dist\/browser\/testing|src\/testing\/|src\/adapters\/(default-)?node)/,
];
/** Texts that such code leaves in a minified file. */
const TRACES =
  /Sec-WebSocket|TYPED_ARRAY_SUPPORT|MockWebSocketServer|SimulatedNetwork|require\(["'](ws|node:)|from ?["']ws["']/i;

/** Checks the files for the browser: they hold no code for Node, and are not much larger than the bundle of esbuild. */
export function checkBrowserFiles(folder, { name }, bare) {
  const files = scriptsIn(folder);
  for (const { path, text, sources } of files) {
    const foreign = sources.filter((source) => FOREIGN.some((pattern) => pattern.test(source)));
    assert.deepEqual(foreign, [], `${name}: ${path} contains code for Node or for tests`);
    assert.equal(TRACES.exec(text)?.[0], undefined, `${name}: ${path} contains code for Node or for tests`);
  }
  const ours = files.filter(({ sources }) => sources.some((source) => source.includes('/hpx-transport-ws/')));
  assert.ok(ours.length > 0, `${name}: no file of ${folder} contains the package`);
  for (const { path, text } of ours) assert.doesNotMatch(text, /\bBuffer\b|["']node:/, `${name}: ${path}`);
  const size = ours.reduce((sum, { text }) => sum + zipped(text), 0);
  const over = size - bare;
  console.log(
    `${name}: no Node code; ${size} bytes with the package, ${over} over esbuild; the limit is ${limits[name]}`,
  );
  assert.ok(over <= limits[name], `${name}: larger than esbuild's bundle by more than ${limits[name]} bytes`);
}

/** Each script with the modules that its source map names. */
function scriptsIn(folder) {
  const paths = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith('.js'));
  return paths.map((path) => {
    const text = readFileSync(join(folder, path), 'utf8');
    const map = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(text)?.[1];
    return { path, text, sources: map ? sourcesOf(join(folder, dirname(path), map)) : [] };
  });
}

function sourcesOf(path) {
  const map = JSON.parse(readFileSync(path, 'utf8'));
  return map.sections ? map.sections.flatMap((section) => section.map.sources) : map.sources;
}

/** The size of what the apps share when esbuild bundles it. */
export async function bareSize(work) {
  const result = await build({
    entryPoints: [join(work, 'apps/live.js')],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
  });
  return zipped(result.outputFiles[0].contents);
}

const zipped = (content) => gzipSync(content, { level: 9 }).length;
