// Runs demo/main.ts straight from the sources: Node 20 cannot read TypeScript, and a demo should not wait for a build.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
// Below node_modules, where the dependencies resolve and git does not look.
const bundle = join(root, 'node_modules/.cache/hpx-transport-ws/demo.mjs');
const own = `${bundle}.${process.pid}`;

await build({
  absWorkingDir: root,
  entryPoints: ['demo/main.ts'],
  outfile: own,
  bundle: true,
  // Our own names are none of these: tsconfig.json maps them to src.
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
});
// In one step, because another demo may be starting too.
renameSync(own, bundle);

process.setSourceMapsEnabled(true);
await import(pathToFileURL(bundle).href);
