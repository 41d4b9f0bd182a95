import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.js';

// Under `script-src 'self'`: the client in a real dedicated worker, built with the package.
const openPage = (page: Page, site: { readonly url: string }) => page.goto(`${site.url}/worker`);

test('a page asks, subscribes and closes through its worker [WK1, WK2, WK6, WK22]', async ({ page, server, site }) => {
  server.respondTo('"op":"order"', (text) => {
    const { req_id } = JSON.parse(text) as { req_id: string };
    return { req_id, success: false, error: 'no funds' };
  });
  await openPage(page, site);
  const run = await page.evaluateHandle(async (url) => {
    const { client, worker } = feed.open(url);
    const answer = await client.connect().then(() => client.request({ op: 'quote', symbol: 'BTC' }));
    const refusal: unknown = await client.request({ op: 'order' }).catch((error: unknown) => error);
    const channel = await client.subscribe('trades.BTC');
    const seen: unknown[] = [];
    const loop = (async () => {
      for await (const { data, epoch } of channel.updates()) {
        seen.push([data, epoch]);
        if (seen.length === 3) break;
      }
    })();
    const story: string[] = [];
    channel.on('gap', ({ cause }) => story.push(`gap ${cause}`));
    channel.on('resumed', (epoch) => story.push(`resumed ${epoch}`));
    const checks = [refusal instanceof feed.RequestRejectedError, channel instanceof feed.Channel];
    return { client, worker, loop, seen, story, answer, checks };
  }, server.url);
  server.publish('trades.BTC', { n: 1 });
  server.publish('trades.BTC', { n: 2 });
  await page.waitForFunction(({ seen }) => seen.length === 2, run);
  server.dropAll();
  const second = await server.waitForConnection(2);
  await server.waitFor('the subscription', () => second.subscriptions.has('trades.BTC'));
  server.publish('trades.BTC', { n: 3 });
  const found = await run.evaluate(async ({ client, worker, loop, seen, story, answer, checks }) => {
    await loop;
    const { state, epoch } = client;
    await client.close();
    const cause = await client.closed;
    worker.terminate();
    return { seen, story, answer, checks, state, epoch, after: client.state, cause };
  });
  expect(found).toEqual({
    seen: [
      [{ n: 1 }, 1],
      [{ n: 2 }, 1],
      [{ n: 3 }, 2],
    ],
    story: ['gap disconnect', 'resumed 2'],
    answer: { op: 'quote', symbol: 'BTC' },
    checks: [true, true],
    state: 'ready',
    epoch: 2,
    after: 'closed',
    cause: { code: 1000, reason: '' },
  });
  await server.waitForIdle();
});

test('latest channels come once per painted frame, all in one message [WK8, WK22]', async ({ page, server, site }) => {
  await openPage(page, site);
  const run = await page.evaluateHandle(async (url) => {
    const { client, count } = feed.open(url);
    await client.connect();
    const topics = Array.from({ length: 20 }, (_, n) => `price.${n}`);
    const channels = await client.subscribeMany(topics, { overflow: 'latest' });
    const newest = new Map<string, unknown>();
    let frames = 0;
    const tick = () => {
      frames++;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    let calls = 0;
    for (const channel of channels) {
      channel.on('message', (price) => {
        calls++;
        newest.set(channel.topic, price);
      });
    }
    await client.request({ op: 'barrier' });
    return { client, channels, newest, count, told: () => ({ frames, calls }) };
  }, server.url);
  for (let price = 1; price <= 300; price++) for (let n = 0; n < 20; n++) server.publish(`price.${n}`, price);
  await page.waitForFunction(({ newest }) => [...newest.values()].filter((price) => price === 300).length === 20, run);
  const found = await run.evaluate(async ({ client, channels, count, told }) => {
    await client.request({ op: 'barrier' });
    const { frames, calls } = told();
    await client.close();
    const dropped = channels.reduce((sum, channel) => sum + channel.dropped, 0);
    return { frames, calls, dropped, messages: count.messages };
  });
  expect(found.calls + found.dropped).toBe(20 * 300);
  expect(found.calls).toBeLessThan(20 * 300);
  // Each message is one frame's; the spare ticks of a page that does not paint may add some.
  expect(found.calls / found.messages).toBeGreaterThan(1);
  expect(found.calls).toBeLessThanOrEqual(20 * found.messages);
});

test('a page that is busy finds bounded news, and every loss counted [WK9, WK22]', async ({ page, server, site }) => {
  await openPage(page, site);
  const run = await page.evaluateHandle(async (url) => {
    const { client } = feed.open(url);
    await client.connect();
    const channel = await client.subscribe('fills', { capacity: 50 });
    const seen: number[] = [];
    const gaps: string[] = [];
    channel.on('message', (n, { gap }) => {
      seen.push(n as number);
      if (gap) gaps.push(gap.cause);
    });
    await client.request({ op: 'barrier' });
    return { client, channel, seen, gaps };
  }, server.url);
  const blocked = run.evaluate(() => {
    const until = Date.now() + 2_000;
    while (Date.now() < until);
  });
  for (let n = 0; n < 20_000; n++) server.publish('fills', n);
  await blocked;
  await page.waitForFunction(({ seen }) => seen.at(-1) === 19_999, run);
  const found = await run.evaluate(async ({ client, channel, seen, gaps }) => {
    await client.request({ op: 'barrier' });
    const isOrdered = seen.every((n, at) => at === 0 || n > (seen[at - 1] as number));
    const all = seen.length + channel.dropped;
    await client.close();
    return { isOrdered, all, isGapTold: channel.dropped === 0 || gaps.includes('overflow') };
  });
  expect(found).toEqual({ isOrdered: true, all: 20_000, isGapTold: true });
});

test('an AbortSignal of the page ends calls in the worker [WK4, WK22]', async ({ page, server, site }) => {
  server.respondTo('"op":"slow"', []);
  await openPage(page, site);
  const found = await page.evaluate(async (url) => {
    const { client } = feed.open(url);
    await client.connect();
    const abort = new AbortController();
    const call = client.request({ op: 'slow' }, { signal: abort.signal });
    const before = call.delivery;
    setTimeout(() => abort.abort(), 20);
    const error: unknown = await call.catch((reason: unknown) => reason);
    const own = error === abort.signal.reason;
    await client.close();
    return { before, own, after: call.delivery };
  }, server.url);
  expect(found).toEqual({ before: 'unknown', own: true, after: 'unknown' });
});

test('a worker that is terminated is a lost connection [WK13, WK22]', async ({ page, server, site }) => {
  server.respondTo('"op":"slow"', []);
  await openPage(page, site);
  const found = await page.evaluate(async (url) => {
    const { client, worker } = feed.open(url, { workerTimeout: 300 });
    await client.connect();
    const channel = await client.subscribe('trades');
    const closed = new Promise<boolean>((resolve) =>
      channel.on('close', ({ error }) => resolve(error instanceof feed.ConnectionClosedError)),
    );
    const call = client.request({ op: 'slow' });
    const outcome = call.catch((error: { delivery?: string }) => error.delivery);
    worker.terminate();
    const { error } = await client.closed;
    return [await outcome, call.delivery, await closed, error instanceof feed.ConnectionClosedError, client.state];
  }, server.url);
  expect(found).toEqual(['unknown', 'unknown', true, true, 'closed']);
});

test('a script that is missing is a typed error; failing code in a worker is an error event [WK13, WK18, WK22]', async ({
  page,
  server,
  site,
}) => {
  await openPage(page, site);
  const found = await page.evaluate(async () => {
    const client = feed.connectWorker(new Worker('/missing.js'));
    const outcome = await client.request({ op: 'early' }).catch((error: { delivery?: string }) => error.delivery);
    const { error } = await client.closed;
    return [outcome, error instanceof feed.ConnectionFailedError];
  });
  expect(found).toEqual(['unsent', true]);
  const run = await page.evaluateHandle(async (url) => {
    const { client } = feed.open(url);
    await client.connect();
    const channel = await client.subscribe('trades');
    const errors: string[] = [];
    client.on('error', ({ message }) => errors.push(message));
    const update = new Promise((resolve) => channel.once('message', resolve));
    await client.request({ op: 'barrier' });
    return { client, errors, update };
  }, server.url);
  server.publish('trades', 'throw');
  await page.waitForFunction(({ errors }) => errors.length > 0, run);
  const after = await run.evaluate(async ({ client, errors, update }) => {
    const seen = [await update, errors[0]?.includes('worker code failed'), client.state];
    await client.close();
    return seen;
  });
  expect(after).toEqual(['throw', true, 'ready']);
});

test('key functions of the worker are named by the page [WK15, WK22]', async ({ page, server, site }) => {
  await openPage(page, site);
  const run = await page.evaluateHandle(async (url) => {
    const { client } = feed.open(url);
    await client.connect();
    const channel = await client.subscribe('book', { overflow: 'latest', key: 'bySymbol' });
    return { client, channel };
  }, server.url);
  for (let n = 1; n <= 50; n++) for (const s of ['A', 'B']) server.publish('book', { s, n });
  const found = await run.evaluate(async ({ client, channel }) => {
    await client.request({ op: 'barrier' });
    const loop = channel[Symbol.asyncIterator]();
    const values = [(await loop.next()).value, (await loop.next()).value];
    await client.close();
    return values;
  });
  expect(found).toEqual([
    { s: 'A', n: 50 },
    { s: 'B', n: 50 },
  ]);
});
