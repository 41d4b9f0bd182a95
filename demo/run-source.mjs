// Node 20 cannot read TypeScript, and neither the demo nor an example needs `npm run build`.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

/**
 * Bundles a file of this folder from the sources and runs it.
 * @param {string} name - without `.ts`
 */
export async function runSource(name) {
  // In node_modules, where imports of dependencies resolve and git ignores the file.
  const bundle = join(root, `node_modules/.cache/hpx-transport-ws/demo-${name}.mjs`);
  const own = `${bundle}.${process.pid}`;
  await build({
    absWorkingDir: root,
    entryPoints: [`demo/${name}.ts`],
    outfile: own,
    bundle: true,
    define: { DEMO_FOLDER: JSON.stringify(import.meta.dirname) },
    // tsconfig.json maps the package's own names to src, so they are not external.
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  // A rename is atomic: the same file may be started twice at a time.
  renameSync(own, bundle);
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(bundle).href);
}
