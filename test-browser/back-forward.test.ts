import { expect, test } from './fixtures.js';
import type { Told } from './pages/page.js';

/** What a page holds while it is in the back/forward cache, where no handle of the test reaches it. */
declare global {
  var kept: Told & { persisted?: boolean };
}

test('a page that comes back from the back/forward cache starts an attempt [L2, CF15]', async ({
  page,
  server,
  site,
}) => {
  await server.stop();
  await page.evaluate(async (url) => {
    const patient = { reconnectInitialDelay: 60_000, reconnectMaxDelay: 60_000, reconnectJitter: 0 };
    globalThis.kept = hpx.observe({ url, ...patient });
    addEventListener('pageshow', ({ persisted }) => Object.assign(kept, { persisted }));
    void kept.client.connect();
    await hpx.reached(kept.client, 'reconnecting');
  }, server.url);
  await page.goto(`${site.url}/away`);
  await server.restart();
  // Playwright's own goBack() waits for a load, which does not happen.
  await page.evaluate(() => history.back());
  await page.waitForFunction(() => globalThis.kept?.persisted !== undefined);
  const { persisted, story } = await page.evaluate(async () => {
    await hpx.reached(kept.client, 'ready');
    return kept;
  });
  expect(persisted).toBe(true);
  expect(story).toEqual(expect.arrayContaining(['sleep pagehide', 'wake pageshow', 'state ready']));
});

test('a page that is left closes its sockets', async ({ page, server, site }) => {
  await page.evaluate(async (url) => {
    await hpx.WebSocketClient.connect({ url }, new hpx.GenericJsonHandler());
    // Keeps the page out of the back/forward cache, where a browser may keep sockets for a while.
    addEventListener('unload', () => {});
  }, server.url);
  await page.goto(`${site.url}/away`);
  expect(await server.waitForClose()).toMatchObject({ code: 1001 });
});
