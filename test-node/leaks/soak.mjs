// Runs the long suite straight from the sources: node test-node/leaks/soak.mjs [--days=30] [--seed=1]
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
// Below node_modules, where the dependencies resolve and git does not look.
const folder = join(root, 'node_modules/.cache/hpx-transport-ws');
const bundle = join(folder, `soak.${process.pid}.mjs`);

mkdirSync(folder, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: ['test-node/leaks/soak-program.ts'],
  outfile: bundle,
  bundle: true,
  // Our own names are none of these: tsconfig.json maps them to src.
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
});

process.setSourceMapsEnabled(true);
try {
  await import(pathToFileURL(bundle).href);
} finally {
  rmSync(bundle);
}
