import type { Page } from '@playwright/test';
import type { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { test as base, expect } from './fixtures.js';

/** What browsers say themselves when a WebSocket fails. */
const OF_THE_BROWSER = /WebSocket connection to|establish a connection to|was interrupted while the page/;

/** A page of components. Whatever it complains about fails the test. */
const test = base.extend({
  page: async ({ page, site }, use) => {
    const complaints: string[] = [];
    const complain = (words: string) => {
      if (!OF_THE_BROWSER.test(words)) complaints.push(words);
    };
    page.on('pageerror', ({ message }) => complain(message));
    page.on('console', (message) => {
      if (/error|warning/.test(message.type())) complain(message.text());
    });
    await page.goto(`${site.url}/react`);
    await use(page);
    expect(complaints).toEqual([]);
  },
});

/** What the server was asked to subscribe and unsubscribe, topic by topic, in order. */
function framesOf(server: MockWebSocketServer): string[] {
  return server.received.flatMap(({ data }) => {
    const { op, args = [] } = JSON.parse(String(data)) as { op: string; args?: (string | { topic: string })[] };
    return args.map((arg) => `${op} ${typeof arg === 'string' ? arg : arg.topic}`);
  });
}

const subscribed = (server: MockWebSocketServer, topic: string) =>
  server.waitFor(`a subscription of ${topic}`, () => server.subscriptions.has(topic));

const text = (page: Page, id: string, words: string | RegExp) => expect(page.locator(`#${id}`)).toHaveText(words);

/** A client of the page that is connected. */
const openClient = (page: Page, server: MockWebSocketServer) =>
  page.evaluateHandle(async (url) => {
    const client = ui.makeClient(url);
    await client.connect();
    return client;
  }, server.url);

test('StrictMode opens one socket, and subscribes each topic once; nothing is left after unmount [RE1, RE2, RE3, RE6]', async ({
  page,
  server,
}) => {
  await page.evaluate((url) => ui.render({ url, channel: 'trades', latest: 'price', book: 'depth' }), server.url);
  await text(page, 'trades', 'live');
  await subscribed(server, 'depth');
  server.publish('price', 42);
  await text(page, 'price', 'live 42');
  expect(framesOf(server).sort()).toEqual(['subscribe depth', 'subscribe price', 'subscribe trades']);
  expect(server.upgradeAttempts).toBe(1);
  const connection = await page.evaluate(() => {
    const { state, epoch, lastError, attempt, retryAt } = ui.seen().connection ?? {};
    return { made: ui.made.length, state, epoch, lastError, attempt, retryAt };
  });
  expect(connection).toEqual({
    made: 1,
    state: 'ready',
    epoch: 1,
    lastError: undefined,
    attempt: 0,
    retryAt: undefined,
  });
  await page.evaluate(() => ui.unmount());
  await server.waitForIdle();
  expect(await page.evaluate(async () => (await ui.made[0]?.closed)?.code)).toBe(1000);
});

test('a component that is mounted again at once keeps the subscriptions, without a frame [RE6, RE13]', async ({
  page,
  server,
}) => {
  const client = await openClient(page, server);
  const props = await client.evaluate((own) => {
    const props = { channel: 'trades', latest: 'price', book: 'depth' };
    ui.remount({ ...props, client: own }, 'one');
    return props;
  });
  await text(page, 'trades', 'live');
  server.publish('price', 1);
  await text(page, 'price', 'live 1');
  const first = await page.evaluateHandle(() => ui.seen().channel?.channel);
  await client.evaluate((own, again) => {
    ui.reset();
    ui.remount({ ...again, client: own }, 'two');
  }, props);
  // The price is there with the first rendering.
  await text(page, 'price', 'live 1');
  expect(await page.evaluate(() => ui.seen().latests.map(({ data }) => data))).toEqual([1]);
  await page.waitForFunction((channel) => channel?.closed, first);
  await text(page, 'trades', 'live');
  await client.evaluate((own) => own.request({ op: 'barrier' }));
  expect(framesOf(server).sort()).toEqual(['subscribe depth', 'subscribe price', 'subscribe trades']);
  await page.evaluate(() => ui.unmount());
  await server.waitFor('the end of the subscriptions', () => server.subscriptions.size === 0);
  expect(await client.evaluate((own) => own.stats().subscriptions)).toBe(0);
  await client.evaluate((own) => own.close());
});

test('options and functions may be inline: the subscription stays, and the newest function is called [RE7, RE8]', async ({
  page,
  server,
}) => {
  const client = await openClient(page, server);
  await client.evaluate((own) => {
    const channelOptions = () => ({ capacity: 10, params: { depth: [1, { a: 2 }] }, overflow: 'drop-oldest' as const });
    for (let label = 1; label <= 20; label++)
      ui.render({ client: own, channel: 'trades', channelOptions: channelOptions(), label });
  });
  await text(page, 'trades', 'live');
  const before = await page.evaluateHandle(() => ui.seen().channel);
  for (let label = 21; label <= 25; label++) {
    await client.evaluate((own, n) => {
      const channelOptions = { params: { depth: [1, { a: 2 }] }, overflow: 'drop-oldest' as const, capacity: 10 };
      ui.render({ client: own, channel: 'trades', channelOptions, label: n });
    }, label);
  }
  server.broadcast({ topic: 'trades', data: 'a' });
  await page.waitForFunction(() => ui.seen().updates.length === 1);
  expect(await page.evaluate(() => ui.seen().updates)).toEqual([[25, 'a']]);
  expect(await before.evaluate((state) => state === ui.seen().channel)).toBe(true);
  await client.evaluate((own) => own.request({ op: 'barrier' }));
  expect(framesOf(server)).toEqual(['subscribe trades']);
  await client.evaluate((own) => own.close());
});

test('a change of topic or options moves the subscription: the new one begins before the old one ends [RE7]', async ({
  page,
  server,
}) => {
  const client = await openClient(page, server);
  await client.evaluate((own) => ui.render({ client: own, channel: 'a', latest: 'p' }));
  await text(page, 'trades', 'live');
  server.publish('p', 1);
  await text(page, 'price', 'live 1');
  await client.evaluate((own) => {
    ui.reset();
    ui.render({ client: own, channel: 'b', latest: 'q' });
  });
  // Nothing of the other topic is shown.
  expect(await page.evaluate(() => ui.seen().latests[0])).toMatchObject({ status: 'pending', data: undefined });
  await text(page, 'trades', 'live');
  await server.waitFor('the end of a and p', () => server.subscriptions.size === 2 && !server.subscriptions.has('p'));
  const frames = framesOf(server);
  expect(frames.indexOf('subscribe b')).toBeLessThan(frames.indexOf('unsubscribe a'));
  // The same topic with another capacity is another channel, and no frame.
  const before = await page.evaluateHandle(() => ui.seen().channel?.channel);
  await client.evaluate((own) => ui.render({ client: own, channel: 'b', channelOptions: { capacity: 1 } }));
  await page.waitForFunction(
    (old) => old !== ui.seen().channel?.channel && ui.seen().channel?.status === 'live',
    before,
  );
  await client.evaluate((own) => ui.render({ client: own, channel: null, latest: null }));
  await text(page, 'trades', 'idle');
  await text(page, 'price', 'idle undefined');
  await server.waitFor('the end of all', () => server.subscriptions.size === 0);
  expect(framesOf(server).filter((frame) => frame.endsWith(' b'))).toEqual(['subscribe b', 'unsubscribe b']);
  await client.evaluate((own) => own.close());
});

test('topics that change quickly leave one subscription [RE7]', async ({ page, server }) => {
  const client = await openClient(page, server);
  await client.evaluate(async (own) => {
    for (let n = 0; n < 30; n++) {
      ui.render({ client: own, channel: `t${n % 3}`, latest: `t${n % 3}` });
      if (n % 4 === 0) await new Promise(requestAnimationFrame);
    }
    ui.render({ client: own, channel: 'last', latest: 'last' });
  });
  await text(page, 'trades', 'live');
  await server.waitFor('one subscription', () => server.subscriptions.size === 1 && server.subscriptions.has('last'));
  server.publish('last', 7);
  await text(page, 'price', 'live 7');
  await page.waitForFunction((own) => own.stats().subscriptions === 1, client);
  const frames = framesOf(server);
  for (const topic of ['t0', 't1', 't2']) {
    expect(frames.filter((frame) => frame === `subscribe ${topic}`)).toHaveLength(1);
    expect(frames.filter((frame) => frame === `unsubscribe ${topic}`)).toHaveLength(1);
  }
  await client.evaluate((own) => own.close());
});

test('an outage is shown: the state with the next attempt, the topics as interrupted, the price as stale [RE4, RE9, RE11]', async ({
  page,
  server,
}) => {
  await page.evaluate((url) => ui.render({ url, channel: 'trades', latest: 'price', book: 'depth' }), server.url);
  await text(page, 'trades', 'live');
  await subscribed(server, 'depth');
  server.publish('price', 1);
  server.publish('depth', { type: 'snapshot', b: [['10', '1']], a: [['11', '1']] });
  await text(page, 'price', 'live 1');
  await text(page, 'book', 'synced 10 11');
  await server.stop();
  await text(page, 'trades', 'interrupted');
  await text(page, 'price', 'interrupted 1 stale');
  await text(page, 'book', 'stale 10 11');
  await page.waitForFunction(() => ui.seen().connections.some(({ retryAt, attempt }) => retryAt && attempt > 1));
  const waiting = await page.evaluate(() => {
    const { connections, book } = ui.seen();
    const { state, retryAt = 0, attempt, lastError } = connections.findLast((one) => one.retryAt !== undefined) ?? {};
    return {
      state,
      isNear: Math.abs(retryAt - Date.now()) < 60_000,
      attempt: Number(attempt) > 0,
      code: lastError?.code,
      stale: book?.stale,
    };
  });
  expect(waiting).toEqual({
    state: 'reconnecting',
    isNear: true,
    attempt: true,
    code: 'CONNECTION_FAILED',
    stale: 'interrupted',
  });
  await server.restart();
  await text(page, 'state', 'ready');
  await text(page, 'trades', 'live');
  // The price is of before the outage: it is stale until the next one comes.
  await text(page, 'price', 'live 1 stale');
  await subscribed(server, 'depth');
  server.publish('price', 2);
  server.publish('depth', { type: 'snapshot', b: [['12', '1']], a: [['13', '1']] });
  await text(page, 'price', 'live 2');
  await text(page, 'book', 'synced 12 13');
  const after = await page.evaluate(() => {
    const { connection, channel, book } = ui.seen();
    return [
      connection?.epoch,
      connection?.retryAt,
      channel?.gaps.map(({ cause }) => cause),
      book?.stale,
      book?.isSynced,
    ];
  });
  expect(after).toEqual([2, undefined, ['disconnect'], undefined, true]);
  await page.evaluate(() => ui.unmount());
  await server.waitForIdle();
});

test('a component renders at most once per painted frame, and ends with the newest data [RE10, RE12]', async ({
  page,
  server,
}) => {
  const client = await openClient(page, server);
  await client.evaluate((own) => ui.render({ client: own, latest: 'price' }, false));
  await subscribed(server, 'price');
  await text(page, 'price', 'live undefined');
  await page.evaluate(() => ui.reset());
  for (let n = 1; n <= 3_000; n++) server.publish('price', n);
  await text(page, 'price', 'live 3000');
  const prices = await page.evaluate(() => ({
    most: Math.max(...ui.seen().commits.filter(Boolean)),
    count: ui.seen().latests.length,
  }));
  expect(prices.most).toBe(1);
  expect(prices.count).toBeLessThan(3_000);
  await client.evaluate((own) => ui.render({ client: own, book: 'depth', depth: 2 }, false));
  await subscribed(server, 'depth');
  server.publish('depth', {
    type: 'snapshot',
    b: [
      ['10', '1'],
      ['9', '1'],
    ],
    a: [['11', '1']],
  });
  await text(page, 'book', 'synced 10 11');
  await page.evaluate(() => ui.reset());
  for (let n = 1; n <= 1_000; n++) server.publish('depth', { type: 'delta', b: [['9.5', String(n)]], a: [] });
  server.publish('depth', { type: 'delta', b: [['10.5', '1']], a: [] });
  await text(page, 'book', 'synced 10.5 11');
  const books = await page.evaluate(() => ({
    most: Math.max(...ui.seen().commits.filter(Boolean)),
    last: ui.seen().book,
  }));
  expect(books.most).toBe(1);
  expect(books.last).toMatchObject({
    bids: [
      ['10.5', '1'],
      ['10', '1'],
    ],
    asks: [['11', '1']],
    isSynced: true,
  });
  // A level that is not shown renders nothing.
  const shown = await page.evaluateHandle(() => ui.seen().book);
  server.publish('depth', { type: 'delta', b: [['1', '1']], a: [['99', '0']] });
  await client.evaluate(async (own) => {
    await own.request({ op: 'barrier' });
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
  expect(await shown.evaluate((book) => book === ui.seen().book)).toBe(true);
  await client.evaluate((own) => own.close());
});

test('copies of a price that a transition renders in pieces are never torn [RE5]', async ({ page, server }) => {
  const client = await openClient(page, server);
  await client.evaluate((own) => ui.renderTorn(own, 'price'));
  await subscribed(server, 'price');
  let price = 1;
  server.publish('price', price);
  server.onMessage((_, asked) => {
    if (asked.includes('tick')) server.publish('price', ++price);
  });
  await expect(page.locator('i')).toHaveText('1');
  for (let round = 1; round <= 3; round++) {
    await page.evaluate(() => document.getElementById('more')?.click());
    await expect(page.locator('i')).toHaveCount(1 + 20 * round);
    await expect(page.locator('i').last()).toHaveText(String(1 + round));
  }
  const commits = await page.evaluate(() => ui.tearing.commits);
  expect(commits.at(-1)?.[0]).toBe(61);
  expect(commits.filter(([, different]) => different > 1)).toEqual([]);
  await client.evaluate((own) => own.close());
});

test('the hooks work with a client in a worker [RE14]', async ({ page, server }) => {
  await page.evaluate(
    (url) => ui.render({ url, made: 'worker', channel: 'trades', latest: 'price', book: 'depth' }),
    server.url,
  );
  await text(page, 'trades', 'live');
  await text(page, 'state', 'ready');
  await subscribed(server, 'depth');
  server.publish('price', 1);
  server.publish('trades', 'a');
  server.publish('depth', { type: 'snapshot', b: [['10', '1']], a: [['11', '1']] });
  await text(page, 'price', 'live 1');
  await text(page, 'book', 'synced 10 11');
  await page.waitForFunction(() => ui.seen().updates.length === 1);
  server.dropAll();
  await page.waitForFunction(() => ui.seen().channels.some(({ status }) => status === 'interrupted'));
  await server.waitForConnection(2);
  await subscribed(server, 'price');
  server.publish('price', 2);
  await text(page, 'price', 'live 2');
  expect(await page.evaluate(() => ui.seen().connections.some(({ retryAt }) => retryAt !== undefined))).toBe(true);
  expect(framesOf(server).filter((frame) => frame === 'subscribe trades')).toHaveLength(2);
  await page.evaluate(() => ui.unmount());
  await server.waitForIdle();
});

test('errors are returned: a refusal, a listener that throws, wrong options, a closed client [RE15]', async ({
  page,
  server,
}) => {
  const client = await openClient(page, server);
  server.refuseTopic('secret');
  await client.evaluate((own) => ui.render({ client: own, channel: 'secret', latest: 'secret', book: 'secret' }));
  await text(page, 'trades', 'failed');
  await text(page, 'price', 'failed undefined');
  await text(page, 'book', 'failed undefined undefined');
  const codes = () =>
    page.evaluate(() => {
      const { channel, latest, book } = ui.seen();
      return [channel?.error?.code, latest?.error?.code, book?.error?.code];
    });
  expect(await codes()).toEqual(['SUBSCRIPTION_FAILED', 'SUBSCRIPTION_FAILED', 'SUBSCRIPTION_FAILED']);
  await client.evaluate((own) => ui.render({ client: own, channel: 'a', channelOptions: { capacity: -1 } }));
  await text(page, 'trades', 'failed');
  expect((await codes())[0]).toBe('CONFIG_INVALID');
  await client.evaluate((own) => ui.render({ client: own, channel: 'a', throwing: true }));
  await text(page, 'trades', 'live');
  server.publish('a', 1);
  server.publish('a', 2);
  await page.waitForFunction(() => ui.seen().channel?.error && ui.seen().updates.length === 2);
  const thrown = await page.evaluate(() => [ui.seen().channel?.status, String(ui.seen().channel?.error?.cause)]);
  expect(thrown).toEqual(['live', 'Error: the listener failed']);
  await client.evaluate((own) => own.close());
  await text(page, 'trades', 'closed');
  await text(page, 'state', 'closed');
  await client.evaluate((own) => ui.render({ client: own, channel: 'b', latest: 'b' }));
  await text(page, 'trades', 'failed');
  expect((await codes())[0]).toBe('CONNECTION_CLOSED');
});

test('a silence and its end are shown, and how many updates were dropped [RE9, RE11]', async ({ page, server }) => {
  const client = await openClient(page, server);
  await client.evaluate((own) => {
    const channelOptions = { maxSilence: 300, overflow: 'latest', conflateInterval: 100 } as const;
    ui.render({ client: own, channel: 'trades', channelOptions, latest: 'price', latestOptions: { maxSilence: 300 } });
  });
  // In silence both end as stale, whenever it began.
  await subscribed(server, 'trades');
  await subscribed(server, 'price');
  for (let n = 1; n <= 20; n++) server.publish('trades', n);
  server.publish('price', 1);
  await text(page, 'trades', 'stale');
  await text(page, 'price', 'stale 1 stale');
  await page.evaluate(() => ui.reset());
  server.publish('trades', 21);
  server.publish('price', 2);
  await page.waitForFunction(() => ui.seen().channels.some(({ status }) => status === 'live'));
  await page.waitForFunction(() => ui.seen().latests.some(({ isStale, data }) => data === 2 && !isStale));
  await page.waitForFunction(() => ui.seen().channel?.dropped);
  await client.evaluate((own) => own.close());
});

test('an error of the client is shown while the connection stays as it is [RE4]', async ({ page, server }) => {
  const client = await openClient(page, server);
  await client.evaluate((own) => {
    ui.render({ client: own });
    own.on('message', () => {
      throw new Error('a listener of the application failed');
    });
  });
  await text(page, 'state', 'ready');
  server.broadcast('{"unknown":1}');
  await page.waitForFunction(() =>
    String(ui.seen().connection?.lastError?.cause).includes('of the application failed'),
  );
  await text(page, 'state', 'ready');
  await client.evaluate((own) => own.close());
});

test('a wrong depth is for the error boundary [RE15]', async ({ page, server }) => {
  const client = await openClient(page, server);
  await client.evaluate((own) => ui.render({ client: own, book: 'depth', depth: -1 }));
  await expect(page.locator('#failed')).toHaveCount(1);
  await client.evaluate((own) => own.close());
});

test('a topic that failed is asked for again by a component that is mounted later [RE15]', async ({ page, server }) => {
  const client = await openClient(page, server);
  server.refuseTopic('late');
  await client.evaluate((own) => ui.render({ client: own, latest: 'late' }));
  await text(page, 'price', 'failed undefined');
  server.acceptTopic('late');
  await client.evaluate((own) => ui.renderTwo({ client: own, latest: 'late' }, { client: own, latest: 'late' }));
  await expect(page.locator('#price')).toHaveText(['live undefined', 'live undefined']);
  await client.evaluate((own) => own.close());
});

test('two components share what is newest, and have channels of their own [RE8, RE10, RE16]', async ({
  page,
  server,
}) => {
  const client = await openClient(page, server);
  await client.evaluate((own) => {
    const both = { client: own, channel: 'x', latest: 'x' };
    ui.renderTwo({ ...both, label: 1 }, { ...both, label: 2, channelOptions: { capacity: 5 } });
  });
  await expect(page.locator('#trades')).toHaveText(['live', 'live']);
  server.publish('x', 5);
  await expect(page.locator('#price')).toHaveText(['live 5', 'live 5']);
  await page.waitForFunction(() => ui.seen().updates.length === 2);
  expect((await page.evaluate(() => ui.seen().updates)).sort()).toEqual([
    [1, 5],
    [2, 5],
  ]);
  await client.evaluate((own) => own.request({ op: 'barrier' }));
  expect(framesOf(server)).toEqual(['subscribe x']);
  // One of them goes: the other one stays.
  await client.evaluate((own) => ui.renderTwo({ client: own, channel: 'x', latest: 'x', label: 1 }, { client: own }));
  await expect(page.locator('#price')).toHaveText(['live 5']);
  server.publish('x', 6);
  await expect(page.locator('#price')).toHaveText(['live 6']);
  await client.evaluate((own) => own.request({ op: 'barrier' }));
  const later = await page.evaluate(() => ui.seen().updates.slice(2));
  expect(later).toEqual([[1, 6]]);
  await client.evaluate((own) => own.close());
});

test('a component that goes while its subscription waits leaves nothing [RE6]', async ({ page, server }) => {
  server.respondTo('"op":"subscribe"', []);
  const client = await openClient(page, server);
  await client.evaluate((own) => ui.render({ client: own, channel: 'a', latest: 'b', book: 'c' }));
  await server.waitForMessage('"subscribe"');
  await text(page, 'trades', 'pending');
  await page.evaluate(() => ui.unmount());
  await page.waitForFunction((own) => own.stats().subscriptions === 0, client);
  await server.waitForMessage(/"unsubscribe".*"a"/);
  await client.evaluate((own) => own.close());
});

test('a new key makes a new client, and the old one is closed; so does another client of somebody else [RE3, RE7]', async ({
  page,
  server,
}) => {
  await page.evaluate((url) => ui.render({ url, key_: 'one', latest: 'price' }), server.url);
  await subscribed(server, 'price');
  await page.evaluate((url) => ui.render({ url, key_: 'two', latest: 'price' }), server.url);
  const second = await server.waitForConnection(2);
  await server.waitFor('the new subscription', () => second.subscriptions.has('price'));
  await server.waitFor('the end of the first', () => server.connections.length === 1);
  server.publish('price', 3);
  await text(page, 'price', 'live 3');
  expect(await page.evaluate(() => ui.made.map(({ state }) => state))).toEqual(['closed', 'ready']);
  await page.evaluate(() => ui.unmount());
  await server.waitForIdle();
  const [one, two] = [await openClient(page, server), await openClient(page, server)];
  await one.evaluate((own) => ui.render({ client: own, latest: 'price' }));
  await subscribed(server, 'price');
  await two.evaluate((own) => ui.render({ client: own, latest: 'price' }));
  await server.waitFor(
    'the move',
    () => server.connections.map(({ subscriptions }) => subscriptions.size).join() === '0,1',
  );
  expect(await one.evaluate(({ state }) => state)).toBe('ready');
  await one.evaluate((own) => own.close());
  await two.evaluate((own) => own.close());
});

test('a client that ended by itself is shown as closed, and a component that is mounted anew makes another one [RE3]', async ({
  page,
  server,
}) => {
  await page.evaluate((url) => ui.remount({ url, latest: 'price' }, 'one'), server.url);
  await text(page, 'state', 'ready');
  await page.evaluate(() => ui.made[0]?.close());
  await text(page, 'state', 'closed');
  await page.evaluate((url) => ui.remount({ url, latest: 'price' }, 'two'), server.url);
  await text(page, 'state', 'ready');
  await page.evaluate(() => ui.unmount());
  await server.waitForIdle();
});

test('a function that returns no client, and a source that is none, are for the error boundary [RE15]', async ({
  page,
}) => {
  await page.evaluate(() => ui.renderWrong('promise'));
  await expect(page.locator('#failed')).toHaveCount(1);
  await page.evaluate(() => ui.unmount());
  await page.evaluate(() => ui.renderWrong('text'));
  await expect(page.locator('#failed')).toHaveCount(1);
  const errors = await page.evaluate(() => ui.seen().errors);
  expect(errors[0]).toMatch(/source\(\)|#/);
  expect(errors.every((message) => /source/.test(message) || /#/.test(message))).toBe(true);
});

test('hot reload keeps the socket; if it replaces the state, the old socket is closed [RE17]', async ({
  page,
  server,
}) => {
  await page.evaluate((url) => ui.renderLive(url), server.url);
  await subscribed(server, 'trades');
  server.publish('price', 1);
  await text(page, 'live', 'first ready 1');
  await page.evaluate((url) => ui.edit(url, 'second', 'same'), server.url);
  await text(page, 'live', 'second ready 1');
  server.publish('trades', 'a');
  await page.waitForFunction(() => ui.seen().updates.length === 1);
  expect(await page.evaluate(() => ui.seen().updates)).toEqual([['second', 'a']]);
  await page.evaluate(() => ui.made[0]?.request({ op: 'barrier' }));
  expect(framesOf(server).sort()).toEqual(['subscribe price', 'subscribe trades']);
  expect(server.upgradeAttempts).toBe(1);
  await page.evaluate((url) => ui.edit(url, 'third', 'other'), server.url);
  const second = await server.waitForConnection(2);
  await server.waitFor('the new subscription', () => second.subscriptions.has('price'));
  await server.waitFor('the end of the first', () => server.connections.length === 1);
  server.publish('price', 2);
  await text(page, 'live', 'third ready 2');
  await page.evaluate(() => ui.unmount());
  await server.waitForIdle();
});

test('a page that a server rendered hydrates without a mismatch [RE18]', async ({ page, server }) => {
  const { markup, sockets } = await page.evaluate(
    (url) => ui.hydrate({ url, channel: 'trades', latest: 'price', book: 'depth' }),
    server.url,
  );
  expect(sockets).toBe(0);
  expect(markup).toContain('disconnected');
  await text(page, 'trades', 'live');
  server.publish('price', 1);
  await text(page, 'price', 'live 1');
  expect(await page.evaluate(() => [ui.seen().errors, ui.made.length])).toEqual([[], 1]);
  await page.evaluate(() => ui.unmount());
  await server.waitForIdle();
});
