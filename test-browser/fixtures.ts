import { type BrowserContext, test as base, type Page } from '@playwright/test';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { startChromium } from './real-chromium.js';
import { type Site, startSite } from './site.js';

interface PerTest {
  /** An exchange for this test alone. */
  readonly server: MockWebSocketServer;
}

export interface PerWorker {
  /** Where Chromium is. */
  readonly path: string;
  readonly profile: BrowserContext;
  readonly site: Site;
}

/** The page of a test shows '/' of the site, with the built package as `hpx`. */
export const test = base.extend<PerTest, PerWorker>({
  path: ['', { option: true, scope: 'worker' }],
  browser: [
    async ({ browserName, path, playwright, launchOptions, channel, headless }, use) => {
      if (browserName === 'chromium') {
        const { browser, stop } = await startChromium(path);
        await use(browser);
        await stop();
      } else {
        const browser = await playwright[browserName].launch({ ...launchOptions, channel, headless });
        await use(browser);
        await browser.close();
      }
    },
    { scope: 'worker' },
  ],
  // One for all tests of a worker: it holds nothing that a test leaves behind, and a new one costs Firefox a second.
  profile: [
    async ({ browser, browserName }, use) => {
      // Only the context that Chromium starts with is free of Playwright's defaults.
      const [own] = browserName === 'chromium' ? browser.contexts() : [];
      await use(own ?? (await browser.newContext()));
    },
    { scope: 'worker' },
  ],
  context: async ({ profile }, use) => {
    const before = new Set(profile.pages());
    await use(profile);
    await profile.setOffline(false);
    for (const page of profile.pages()) if (!before.has(page)) await page.close();
  },
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern.
    async ({}, use) => {
      const site = await startSite();
      await use(site);
      await site.stop();
    },
    { scope: 'worker' },
  ],
  page: async ({ context, site }, use) => {
    const page = await context.newPage();
    await page.goto(site.url);
    await show(page);
    await use(page);
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  server: async ({}, use) => {
    const server = await MockWebSocketServer.start();
    await use(server);
    await server.close();
  },
});

export { expect } from '@playwright/test';

/** Opens another tab in front of this tab, as a user does; resolves when the page knows that it is hidden. */
export async function hide(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        // The state changes before the event comes.
        document.addEventListener('visibilitychange', resolve, { once: true });
        window.open('/away', '_blank', 'noopener');
      }),
  );
}

/** Brings the page to the front again. */
export async function show(page: Page): Promise<void> {
  await page.bringToFront();
  await page.waitForFunction(() => document.visibilityState === 'visible', undefined, { polling: 50 });
}
