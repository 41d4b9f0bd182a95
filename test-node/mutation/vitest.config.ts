import { basename, dirname, join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The root of the copy that this file was copied with. */
const root = join(import.meta.dirname, '../..');
/** The parts of the core, each beside its tests. */
const PARTS = ['connection', 'inbound', 'outbound', 'requests', 'subscriptions', 'channel', 'protocol', 'util'];
const INCLUDED = [...PARTS.map((part) => `${part}/**/*.test.ts`), '*.test.ts'];

/** The first failure ends a mutant's run, so the tests that find most for their time come first. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const mutated = basename(dirname(process.env.MUTATED_FILE ?? ''));
    const first = [mutated, ...PARTS].map((part) => `/test-node/${part}/`);
    const rank = ({ moduleId }: TestSpecification) => {
      const index = first.findIndex((part) => moduleId.includes(part));
      return index < 0 ? first.length : index;
    };
    return files.sort((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

export default defineConfig({
  root,
  resolve: { tsconfigPaths: true },
  test: {
    include: [...INCLUDED, 'demands/*.test.ts', 'simulation/*.test.ts'].map((path) => `test-node/${path}`),
    exclude: [
      // 500 seeds are too many for each mutant: seeds-then-tests.mjs runs some of them.
      'test-node/simulation/simulation.test.ts',
      // Load a second copy of the source, whose tables would count as covered by these tests.
      'test-node/{client-options,errors-shown}.test.ts',
      // Runs a script on the work tree's own source, which has no mutant in it.
      'test-node/simulation/simulate-script.test.ts',
    ],
    // A mutant is switched on at run time, so each file need not load everything again.
    isolate: false,
    setupFiles: './test-node/support/setup.ts',
    sequence: { sequencer: QuickestFirst },
    // A test that waits for what a mutant never does; on virtual time most need some milliseconds.
    testTimeout: 5_000,
    hookTimeout: 5_000,
  },
});
