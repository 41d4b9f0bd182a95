// Node 20 cannot read TypeScript, and what runs from the sources needs no `npm run build`.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

/**
 * Bundles a source of this project for Node.
 * @param {string} source - its path from the root
 * @param {string} name - of the bundle; it lies below node_modules, where the dependencies resolve and git does not look
 * @param {{ define?: Record<string, string>, tsconfig?: string }} [options] - `tsconfig` says which sources the package's public
 *   names stand for
 * @returns {Promise<string>} the path of the bundle
 */
export async function bundleSource(source, name, { define = {}, tsconfig = join(root, 'tsconfig.json') } = {}) {
  const bundle = join(root, `node_modules/.cache/hpx-transport-ws/${name}.mjs`);
  const own = `${bundle}.${process.pid}`;
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile: own,
    bundle: true,
    define,
    // Our own names are none of these: tsconfig.json maps them to src.
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
    tsconfig,
  });
  // In one step, because another run may be starting too.
  renameSync(own, bundle);
  return bundle;
}
