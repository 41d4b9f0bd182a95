import type { FullConfig, Reporter, Suite } from '@playwright/test/reporter';

/** Ends a run with one plain line, `N passed, N failed`, over all projects; scripts read it. */
export default class SummaryReporter implements Reporter {
  #suite: Suite | undefined;
  #line = '0 passed, 1 failed';
  /** What failed outside any test, a file that cannot be loaded for one. */
  #errors = 0;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#suite = suite;
  }

  onError(): void {
    this.#errors++;
  }

  onEnd(): void {
    const count = { expected: 0, unexpected: this.#errors, flaky: 0, skipped: 0 };
    for (const test of this.#suite?.allTests() ?? []) count[test.outcome()]++;
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    this.#line = `${count.expected + count.flaky} passed, ${count.unexpected} failed${skipped}`;
    // At exit, after the last word of every other reporter.
    process.once('exit', () => process.stdout.write(`${this.#line}\n`));
  }

  printsToStdio(): boolean {
    return false;
  }
}
