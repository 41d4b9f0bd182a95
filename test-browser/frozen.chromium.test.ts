import type { CDPSession, JSHandle } from '@playwright/test';
import { expect, hide, show, test } from './fixtures.js';
import type { Told } from './pages/page.js';

// Chromium freezes hidden pages to save energy: no task runs, and what was open is closed behind the page's back.
// Firefox has no such thing.

const QUICK = { reconnectInitialDelay: 10, reconnectMaxDelay: 50 };
const PATIENT = { reconnectInitialDelay: 60_000, reconnectMaxDelay: 60_000, reconnectJitter: 0 };

const freeze = (session: CDPSession): Promise<unknown> =>
  session.send('Page.setWebLifecycleState', { state: 'frozen' });
const resume = (session: CDPSession): Promise<unknown> =>
  session.send('Page.setWebLifecycleState', { state: 'active' });
const tells = (run: JSHandle<Told>, line: string): Promise<void> =>
  expect.poll(() => run.evaluate(({ story }) => story)).toContain(line);

test('a frozen page starts an attempt when it resumes, even while hidden [L2, CF15]', async ({
  context,
  page,
  server,
}) => {
  await server.stop();
  const run = await page.evaluateHandle(
    async (config) => {
      const told = hpx.observe(config);
      void told.client.connect();
      await hpx.reached(told.client, 'reconnecting');
      return told;
    },
    { url: server.url, ...PATIENT },
  );
  const session = await context.newCDPSession(page);
  await hide(page);
  await freeze(session);
  await tells(run, 'sleep freeze');
  await server.restart();
  await resume(session);
  await run.evaluate(({ client }) => hpx.reached(client, 'ready'));
  const { story, state } = await run.evaluate(({ story }) => ({ story, state: document.visibilityState }));
  expect(story.slice(story.indexOf('sleep freeze'))).toEqual([
    'sleep freeze',
    'wake resume',
    'state connecting',
    'state connected',
    'state ready',
  ]);
  expect(state).toBe('hidden');
});

test('a link that Chromium closed in a frozen page is replaced when the page resumes, not before [C6, S4, CH19, DL1]', async ({
  context,
  page,
  server,
}) => {
  server.respondTo('"op":"slow"', []);
  const run = await page.evaluateHandle(
    async (config) => {
      const told = hpx.observe({ ...config, pingInterval: 100, pongTimeout: 100 });
      await told.client.connect();
      const channel = await told.client.subscribe('trades.BTC');
      channel.on('gap', ({ cause }) => told.story.push(`gap ${cause}`));
      channel.on('message', (data) => told.story.push(`message ${data}`));
      const call = told.client.request({ op: 'slow' });
      const outcome = call.catch((error: { code?: string; delivery?: string }) => [error.code, error.delivery]);
      return { ...told, outcome };
    },
    { url: server.url, ...QUICK },
  );
  const session = await context.newCDPSession(page);
  await server.waitForMessage('"op":"slow"');
  await hide(page);
  await freeze(session);
  await tells(run, 'sleep freeze');
  const frozenAt = await page.evaluate(() => performance.now());
  await expect.poll(() => page.evaluate(() => performance.now())).toBeGreaterThan(frozenAt + 400);
  expect(server.connectionCount).toBe(1);
  await resume(session);
  const second = await server.waitForConnection(2);
  await server.waitFor('the subscription', () => second.subscriptions.has('trades.BTC'));
  server.publish('trades.BTC', 1);
  await tells(run, 'message 1');
  await show(page);
  const { story, epoch } = await run.evaluate(({ story, client }) => ({ story, epoch: client.epoch }));
  expect(story.filter((line) => /^(gap|message)/.test(line))).toEqual(['gap disconnect', 'message 1']);
  expect(await run.evaluate(({ outcome }) => outcome)).toEqual(['CONNECTION_CLOSED', 'unknown']);
  expect(epoch).toBe(2);
});

test('a page that comes back from the back/forward cache restores its subscriptions [S4, CH19]', async ({
  page,
  server,
  site,
}) => {
  await page.evaluate(
    async (config) => {
      globalThis.kept = hpx.observe(config);
      await kept.client.connect();
      const channel = await kept.client.subscribe('trades.BTC');
      channel.on('gap', ({ cause }) => kept.story.push(`gap ${cause}`));
    },
    { url: server.url, ...QUICK },
  );
  await page.goto(`${site.url}/away`);
  await page.evaluate(() => history.back());
  const second = await server.waitForConnection(2);
  await server.waitFor('the subscription', () => second.subscriptions.has('trades.BTC'));
  await page.waitForFunction(() => globalThis.kept?.story.includes('gap disconnect'));
  const story = await page.evaluate(() => kept.story);
  expect(story).toEqual(expect.arrayContaining(['sleep pagehide', 'wake pageshow']));
});
