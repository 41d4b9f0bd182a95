// Bundles demo/main.ts from the sources and runs it. Node 20 cannot read TypeScript, and the demo needs no `npm run build`.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
// In node_modules, where imports of dependencies resolve and git ignores the file.
const bundle = join(root, 'node_modules/.cache/hpx-transport-ws/demo.mjs');
const own = `${bundle}.${process.pid}`;

await build({
  absWorkingDir: root,
  entryPoints: ['demo/main.ts'],
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
// A rename is atomic: two demos may start at the same time.
renameSync(own, bundle);

process.setSourceMapsEnabled(true);
await import(pathToFileURL(bundle).href);
