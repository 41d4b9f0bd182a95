import type { CDPSession } from '@playwright/test';
import { expect, hide, test } from './fixtures.js';

// Chromium closes the sockets of pages that it freezes or caches, and reports it after 'resume' and 'pageshow'.

const PATIENT = { reconnectInitialDelay: 60_000, reconnectMaxDelay: 60_000, reconnectJitter: 0 };

test('a link that is found lost right after the page unfreezes is replaced at once [L2, CF15]', async ({
  context,
  page,
  server,
}) => {
  const run = await page.evaluateHandle(
    async (config) => {
      const told = hpx.observe(config);
      await told.client.connect();
      return told;
    },
    { url: server.url, ...PATIENT },
  );
  const session: CDPSession = await context.newCDPSession(page);
  await hide(page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await expect.poll(() => run.evaluate(({ story }) => story)).toContain('sleep freeze');
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await server.waitForConnection(2);
  await run.evaluate(({ client }) => hpx.reached(client, 'ready'));
});

test('a link that is found lost right after the back/forward cache is replaced at once [L2, CF15]', async ({
  page,
  server,
  site,
}) => {
  await page.evaluate(
    async (config) => {
      globalThis.kept = hpx.observe(config);
      await kept.client.connect();
    },
    { url: server.url, ...PATIENT },
  );
  await page.goto(`${site.url}/away`);
  await page.evaluate(() => history.back());
  await page.waitForFunction(() => globalThis.kept?.story.includes('wake pageshow'));
  await page.waitForFunction(() => globalThis.kept.client.epoch === 2, undefined, { timeout: 8_000 });
});
