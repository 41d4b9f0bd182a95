import { join } from 'node:path';
import { bundleSource } from '../../scripts/bundle-source.mjs';

export const root = join(import.meta.dirname, '../..');

/**
 * Bundles the simulator.
 * @param name - of the bundle
 * @param tsconfig - which sources the package's public names stand for
 * @returns the path of the bundle
 */
export function bundleSimulator(name = 'simulate', tsconfig = join(root, 'tsconfig.json')) {
  return bundleSource('test-node/simulation/index.ts', name, { tsconfig });
}
