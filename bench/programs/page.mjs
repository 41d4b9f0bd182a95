import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { build } from 'esbuild';
import { chromium } from 'playwright';
import { findBrowser } from '../../test-browser/find-browser.mjs';
import { command } from '../lib/measure.mjs';
import { dist } from '../lib/ours.mjs';
import { median } from '../lib/statistics.mjs';
import { topicNames } from '../lib/update.mjs';

const PAGES = join(import.meta.dirname, '../pages');
const FLAGS = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

const FEEDS = ['receive', 'parse', 'latest'];

/**
 * CPU time of a page's main thread for each update, in microseconds. One page runs three feeds in turn, because their
 * difference is small compared to what a browser spends on any message.
 * @param {{ url: string, rate: number, topics: number, rounds: number, milliseconds: number }} options
 */
export default async function page({ url, rate, topics, rounds, milliseconds }) {
  const site = await startSite(await bundle());
  const browser = await launch();
  try {
    const tab = await browser.newPage();
    await tab.goto(site.url);
    await tab.evaluate((names) => globalThis.bench.show(names), topicNames(topics));
    const devtools = await tab.context().newCDPSession(tab);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });

    async function phase(feed) {
      await tab.evaluate(([name, to]) => globalThis.bench.start(name, to), [feed, url]);
      const before = await read(tab, devtools);
      command({ command: 'rate', rate, topics });
      // This measures a span of time, so it waits for the end of the span.
      await setTimeout(milliseconds);
      await tab.evaluate(() => globalThis.bench.stop());
      const after = await read(tab, devtools);
      const received = after.received - before.received;
      return {
        cost: ((after.task - before.task) * 1_000_000) / received,
        parsed: (after.parsed - before.parsed) / received,
        rate: received / ((after.at - before.at) / 1_000),
      };
    }
    const results = [];
    // The first round runs code that is not compiled yet.
    for (let round = 0; round <= rounds; round++) {
      const result = {};
      for (let index = 0; index < FEEDS.length; index++) {
        const feed = FEEDS[(index + round) % FEEDS.length];
        result[feed] = await phase(feed);
      }
      if (round > 0) results.push(result);
    }
    const medianOf = (read) => median(results.map(read));
    const costs = Object.fromEntries(FEEDS.map((feed) => [feed, medianOf((result) => result[feed].cost)]));
    return {
      ...costs,
      above: (costs.latest - costs.receive) / (costs.parse - costs.receive),
      rate: medianOf((result) => result.latest.rate),
      parsed: medianOf((result) => result.latest.parsed),
    };
  } finally {
    await browser.close();
    site.stop();
  }
}

function launch() {
  const { path, isOwn } = findBrowser('chromium') ?? {};
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    ...(path && !isOwn && { executablePath: path }),
    args: isRoot ? [...FLAGS, '--no-sandbox'] : FLAGS,
  });
}

async function read(tab, devtools) {
  const counters = await tab.evaluate(() => globalThis.bench.counters());
  const { metrics } = await devtools.send('Performance.getMetrics');
  return { ...counters, at: performance.now(), task: metrics.find(({ name }) => name === 'TaskDuration').value };
}

async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [join(PAGES, 'page.mjs')],
    alias: { 'hpx-transport-ws-built': join(dist, 'browser/index.js') },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0].text;
}

async function startSite(script) {
  const server = createServer(({ url }, response) => {
    const isScript = url === '/page.js';
    response.writeHead(200, { 'Content-Type': `text/${isScript ? 'javascript' : 'html'}; charset=utf-8` });
    response.end(
      isScript ? script : '<!doctype html><title>bench</title><body></body><script src="/page.js"></script>',
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}
