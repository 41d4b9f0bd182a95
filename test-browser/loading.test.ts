import { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { expect, test } from './fixtures.js';

/** What runSession (pages/session.ts) finds at such a server. */
const FOUND = { epoch: 1, answer: { op: 'quote', symbol: 'BTC' }, update: { price: 1 } };

/** Publishes to every subscriber. */
async function startPublisher(): Promise<MockWebSocketServer> {
  const server = await MockWebSocketServer.start();
  server.onMessage((_connection, text) => {
    if (text.includes('"op":"quote"')) server.publish('trades.BTC', { price: 1 });
  });
  return server;
}

test('the script-tag bundle defines one global [PK6]', async ({ page, server, site }) => {
  await page.goto(`${site.url}/script-tag`);
  const found = await page.evaluate(async (url) => {
    const { HpxTransportWs } = globalThis as unknown as { HpxTransportWs: typeof import('hpx-transport-ws') };
    const { WebSocketClient, GenericJsonHandler, TransportError } = HpxTransportWs;
    const client = await WebSocketClient.connect({ url }, new GenericJsonHandler());
    const answer = await client.request({ op: 'quote' });
    await client.close();
    const error = await client.request({}).catch((reason: unknown) => reason);
    return { answer, isTyped: error instanceof TransportError, name: (error as Error).name };
  }, server.url);
  expect(found).toEqual({ answer: { op: 'quote' }, isTyped: true, name: 'ConnectionClosedError' });
});

test('the script-tag bundle exports what the module exports [PK6, PK17]', async ({ page, site }) => {
  await page.goto(`${site.url}/script-tag`);
  const names = await page.evaluate(() =>
    Object.keys((globalThis as unknown as { HpxTransportWs: object }).HpxTransportWs),
  );
  expect(names.sort()).toEqual(Object.keys(await import('hpx-transport-ws')).sort());
});

test("a page under script-src 'self' loads and uses the package [PK13]", async ({ page, site }) => {
  const server = await startPublisher();
  await page.goto(`${site.url}/strict?server=${encodeURIComponent(server.url)}`);
  await expect(page.locator('body')).not.toBeEmpty();
  expect(JSON.parse(await page.locator('body').innerText())).toEqual({ ...FOUND, violations: [] });
  await server.close();
});

test('the package works in a dedicated, a shared and a service worker [PK12, RT3]', async ({ page }) => {
  const server = await startPublisher();
  const dedicated = await page.evaluate(async (url) => {
    const worker = new Worker('/dedicated-worker.js');
    worker.postMessage(url);
    return new Promise<unknown>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
  }, server.url);
  const shared = await page.evaluate(async (url) => {
    const { port } = new SharedWorker('/shared-worker.js');
    port.postMessage(url);
    return new Promise<unknown>((resolve) => {
      port.onmessage = ({ data }) => resolve(data);
    });
  }, server.url);
  const service = await page.evaluate(async (url) => {
    const registration = await navigator.serviceWorker.register('/service-worker.js');
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise<unknown>((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
    active?.postMessage(url, [port2]);
    await answer;
    await registration.unregister();
    return answer;
  }, server.url);
  expect({ dedicated, shared, service }).toEqual({ dedicated: FOUND, shared: FOUND, service: FOUND });
  await server.waitForIdle();
  expect(server.connectionCount).toBe(3);
  await server.close();
});

test('the simulated network gives the same trace as in Node [PK9, C10]', async ({ page }) => {
  const { simulate } = await import('./pages/simulation.js');
  const inPage = await page.evaluate((seed) => hpx.simulate(hpx, seed), 7);
  expect(inPage.length).toBeGreaterThan(20);
  const inNode = await simulate(
    { ...(await import('hpx-transport-ws')), ...(await import('hpx-transport-ws/testing')) },
    7,
  );
  expect(withoutWords(inPage)).toEqual(withoutWords(inNode));
});

/** The build under test may have short texts: then all but the texts must be the same. */
function withoutWords(trace: readonly object[]): object[] {
  if (!process.env.TEST_CONDITIONS) return [...trace];
  return trace.map((entry) => ({ ...entry, ...('cause' in entry && { cause: '' }) }));
}
