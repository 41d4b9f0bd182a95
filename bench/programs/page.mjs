import { once } from 'node:events';
import { existsSync } from 'node:fs';
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
/** A build from before this entry is measured without it. */
const WORKER_ENTRY = join(dist, 'browser/worker.js');
const hasWorker = existsSync(WORKER_ENTRY);
const FLAGS = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

/** Where the prices of a page come from, in the order of the table. */
const FEEDS = ['idle', 'receive', 'parse', 'latest', 'worker'];

/**
 * CPU time of a page's main thread in each second, in milliseconds, and the frames that it shows. One page runs all feeds in
 * turn, because their difference is small compared to what a browser spends on any message.
 * @param {{ url: string, rate: number, topics: number, rounds: number, milliseconds: number }} options
 */
export default async function page({ url, rate, topics, rounds, milliseconds }) {
  const feeds = FEEDS.filter((feed) => feed !== 'worker' || hasWorker);
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
      command({ command: 'rate', rate, topics });
      const before = await read(tab, devtools);
      // This measures a span of time, so it waits for the end of the span.
      await setTimeout(milliseconds);
      const after = await read(tab, devtools);
      await tab.evaluate(() => globalThis.bench.stop());
      const { received, parsed } = await tab.evaluate(() => globalThis.bench.counters());
      const seconds = (after.at - before.at) / 1_000;
      return {
        busy: ((after.task - before.task) * 1_000) / seconds,
        frames: (after.frames - before.frames) / seconds,
        rate: (received - before.received) / seconds,
        parsed: (parsed - before.parsed) / seconds,
      };
    }
    const results = [];
    // The first round runs code that is not compiled yet.
    for (let round = 0; round <= rounds; round++) {
      const result = {};
      for (let index = 0; index < feeds.length; index++) {
        const feed = feeds[(index + round) % feeds.length];
        result[feed] = await phase(feed);
      }
      if (round > 0) results.push(result);
    }
    return summaryOf(feeds, results);
  } finally {
    await browser.close();
    site.stop();
  }
}

/** The medians of all rounds. `share` is what a feed costs above the idle page, as a part of what parsing costs above it. */
function summaryOf(feeds, results) {
  const medianOf = (feed, key) => median(results.map((result) => result[feed][key]));
  const [idle, parse] = ['idle', 'parse'].map((feed) => medianOf(feed, 'busy'));
  return Object.fromEntries(
    feeds.map((feed) => {
      const busy = medianOf(feed, 'busy');
      const [frames, rate, parsed] = ['frames', 'rate', 'parsed'].map((key) => medianOf(feed, key));
      return [feed, { busy, share: (busy - idle) / (parse - idle), frames, rate, parsed }];
    }),
  );
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

/** The script of the page, and the script of its worker. */
async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [join(PAGES, 'page.mjs'), ...(hasWorker ? [join(PAGES, 'worker-thread.mjs')] : [])],
    alias: {
      'hpx-transport-ws-built': join(dist, 'browser/index.js'),
      'hpx-transport-ws-worker-built': hasWorker ? WORKER_ENTRY : join(PAGES, 'no-worker.mjs'),
    },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    write: false,
    outdir: PAGES,
  });
  return outputFiles.map(({ text }) => text);
}

async function startSite([page, worker]) {
  const scripts = { '/page.js': page, '/worker.js': worker };
  const server = createServer((request, response) => {
    const [path] = request.url.split('?');
    const script = scripts[path];
    response.writeHead(200, { 'Content-Type': `text/${script ? 'javascript' : 'html'}; charset=utf-8` });
    response.end(script ?? '<!doctype html><title>bench</title><body></body><script src="/page.js"></script>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}
