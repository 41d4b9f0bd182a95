import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright';
import { findBrowser } from '../../test-browser/find-browser.mjs';

const FLAGS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'];
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** What a reader does with the site, in Chromium. */
const visits = {
  'the home page shows the claim and the first example': async (page) => {
    await page.goto('/');
    await page
      .getByText(/After any failure you know|after any failure you know/)
      .first()
      .waitFor();
    await page.locator('.vp-doc pre').first().waitFor();
    assert.ok((await page.locator('.VPHero a').allTextContents()).includes('Guide'));
  },
  'a search for "gap" leads to a page about gaps': async (page) => {
    await page.goto('/');
    await page.locator('.VPNavBarSearch button').first().click();
    await page.locator('.VPLocalSearchBox input').fill('gap');
    await page.locator('.VPLocalSearchBox .result').first().click();
    await page.waitForURL(/\.html/);
    await page.getByText(/gap/i).first().waitFor();
  },
  'the sidebar has the pages, and a page follows the system to dark': async (page) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto('/configuration.html');
    assert.ok((await page.locator('.VPSidebar a').count()) > 15);
    await page.locator('html.dark').waitFor();
    await page.emulateMedia({ colorScheme: 'light' });
    await page.locator('html:not(.dark)').waitFor();
  },
  'the diagram of the states is drawn': async (page) => {
    await page.goto('/ARCHITECTURE.html');
    await page.locator('.mermaid svg').first().waitFor();
    await page.locator('.mermaid svg').first().getByText('authenticating').first().waitFor();
  },
  'the API reference has the client and its methods': async (page) => {
    await page.goto('/guide.html');
    await page.locator('.VPNavBar a', { hasText: 'API' }).first().click();
    await page.getByRole('link', { name: 'hpx-transport-ws', exact: true }).first().click();
    await page.getByRole('link', { name: 'WebSocketClient', exact: true }).first().click();
    await page.getByRole('heading', { name: 'Class WebSocketClient' }).waitFor();
    await page.getByText('Sends a request and resolves to the answer').first().waitFor();
  },
  'no page is wider than a phone': async (page) => {
    await page.setViewportSize({ width: 390, height: 800 });
    for (const path of ['/', '/guide.html', '/configuration.html', '/troubleshooting.html']) {
      await page.goto(path);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 390, `${path} is ${width} wide`);
    }
  },
};

/** Serves the site and makes each visit. Calls `report` with the name of each, and with its error if it fails. */
export async function browse(site, report) {
  const server = await serve(site);
  const { path: executablePath } = findBrowser('chromium') ?? {};
  if (!executablePath) throw new Error('No Chromium was found; node test-browser/install-browsers.mjs installs one.');
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    for (const [name, visit] of Object.entries(visits)) {
      const page = await browser.newPage({ baseURL: server.url });
      page.setDefaultTimeout(15_000);
      const complaints = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on(
        'response',
        (response) => response.status() >= 400 && complaints.push(`${response.status()} ${response.url()}`),
      );
      try {
        await visit(page);
        assert.deepEqual(complaints, []);
        report(name);
      } catch (error) {
        report(name, error);
      }
      await page.close();
    }
  } finally {
    await browser.close();
    server.stop();
  }
}

async function serve(folder) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://server');
    const file = join(folder, decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
    try {
      const body = readFileSync(file);
      response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}
