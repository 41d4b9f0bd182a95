import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const budget = JSON.parse(readFileSync(new URL('../size-budget.json', import.meta.url), 'utf8'));

/** What a page pays for the client with the generic handler, what one pays for its worker, and the installation on disk. */
export async function checkSize(app, manifest, unpackedSize) {
  const client = `export { GenericJsonHandler, WebSocketClient } from '${manifest.name}'`;
  const page = `export { connectWorker } from '${manifest.name}/worker'`;
  await checkBundle(app, 'size', client, budget.bundle);
  await checkBundle(app, 'page of a worker', page, budget.page);
  const { limit } = budget.package;
  console.log(`package: ${unpackedSize} bytes unpacked; the limit is ${limit}`);
  assert.ok(unpackedSize <= limit, `the package is larger than ${limit} bytes`);
}

async function checkBundle(app, what, contents, limits) {
  for (const [name, conditions] of [
    ['full', []],
    ['production', ['production']],
  ]) {
    const size = await sizeOf(app, contents, conditions);
    console.log(`${what}, ${name}: ${size} bytes minified and gzipped; the limit is ${limits[name]}`);
    assert.ok(size <= limits[name], `${what}: the ${name} bundle is larger than ${limits[name]} bytes`);
  }
}

async function sizeOf(app, contents, conditions) {
  const result = await build({
    stdin: { contents, resolveDir: app },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions,
  });
  return gzipSync(result.outputFiles[0].contents, { level: 9 }).length;
}
