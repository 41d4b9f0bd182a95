import assert from 'node:assert/strict';

/** What each app must do, in this order, each with the page and the server of the app. */
const CHECKS = {
  'shows prices as they change': async ({ page, server }) => {
    await subscribed(server, 'prices.BTC');
    await shows(page, 'state', 'ready');
    for (const price of [1, 2, 3]) {
      server.publish('prices.BTC', { price });
      await shows(page, 'price', `BTC ${price}`);
    }
    assert.equal(server.upgradeAttempts, 1);
  },
  'shows another topic, and ends the first one': async ({ page, server }) => {
    await page.getByRole('button', { name: 'ETH' }).click();
    await subscribed(server, 'prices.ETH');
    await server.waitFor('the end of the first topic', () => !server.subscriptions.has('prices.BTC'));
    server.publish('prices.ETH', { price: 4 });
    await shows(page, 'price', 'ETH 4');
  },
  'shows that a price is stale while the connection is lost, and goes on': async ({ page, server }) => {
    await server.stop();
    await page.locator('#price.stale').waitFor();
    await shows(page, 'price', 'ETH 4');
    await server.restart();
    await subscribed(server, 'prices.ETH');
    await shows(page, 'state', 'ready');
    server.publish('prices.ETH', { price: 5 });
    await shows(page, 'price', 'ETH 5');
    await page.locator('#price:not(.stale)').waitFor();
  },
  'leaves no socket when it ends': async ({ page, server }) => {
    await page.evaluate(() => globalThis.end());
    await server.waitForIdle();
  },
  'has no error': ({ complaints }) => assert.deepEqual(complaints, []),
};

/** What the browser says itself when a WebSocket fails. */
const OF_THE_BROWSER = /WebSocket connection to/;

/** Opens an app, and returns how many checks passed and failed. */
export async function checkApp(name, { browser, url, server }) {
  const page = await browser.newPage();
  const complaints = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (!OF_THE_BROWSER.test(message.text())) complaints.push(message.text());
  });
  await page.goto(`${url}/?url=${encodeURIComponent(server.url)}`);
  const count = { passed: 0, failed: 0 };
  for (const [what, check] of Object.entries(CHECKS)) {
    try {
      await check({ page, server, complaints });
      count.passed++;
      console.log(`✓ ${name} ${what}`);
    } catch (error) {
      count.failed++;
      console.log(`✗ ${name} ${what}\n${error.stack}\n${complaints.join('\n')}`);
    }
  }
  await page.close();
  return count;
}

const subscribed = (server, topic) =>
  server.waitFor(`a subscription of ${topic}`, () => server.subscriptions.has(topic));

const shows = (page, id, text) => page.locator(`#${id}`, { hasText: new RegExp(`^${text}$`) }).waitFor();
