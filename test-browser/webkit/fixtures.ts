import { expect } from '@playwright/test';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { type Site, startSite } from '../site.js';
import { startWebKit, type WebKitPrograms } from './start-webkit.js';
import type { WebDriverSession } from './webdriver.js';
import { WebKitPage } from './webkit-page.js';

/*
 * Stands in for ../fixtures.ts, so that tests written for Playwright, which cannot drive WebKitGTK, run there as they
 * are: it collects what `test` is given, and `runTests` runs it.
 */

/** The fixtures of a test; ../fixtures.ts explains each. */
interface Fixtures {
  readonly page: WebKitPage;
  readonly server: MockWebSocketServer;
  readonly site: Site;
}

type TestBody = (fixtures: Fixtures) => Promise<void>;
type Hook = () => unknown;

interface TestFile {
  readonly before: Hook[];
  readonly after: Hook[];
  readonly tests: { readonly title: string; readonly body: TestBody }[];
}

export interface Counts {
  passed: number;
  failed: number;
}

/** A test that waits for what never comes has failed. */
const TEST_TIMEOUT = 60_000;

let current: TestFile;

export { expect };

export const test = Object.assign(
  (title: string, body: TestBody): void => {
    current.tests.push({ title, body });
  },
  {
    beforeAll: (hook: Hook): void => {
      current.before.push(hook);
    },
    afterAll: (hook: Hook): void => {
      current.after.push(hook);
    },
  },
);

/** Runs these test files in one browser, each test in a window of its own. */
export async function runTests(files: readonly URL[], programs: WebKitPrograms): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0 };
  const site = await startSite();
  const webkit = await startWebKit(programs);
  for (const file of files) {
    current = { before: [], after: [], tests: [] };
    await import(file.href);
    for (const hook of current.before) await hook();
    for (const { title, body } of current.tests) {
      const failure = await failureOf(() => inWindow(webkit.session, site, body));
      counts[failure === undefined ? 'passed' : 'failed']++;
      console.log(failure === undefined ? `  ✓ ${title}` : `  ✗ ${title}\n${failure}`);
    }
    for (const hook of current.after) await hook();
  }
  await webkit.stop();
  await site.stop();
  return counts;
}

async function failureOf(run: () => Promise<void>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return String(error instanceof Error ? error.stack : error);
  }
}

async function inWindow(session: WebDriverSession, site: Site, body: TestBody): Promise<void> {
  const server = await MockWebSocketServer.start();
  const page = await WebKitPage.open(session);
  try {
    await page.goto(site.url);
    await withinTime(body({ page, server, site }));
  } finally {
    await server.close();
    await page.close();
  }
}

async function withinTime(run: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No end within ${TEST_TIMEOUT} ms`)), TEST_TIMEOUT);
  });
  try {
    await Promise.race([run, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
