import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What a page pays for the client with the generic handler. */
export async function checkSize(app, manifest) {
  const { target, limit } = JSON.parse(readFileSync(new URL('../size-budget.json', import.meta.url), 'utf8'));
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
