// Runs the long suite straight from the sources: node test-node/leaks/soak.mjs [--days=30] [--seed=1]
import { pathToFileURL } from 'node:url';
import { bundleSource } from '../../scripts/bundle-source.mjs';

const bundle = await bundleSource('test-node/leaks/soak-program.ts', 'soak');
process.setSourceMapsEnabled(true);
await import(pathToFileURL(bundle).href);
