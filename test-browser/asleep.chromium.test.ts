import { setTimeout as pass } from 'node:timers/promises';
import { expect, test } from './fixtures.js';
import { startChromium } from './real-chromium.js';

// Every process of the browser stops, its network too. When it continues, timers are long overdue and answers of the server
// are not read yet. The test therefore starts its own Chromium.

test('the link is kept after the machine slept longer than pingInterval and pongTimeout [C6]', async ({
  path,
  server,
  site,
}) => {
  // The machine falls asleep between a ping and its answer.
  server.delay = 300;
  const { browser, sleep, wake, stop } = await startChromium(path);
  const page = await browser.contexts()[0]?.newPage();
  if (!page) throw new Error('Chromium has no default context');
  await page.goto(site.url);
  const client = await page.evaluateHandle(async (url) => {
    const { client } = hpx.observe({ url, pingInterval: 100, pongTimeout: 1_500 });
    await client.connect();
    return client;
  }, server.url);
  for (let night = 1; night <= 3; night++) {
    const pings = server.received.length;
    await server.waitFor('a ping', () => server.received.length > pings);
    sleep();
    await pass(1_800);
    wake();
    expect(await client.evaluate((awake) => awake.request({ op: 'quote' }))).toEqual({ op: 'quote' });
  }
  expect(await client.evaluate(({ epoch }) => epoch)).toBe(1);
  expect(server.connectionCount).toBe(1);
  await stop();
});
