import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { dist } from '../lib/ours.mjs';

/**
 * What a page pays for a client: bytes, bundled with all dependencies, minified and gzipped.
 * @param {{ contents: string }} options - `DIST` in it is our build
 */
export default async function bundleSize({ contents }) {
  const { outputFiles } = await build({
    stdin: { contents: contents.replace('DIST', dist.replaceAll('\\', '/')), resolveDir: dirname(import.meta.dirname) },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return { gzipped: gzipSync(outputFiles[0].contents, { level: 9 }).length, minified: outputFiles[0].contents.length };
}
