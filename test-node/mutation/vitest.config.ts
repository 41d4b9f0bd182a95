import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The root of the copy that this file was copied with. */
const root = join(import.meta.dirname, '../..');
const FOLDERS = ['unit', 'message', 'integration', 'demands', 'simulation'];

/** The first failure ends a mutant's run: those that find most for their time come first. */
const FIRST = ['/unit/', '/mutation/', '/integration/'];

class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) =>
      FIRST.findIndex((part) => moduleId.includes(part)) + 1 || FIRST.length + 1;
    return files.sort((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

export default defineConfig({
  root,
  resolve: { tsconfigPaths: true },
  test: {
    include: [...FOLDERS.map((folder) => `test-node/${folder}/**/*.test.ts`), 'test-node/mutation/*.spec.ts'],
    exclude: [
      // 500 seeds are too many for each mutant: seeds.spec.ts takes their place.
      'test-node/simulation/simulation.test.ts',
      // Runs a script on the work tree's own source, which has no mutant in it.
      'test-node/simulation/simulate-script.test.ts',
      // They judge the tools, not the core.
      'test-node/simulation/adapter-contract.test.ts',
      'test-node/simulation/checker/**',
    ],
    // A mutant is switched on at run time: loading everything anew for each file would cost most of the time.
    isolate: false,
    sequence: { sequencer: QuickestFirst },
    // A test that waits for what a mutant never does; on virtual time most need some milliseconds.
    testTimeout: 5_000,
    hookTimeout: 5_000,
  },
});
