import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type * as Simulator from '../test-node/simulation/index.js';
import { expect, test } from './fixtures.js';

const ROOT = join(import.meta.dirname, '..');
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** The simulator of test-node as one script: here the sources are wanted, as they are in Node. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['test-node/simulation/index.ts'],
    alias: {
      'hpx-transport-ws/testing': './src/testing/index.browser.ts',
      '#adapter': './src/adapters/default-browser.ts',
    },
    bundle: true,
    format: 'iife',
    globalName: 'simulator',
    platform: 'browser',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

test('a seed gives the same trace as in Node, byte for byte, under every fault [C10]', async ({ page }) => {
  const { bundleSimulator } = await import('../test-node/simulation/bundle.mjs');
  const inNode: typeof Simulator = await import(pathToFileURL(await bundleSimulator('simulate-beside-browser')).href);
  await page.addScriptTag({ content: await bundle() });
  for (const seed of SEEDS) {
    const trace = await page.evaluate(
      (each) => (globalThis as unknown as { simulator: typeof Simulator }).simulator.traceOf(each),
      seed,
    );
    expect(trace).toBe(await inNode.traceOf(seed));
  }
});
