import { strictEqual } from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { chromium } from 'playwright';
import { findBrowser } from '../../../test-browser/find-browser.mjs';

export const extension = [
  {
    title: 'extension: the service worker of an extension (Manifest V3) loads the package as ES modules and connects',
    run: async (lab) => {
      const folder = lab.path('extension');
      cpSync(lab.path('node_modules/hpx-transport-ws/dist'), `${folder}/package`, { recursive: true });
      const context = await chromium.launchPersistentContext('', {
        executablePath: findBrowser('chromium')?.path,
        headless: false,
        args: ['--headless=new', '--no-sandbox', `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
      });
      try {
        const worker =
          context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker', { timeout: 20_000 }));
        strictEqual(await lab.withServer(({ url }) => worker.evaluate((address) => globalThis.run(address), url)), 1);
      } finally {
        await context.close();
      }
    },
  },
];
