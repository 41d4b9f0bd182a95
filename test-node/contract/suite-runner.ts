import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';
import type { ExpectStatic } from 'vitest';

/*
 * Stands in for 'vitest' in bundles that run elsewhere: in a page, a worker, Bun, Deno, another Node. It collects what
 * `describe` and `it` are given, and `runSuite` runs it; portable-suite.ts says how to bundle.
 */

export interface SuiteReport {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
}

export interface Failure {
  /** The titles from the outermost `describe` to the test. */
  readonly title: string;
  readonly message: string;
}

type Body = () => unknown;

/** A test that waits for what never comes has failed. */
const TEST_TIMEOUT = 10_000;

const tests: { readonly title: string; readonly body: Body }[] = [];
const titles: string[] = [];

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

/** The matchers of vitest, without what needs its own runner (snapshots, polling, soft assertions). */
export const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
) as unknown as ExpectStatic;

export function describe(title: string, body: () => void): void {
  titles.push(title);
  body();
  titles.pop();
}

export function it(title: string, body: Body): void {
  tests.push({ title: [...titles, title].join(' > '), body });
}

/** Runs, one after the other, what was collected since the last call. */
export async function runSuite(): Promise<SuiteReport> {
  const failures: Failure[] = [];
  const due = tests.splice(0);
  for (const { title, body } of due) {
    try {
      await settled(body);
    } catch (error) {
      failures.push({ title, message: describeFailure(error) });
    }
  }
  return { passed: due.length - failures.length, failed: failures.length, failures };
}

/** Not every platform has the message in the stack. */
function describeFailure(error: unknown): string {
  const { stack = '' } = error instanceof Error ? error : {};
  return stack.includes(String(error)) ? stack : `${error}\n${stack}`;
}

async function settled(body: Body): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No end within ${TEST_TIMEOUT} ms`)), TEST_TIMEOUT);
  });
  try {
    await Promise.race([body(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
