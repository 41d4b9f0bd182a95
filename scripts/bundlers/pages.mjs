import assert from 'node:assert/strict';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { findBrowser } from '../../test-browser/find-browser.mjs';

const FLAGS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'];

/** Opens apps in Chromium. Each app gets a WebSocket server to connect to. */
export async function startPages(work) {
  const { MockWebSocketServer } = await import(join(work, 'node_modules/hpx-transport-ws/dist/node/testing.js'));
  const { path: executablePath } = findBrowser('chromium') ?? {};
  if (!executablePath) throw new Error('No Chromium was found; node test-browser/install-browsers.mjs installs one.');
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  return {
    open: async (work, app) => {
      const server = await MockWebSocketServer.start();
      const site = await app.serve(work, app);
      try {
        const query = `?url=${encodeURIComponent(server.url)}`;
        if (app.onServer) await checkServer(site.url, query);
        await checkPage(browser, site.url + query, server);
      } finally {
        await site.stop();
        await server.close();
      }
      console.log(`${app.name}: ${app.onServer ? 'the server asks, and ' : ''}a page shows what was published`);
    },
    stop: () => browser.close(),
  };
}

async function checkServer(url, query) {
  const html = await (await fetch(`${url}/${query}`)).text();
  assert.match(html, /asked by the page/);
  // The hooks of the client component; a page that hydrates with something else complains.
  assert.match(html, /<p id="live">disconnected, idle<\/p>/);
  assert.deepEqual(await (await fetch(`${url}/api${query}`)).json(), { text: 'asked by the route' });
}

async function checkPage(browser, url, server) {
  const page = await browser.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => complaints.push(message.text()));
  await page.goto(url);
  await server.waitFor('the subscription', () => server.subscriptions.has('trades'));
  server.publish('trades', { price: 42 });
  await page.getByText('price 42').waitFor();
  assert.deepEqual(complaints, []);
  await page.close();
}
