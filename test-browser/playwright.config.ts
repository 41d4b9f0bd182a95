import { defineConfig } from '@playwright/test';
import { type EngineName, findBrowser } from './find-browser.mjs';
import type { PerWorker } from './fixtures.js';

function locate(name: EngineName) {
  const found = findBrowser(name);
  if (!found) throw new Error(`There is no ${name} here: run node test-browser/install-browsers.mjs`);
  return found;
}

/** What `npm run test:apps` runs. */
export const APPS = ['dashboard.test.ts', 'dashboard-recording.test.ts', 'react.test.ts'];

const firefox = locate('firefox');

export default defineConfig<object, PerWorker>({
  testDir: '.',
  testMatch: '*.test.ts',
  tsconfig: './tsconfig.playwright.json',
  outputDir: '../node_modules/.cache/hpx-transport-ws/test-browser',
  // A guard against tests that hang, not a limit of time: a busy machine takes ten times as long, to start a browser above all.
  timeout: 120_000,
  forbidOnly: true,
  retries: 0,
  // A test has its own server and its own tab; only one at a time can be in front, so each worker has its own browser.
  workers: 2,
  reporter: [['list'], ['./summary-reporter.ts']],
  projects: [
    // Started by fixtures.ts, as a user's browser is.
    {
      name: 'chromium',
      testIgnore: ['*.firefox.test.ts', ...APPS],
      use: { browserName: 'chromium', path: locate('chromium').path },
    },
    {
      name: 'firefox',
      testIgnore: ['*.chromium.test.ts', ...APPS],
      use: {
        browserName: 'firefox',
        // Playwright drives a Firefox that is not its own by WebDriver BiDi.
        ...(firefox.isOwn ? {} : { channel: 'moz-firefox', launchOptions: { executablePath: firefox.path } }),
      },
    },
  ],
});
