import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests import the package by its public names; tsconfig.json says which source each one is.
  resolve: { tsconfigPaths: true },
  test: {
    reporters: ['default', './test-node/support/summary-reporter.ts'],
    // A guard against tests that hang, not a limit of time: a busy machine takes ten times as long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { include: ['src/**'] },
    // One project for each runtime; the browsers' come beside this one.
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test-node/**/*.test.ts'],
          typecheck: { enabled: true, include: ['test-node/**/*.test-d.ts'] },
        },
      },
    ],
  },
});
