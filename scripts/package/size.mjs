import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const budget = JSON.parse(readFileSync(new URL('../size-budget.json', import.meta.url), 'utf8'));

/** What a page pays for the client with the generic handler, and what an installation takes on disk. */
export async function checkSize(app, manifest, unpackedSize) {
  await checkBundle(app, manifest, budget.bundle);
  const { limit } = budget.package;
  console.log(`package: ${unpackedSize} bytes unpacked; the limit is ${limit}`);
  assert.ok(unpackedSize <= limit, `the package is larger than ${limit} bytes`);
}

async function checkBundle(app, manifest, { target, limit }) {
  const result = await build({
    stdin: { contents: `export { GenericJsonHandler, WebSocketClient } from '${manifest.name}'`, resolveDir: app },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
  });
  const size = gzipSync(result.outputFiles[0].contents, { level: 9 }).length;
  const verdict = size <= target ? 'within the target' : `over the target of ${target}`;
  console.log(`size: ${size} bytes minified and gzipped, ${verdict}; the limit is ${limit}`);
  assert.ok(size <= limit, `the bundle is larger than ${limit} bytes`);
}
