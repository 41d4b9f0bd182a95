// For run.mjs, which starts Stryker in a private copy of the project.

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  // The copy is private already.
  inPlace: true,
  plugins: ['./test-node/mutation/seeds-then-tests.mjs'],
  testRunner: 'seeds-then-tests',
  vitest: { configFile: 'test-node/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // A mutant in code that runs only at import needs a fresh load of everything, which costs as much as all tests.
  ignoreStatic: true,
  // Texts of messages; where a string decides anything, the comparison is mutated as well.
  mutator: { excludedMutations: ['StringLiteral'] },
  disableTypeChecks: false,
  // Above what a run takes; a mutant that loops for ever is mostly noticed earlier, by its count of hits.
  timeoutMS: 4_000,
  timeoutFactor: 1.5,
  dryRunTimeoutMinutes: 10,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: 'mutation.json' },
  allowEmpty: false,
};
