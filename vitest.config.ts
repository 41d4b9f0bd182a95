import { defineConfig } from 'vitest/config';

/** Tests that replace a global, or count what their process holds. Each file has a process of its own. */
const ALONE = [
  'test-node/{adapters,cli,demo,docs,leaks}/**/*.test.ts',
  'test-node/handlers/kit/signing.test.ts',
  'test-node/{client-options,errors-shown}.test.ts',
  'test-node/subscriptions/params.test.ts',
];

export default defineConfig({
  // Tests import the package by its public names; tsconfig.json says which source each one is.
  resolve: { tsconfigPaths: true },
  test: {
    reporters: ['default', './test-node/support/summary-reporter.ts'],
    // A guard against tests that hang, not a limit of time: a busy machine takes ten times as long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: './test-node/support/setup.ts',
    // By default one core stays idle.
    maxWorkers: '100%',
    coverage: { include: ['src/**'] },
    // Projects for one runtime; the browsers' come beside these.
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test-node/**/*.test.ts'],
          exclude: [...ALONE, '**/node_modules/**'],
          // The files of one worker share what they have loaded: that saves two thirds of the CPU.
          isolate: false,
          typecheck: {
            enabled: true,
            include: ['test-node/**/*.test-d.ts'],
            tsconfig: 'test-node/types/tsconfig.json',
          },
        },
      },
      { extends: true, test: { name: 'node, alone', include: ALONE } },
    ],
  },
});
