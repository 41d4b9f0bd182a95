// Bundles the simulator, because Node 20 cannot read TypeScript.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export const root = join(import.meta.dirname, '../..');

/**
 * @param name - of the bundle; it lies below node_modules, where the dependencies resolve and git does not look
 * @param tsconfig - which sources the package's public names stand for
 * @returns the path of the bundle
 */
export async function bundleSimulator(name = 'simulate', tsconfig = join(root, 'tsconfig.json')) {
  const bundle = join(root, `node_modules/.cache/hpx-transport-ws/${name}.mjs`);
  const own = `${bundle}.${process.pid}`;
  await build({
    absWorkingDir: root,
    entryPoints: ['test-node/simulation/index.ts'],
    outfile: own,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'error',
    tsconfig,
  });
  // In one step, because another run may be starting too.
  renameSync(own, bundle);
  return bundle;
}
