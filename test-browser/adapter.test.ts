import { reserveDeadUrl } from '../test-node/contract/dead-url.js';
import { type Peer, startPeer } from '../test-node/contract/peer.js';
import type { PortableHost } from '../test-node/contract/portable-suite.js';
import type { SuiteReport } from '../test-node/contract/suite-runner.js';
import { expect, test } from './fixtures.js';

let peer: Peer;
let dead: Awaited<ReturnType<typeof reserveDeadUrl>>;
let host: PortableHost;

test.beforeAll(async () => {
  peer = await startPeer();
  dead = await reserveDeadUrl();
  host = { url: peer.url, deadUrl: dead.url, offers: { control: false, limit: false }, goingAway: 4001 };
});

test.afterAll(() => Promise.all([peer.stop(), dead.stop()]));

test('the browser adapter passes the adapter contract in a page [RT8]', async ({ page }) => {
  const report = await page.evaluate((at) => hpx.runAdapterSuite('page', hpx.openBrowserSocket, at), host);
  expect(report).toEqual({ passed: expect.any(Number), failed: 0, failures: [] });
  expect(report.passed).toBeGreaterThan(20);
});

test('the browser adapter passes the adapter contract in a worker [RT8]', async ({ page }) => {
  const report = await page.evaluate((at) => {
    const worker = new Worker('/suite-worker.js');
    worker.postMessage(at);
    return new Promise<SuiteReport>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
  }, host);
  expect(report).toEqual({ passed: expect.any(Number), failed: 0, failures: [] });
  expect(report.passed).toBeGreaterThan(20);
});
