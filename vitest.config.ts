import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests import the package by its public names; tsconfig.json says which source each one is.
  resolve: { tsconfigPaths: true },
  test: {
    reporters: ['default', './test-node/support/summary-reporter.ts'],
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
