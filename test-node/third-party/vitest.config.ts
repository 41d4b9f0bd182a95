import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Named *.spec.ts, so that the root's tests do not include these. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: { tsconfigPaths: true },
  test: {
    reporters: ['default', './test-node/support/summary-reporter.ts'],
    include: ['test-node/third-party/*.spec.ts'],
    // A browser and a node at a time are enough for two cores.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
