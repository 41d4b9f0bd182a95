// Writes the pictures of the dashboard that the README shows: node demo/dashboard/screenshot.mjs [folder]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright';
import { findBrowser } from '../../test-browser/find-browser.mjs';
import { smallPng } from './small-png.mjs';

const root = join(import.meta.dirname, '../..');
const folder = process.argv[2] ?? join(root, 'docs/images');
/** Milliseconds, so that a gap and the candles after it can be seen. */
const WHILE = 9_000;

/** Starts the dashboard. Resolves with its process and its address. */
async function startDemo() {
  const child = spawn(process.execPath, [join(root, 'demo/run.mjs'), '--page-only'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (url) return { child, url };
  }
  throw new Error('The demo ended before it told its address.');
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const live = (page) => page.waitForFunction(() => document.body.dataset.link === 'live');
const press = (page, name) => page.click(`[data-fault="${name}"]`);

/** A normal day, an outage, an order whose answer is lost, and some time after it. */
async function tellStory(page, url) {
  await page.goto(url);
  await live(page);
  await wait(WHILE);
  await page.click('.buy');
  await press(page, 'refuse');
  await page.waitForFunction(() => document.body.dataset.link === 'lost');
  await live(page);
  await wait(WHILE);
  await press(page, 'drop-order');
  await page.waitForSelector('[data-fault="drop-order"][aria-pressed="true"]');
  await page.click('.sell');
  await page.waitForSelector('[data-outcome="filled"] >> text=then cleared up');
  await wait(WHILE);
  await picture(page, 'dashboard');
}

async function picture(page, name) {
  writeFileSync(join(folder, `${name}.png`), smallPng(await page.screenshot()));
}

mkdirSync(folder, { recursive: true });
const { child, url } = await startDemo();
const browser = await chromium.launch({
  executablePath: findBrowser('chromium').path,
  // Grey edges of letters instead of coloured ones: the pictures become smaller.
  args: ['--disable-lcd-text', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
});
try {
  await tellStory(await browser.newPage({ viewport: { width: 1_440, height: 900 } }), url);
  const phone = await browser.newPage({ viewport: { width: 390, height: 844 } });
  await phone.goto(url);
  await live(phone);
  await wait(WHILE);
  await picture(phone, 'dashboard-phone');
} finally {
  await browser.close();
  child.kill('SIGINT');
  await once(child, 'exit');
}
