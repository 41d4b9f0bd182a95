import type { JSHandle, Page } from '@playwright/test';
import { expect, hide, show, test } from './fixtures.js';
import type { Told } from './pages/page.js';

/** Back-off that outlasts every test, so that only a wake can end it. */
const PATIENT = { reconnectInitialDelay: 60_000, reconnectMaxDelay: 60_000, reconnectJitter: 0 };

/** A client whose server was lost, and which waits for a minute now. */
async function waiting(page: Page, url: string): Promise<JSHandle<Told>> {
  const run = await page.evaluateHandle(
    ({ config }) => {
      const told = hpx.observe(config);
      void told.client.connect();
      return told;
    },
    { config: { url, ...PATIENT } },
  );
  await run.evaluate(({ client }) => hpx.reached(client, 'reconnecting'));
  return run;
}

const ready = (run: JSHandle<Told>): Promise<void> => run.evaluate(({ client }) => hpx.reached(client, 'ready'));
const storyOf = (run: JSHandle<Told>): Promise<string[]> => run.evaluate(({ story }) => story);

test('a tab that becomes visible starts an attempt [L2, CF15]', async ({ page, server }) => {
  await server.stop();
  const run = await waiting(page, server.url);
  await hide(page);
  await server.restart();
  expect(server.upgradeAttempts).toBe(0);
  await show(page);
  await ready(run);
  const story = await storyOf(run);
  expect(story.indexOf('sleep hidden')).toBeGreaterThan(story.indexOf('state reconnecting'));
  expect(story.slice(story.indexOf('wake visible'))).toEqual([
    'wake visible',
    'state connecting',
    'state connected',
    'state ready',
  ]);
});

test('a browser that goes online starts an attempt [L2, CF15]', async ({ context, page, server }) => {
  await server.stop();
  const run = await waiting(page, server.url);
  await context.setOffline(true);
  await page.waitForFunction(({ story }) => story.includes('sleep offline'), run);
  await server.restart();
  await context.setOffline(false);
  await ready(run);
  expect(await storyOf(run)).toContain('wake online');
});

test('a connection that survives an offline event is kept [C6]', async ({ context, page, server }) => {
  const run = await page.evaluateHandle(async (url) => {
    const told = hpx.observe({ url });
    await told.client.connect();
    return told;
  }, server.url);
  await context.setOffline(true);
  await page.waitForFunction(({ story }) => story.includes('sleep offline'), run);
  await context.setOffline(false);
  await page.waitForFunction(({ story }) => story.includes('wake online'), run);
  expect(await run.evaluate(({ client }) => client.request({ op: 'quote' }))).toEqual({ op: 'quote' });
  expect(server.connectionCount).toBe(1);
});

test('an online event probes the link at once [C6]', async ({ context, page, server }) => {
  const run = await page.evaluateHandle(async (url) => {
    const told = hpx.observe({ url, pingInterval: 60_000 });
    await told.client.connect();
    return told;
  }, server.url);
  await context.setOffline(true);
  await page.waitForFunction(({ story }) => story.includes('sleep offline'), run);
  await context.setOffline(false);
  await server.waitForMessage('"op":"ping"');
});

test('attempts fail while offline and succeed afterwards [L1, L2]', async ({ context, page, server }) => {
  const run = await page.evaluateHandle(async (url) => {
    const told = hpx.observe({
      url,
      reconnectInitialDelay: 10,
      reconnectMaxDelay: 60_000,
      reconnectBackoffFactor: 100,
    });
    await told.client.connect();
    return told;
  }, server.url);
  await context.setOffline(true);
  await page.waitForFunction(({ story }) => story.includes('sleep offline'), run);
  await run.evaluate(({ client }) => client.reconnect('for the test'));
  // The first attempt failed: the next one waits for long.
  await page.waitForFunction(
    ({ story }) => story.slice(story.indexOf('state ready')).filter((line) => line === 'state connecting').length > 0,
    run,
  );
  await run.evaluate(({ client }) => hpx.reached(client, 'reconnecting'));
  await context.setOffline(false);
  await ready(run);
  expect(await run.evaluate(({ client }) => client.epoch)).toBe(2);
});

test('a link is kept while a hidden tab throttles its timers [C6, F17]', async ({ page, server }) => {
  const run = await page.evaluateHandle(async (url) => {
    const told = hpx.observe({ url, pingInterval: 200, pongTimeout: 800 });
    await told.client.connect();
    return told;
  }, server.url);
  await hide(page);
  const from = server.received.length;
  await server.waitFor('three pings of the hidden tab', () => server.received.length >= from + 3);
  await show(page);
  expect(await run.evaluate(({ client }) => client.request({ op: 'quote' }))).toEqual({ op: 'quote' });
  expect(server.connectionCount).toBe(1);
});

test('a link is kept while the event loop is blocked [C6]', async ({ page, server }) => {
  // Most of the time an answer is on its way.
  server.delay = 300;
  const run = await page.evaluateHandle(async (url) => {
    const told = hpx.observe({ url, pingInterval: 100, pongTimeout: 1_500 });
    await told.client.connect();
    return told;
  }, server.url);
  for (let n = 0; n < 3; n++) {
    // Longer than interval and timeout together, from whatever point of the heartbeat.
    await page.evaluate(
      (length) => {
        const until = performance.now() + length;
        while (performance.now() < until);
      },
      1_800 + 20 * n,
    );
  }
  expect(await run.evaluate(({ client }) => client.request({ op: 'quote' }))).toEqual({ op: 'quote' });
  expect(server.connectionCount).toBe(1);
});

test('a storm of visible and online events stays within the allowed attempts [C5, L2]', async ({
  context,
  page,
  server,
}) => {
  await server.stop();
  const run = await waiting(page, server.url);
  for (let n = 1; n <= 5; n++) {
    await context.setOffline(true);
    await context.setOffline(false);
    const wakes = n;
    await page.waitForFunction(([{ story }, count]) => story.filter((line) => line === 'wake online').length >= count, [
      run,
      wakes,
    ] as const);
  }
  const attempts = (await storyOf(run)).filter((line) => line === 'state connecting').length;
  expect(attempts).toBeLessThanOrEqual(2);
});

test('a closed client listens to no event of the page [RT7, C8]', async ({ context, page, server }) => {
  const run = await page.evaluateHandle(async (url) => {
    const told = hpx.observe({ url });
    await told.client.connect();
    await told.client.close();
    return { ...told, length: told.story.length };
  }, server.url);
  await hide(page);
  await show(page);
  await context.setOffline(true);
  await page.waitForFunction(() => !navigator.onLine);
  await context.setOffline(false);
  await page.waitForFunction(() => navigator.onLine);
  expect(await run.evaluate(({ story, length }) => story.slice(length))).toEqual([]);
  expect(server.connectionCount).toBe(1);
});
