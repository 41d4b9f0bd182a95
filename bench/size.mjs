/**
 * Writes docs/size.md: what the client costs a page, part by part, and what each further entry adds.
 *
 * @example
 * node bench/size.mjs [size.md]   (after npm run build)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle, gzippedLength } from './lib/bundle.mjs';
import { dist } from './lib/ours.mjs';
import { sizesOfSources } from './lib/source-sizes.mjs';

const [output = join(import.meta.dirname, '../docs/size.md')] = process.argv.slice(2);
const CLIENT = "export { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';";
const PRODUCTION = ['production'];

const kilobytes = (bytes) => `${(bytes / 1_000).toFixed(1)} kB`;
const sum = (values) => values.reduce((total, value) => total + value, 0);
const table = (head, rows) =>
  [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

async function sizeOf(contents, conditions) {
  const files = (await bundle(contents, { conditions })).map((file) => file.contents);
  return { minified: sum(files.map(({ length }) => length)), gzipped: sum(files.map(gzippedLength)) };
}

const short = await sizeOf(CLIENT, PRODUCTION);
const full = await sizeOf(CLIENT);

const builds = [
  ['condition `production`: short texts', short],
  ['full texts', full],
];

const { exports } = JSON.parse(readFileSync(join(dirname(dist), 'package.json'), 'utf8'));
const NOT_FOR_PAGES = /^\.$|json$|^\.\/(adapters|testing)/;
const entries = [];
for (const entry of Object.keys(exports).filter((path) => !NOT_FOR_PAGES.test(path))) {
  const name = `hpx-transport-ws${entry.slice(1)}`;
  const { gzipped } = await sizeOf(`${CLIENT} export * as entry from '${name}';`, PRODUCTION);
  entries.push([`\`${name}\``, kilobytes(gzipped - short.gzipped)]);
}
if ('./worker' in exports) {
  const page = await sizeOf("export { connectWorker } from 'hpx-transport-ws/worker'", PRODUCTION);
  builds.push(['`connectWorker` alone: a page whose client runs in a worker', page]);
}

const parts = sizesOfSources(await bundle(CLIENT, { sourcemap: true }));
const bytes = (value) => value.toLocaleString('en-US');

writeFileSync(
  output,
  `# Size

\`node bench/size.mjs\` writes this page from the built package. The bundle is the client with GenericJsonHandler for a page: esbuild,
minified, with all dependencies and with all that may load later. A server sends it gzipped.

${table(
  ['build', 'minified', 'gzipped'],
  builds.map(([name, { minified, gzipped }]) => [name, kilobytes(minified), kilobytes(gzipped)]),
)}

## What an entry adds

Gzipped, beside the client, with everything that the entry exports and with the condition \`production\`. React itself is not counted.

${table(['entry', 'adds'], entries)}

## What each part costs

Bytes of each source file in the bundle with full texts. *Gzipped* is how much smaller the gzipped bundle is without the code of the file.
The sum is less than the whole, because similar code compresses well together.

${table(
  ['file', 'minified', 'gzipped'],
  parts.map(({ name, minified, gzipped }) => [`\`${name}\``, bytes(minified), bytes(gzipped)]),
)}
`,
);
console.log(output);
