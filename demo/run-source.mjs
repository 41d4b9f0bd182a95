import { pathToFileURL } from 'node:url';
import { bundleSource } from '../scripts/bundle-source.mjs';

/**
 * Bundles a file of this folder from the sources and runs it.
 * @param {string} name - without `.ts`
 */
export async function runSource(name) {
  const define = { DEMO_FOLDER: JSON.stringify(import.meta.dirname) };
  const bundle = await bundleSource(`demo/${name}.ts`, `demo-${name}`, { define });
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(bundle).href);
}
