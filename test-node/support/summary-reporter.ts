import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line, `N passed, N failed`, over all projects; scripts read it. */
export default class SummaryReporter implements Reporter {
  #line = '0 passed, 0 failed';

  // At exit, because the coverage report and late complaints come after the end of the run.
  onInit(): void {
    process.once('exit', () => process.stdout.write(`${this.#line}\n`));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      // A module that failed to load, or a failing hook, is a failure without a failed test.
      const before = count.failed;
      for (const test of module.children.allTests()) count[test.result().state]++;
      if (count.failed === before && !module.ok()) count.failed++;
    }
    const skipped = count.skipped + count.pending;
    this.#line = `${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  }
}
