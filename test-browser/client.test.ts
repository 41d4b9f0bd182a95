import { expect, test } from './fixtures.js';

/** What is particular in a browser: its own WebSocket, its own tasks, its own AbortSignal. */
const QUICK = { reconnectInitialDelay: 10, reconnectMaxDelay: 50 };

test('the client connects, requests and closes [CL3, CL9, CL10]', async ({ page, server }) => {
  const found = await page.evaluate(async (url) => {
    const client = await hpx.WebSocketClient.connect({ url }, new hpx.GenericJsonHandler());
    const answer = await client.request({ op: 'quote', symbol: 'BTC' });
    const { state, epoch } = client;
    await client.close({ code: 3001, reason: 'done' });
    return { answer, state, epoch, after: client.state };
  }, server.url);
  expect(found).toEqual({ answer: { op: 'quote', symbol: 'BTC' }, state: 'ready', epoch: 1, after: 'closed' });
  expect(await server.waitForClose()).toMatchObject({ code: 3001, reason: 'done' });
  await server.waitForIdle();
});

test('the client authenticates first and reports a refusal [C3, CL20, F10]', async ({ page, server }) => {
  server.respondTo('"op":"auth"', (text) => ({ op: 'auth', success: text.includes('secret') }));
  const found = await page.evaluate(async (url) => {
    const handler = new hpx.LoginHandler();
    const { client } = hpx.observe({ url }, handler);
    const early = client.request({ op: 'quote' });
    await client.connect();
    const answer = await early;
    handler.key = 'wrong';
    const refusal: { code?: string } = await client.authenticate().catch((error) => error);
    await client.close();
    return { answer, refusal: refusal.code };
  }, server.url);
  expect(found).toEqual({ answer: { op: 'quote' }, refusal: 'AUTHENTICATION_FAILED' });
  const ops = server.received.map(({ data }) => (JSON.parse(String(data)) as { op: string }).op);
  expect(ops).toEqual(['auth', 'quote', 'auth']);
});

test('the client offers its protocols [CF5]', async ({ page, server }) => {
  server.subprotocol = () => 'v2.json';
  await page.evaluate(async (url) => {
    const config = { url, protocols: ['v1.json', 'v2.json'] };
    const client = await hpx.WebSocketClient.connect(config, new hpx.GenericJsonHandler());
    await client.close();
  }, server.url);
  expect((await server.waitForConnection()).protocol).toBe('v2.json');
});

test("conflateInterval 'frame' delivers once per frame that the page paints [CH22]", async ({ page, server }) => {
  const shown = page.evaluate(async (url) => {
    const client = await hpx.WebSocketClient.connect({ url }, new hpx.GenericJsonHandler());
    const prices = await client.subscribe('prices', { overflow: 'latest', conflateInterval: 'frame' });
    const calls: { price: number; frame: number }[] = [];
    let frame = 0;
    const count = () => {
      frame++;
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
    await new Promise<void>((resolve) =>
      prices.on('message', (price) => {
        calls.push({ price: price as number, frame });
        if (price === 1_000) resolve();
      }),
    );
    const { received, parsed } = client.stats();
    await client.close();
    return { calls, dropped: prices.dropped, spared: received - parsed };
  }, server.url);
  await server.waitFor('the subscription', () => server.subscriptions.has('prices'));
  for (let price = 1; price <= 1_000; price++) server.publish('prices', price);
  const { calls, dropped, spared } = await shown;
  expect(calls.length + dropped).toBe(1_000);
  expect(spared).toBeGreaterThan(0);
  expect(new Set(calls.map(({ frame }) => frame)).size).toBe(calls.length);
});

test('a loop yields the updates in order [CH3, CH4, S5]', async ({ page, server }) => {
  const loop = page.evaluate(async (url) => {
    const client = await hpx.WebSocketClient.connect({ url }, new hpx.GenericJsonHandler());
    const channel = await client.subscribe('trades.BTC');
    const seen: unknown[] = [];
    for await (const trade of channel) {
      seen.push(trade);
      if (seen.length === 200) break;
    }
    await channel.unsubscribe();
    await client.close();
    return seen;
  }, server.url);
  await server.waitFor('the subscription', () => server.subscriptions.has('trades.BTC'));
  for (let n = 0; n < 200; n++) server.publish('trades.BTC', n);
  expect(await loop).toEqual(Array.from({ length: 200 }, (_, n) => n));
});

test('the client receives and sends binary frames [MS1, HN8]', async ({ page, server }) => {
  server.onConnection((connection) => connection.send(new Uint8Array([0, 127, 255])));
  const raw = await page.evaluate(async (url) => {
    const { client } = hpx.observe({ url });
    const first = new Promise<string | Uint8Array>((resolve) => client.once('message', ({ raw }) => resolve(raw)));
    await client.connect();
    await client.send(new Uint8Array([9, 1, 2, 9]).subarray(1, 3));
    const bytes = await first;
    return { isPlain: Object.getPrototypeOf(bytes) === Uint8Array.prototype, bytes: [...(bytes as Uint8Array)] };
  }, server.url);
  expect(raw).toEqual({ isPlain: true, bytes: [0, 127, 255] });
  expect((await server.waitForMessage()).data).toEqual(new Uint8Array([1, 2]));
});

test('a drop is followed by a reconnect, a resubscription and a gap [S4, CH19, L1]', async ({ page, server }) => {
  const run = await page.evaluateHandle(
    async ({ url, quick }) => {
      const { client } = hpx.observe({ url, ...quick });
      await client.connect();
      const channel = await client.subscribe('trades.BTC');
      const story: string[] = [];
      channel.on('gap', ({ cause }) => story.push(`gap ${cause}`));
      channel.on('message', (data) => story.push(`message ${data}`));
      return { client, story };
    },
    { url: server.url, quick: QUICK },
  );
  server.publish('trades.BTC', 1);
  await page.waitForFunction(({ story }) => story.length === 1, run);
  server.dropAll();
  const second = await server.waitForConnection(2);
  await server.waitFor('the subscription', () => second.subscriptions.has('trades.BTC'));
  server.publish('trades.BTC', 2);
  await page.waitForFunction(({ story }) => story.length === 3, run);
  expect(await run.evaluate(({ client, story }) => ({ epoch: client.epoch, story }))).toEqual({
    epoch: 2,
    story: ['message 1', 'gap disconnect', 'message 2'],
  });
});

test('the client retries when the port is closed and when the upgrade is refused [CL5, F4, RT2]', async ({
  page,
  server,
}) => {
  await server.stop();
  const run = await page.evaluateHandle(
    ({ url, quick }) => {
      const { client, story } = hpx.observe({ url, ...quick });
      return { client, story, connected: client.connect() };
    },
    { url: server.url, quick: QUICK },
  );
  await page.waitForFunction(({ story }) => story.includes('state reconnecting'), run);
  server.refuseUpgrades({ status: 503, times: 1 });
  await server.restart();
  expect(await run.evaluate(({ client, connected }) => connected.then(() => client.epoch))).toBe(1);
});

test('the client accepts an AbortSignal of the browser [CL6, ER4, R6]', async ({ page, server }) => {
  server.respondTo('"op":"slow"', []);
  const found = await page.evaluate(async (url) => {
    const { client } = hpx.observe({ url });
    const nameOf = (error: unknown): string => (error instanceof DOMException ? error.name : String(error));
    const unsent = client.request({ op: 'never' }, { signal: AbortSignal.abort() });
    const before = [await unsent.catch(nameOf), unsent.delivery];
    const dial = await client.connect({ signal: AbortSignal.abort() }).catch(nameOf);
    await client.connect();
    const timed = client.request({ op: 'slow' }, { signal: AbortSignal.timeout(20) });
    const after = [await timed.catch(nameOf), timed.delivery];
    const abort = new AbortController();
    const channel = await client.subscribe('trades.BTC', { signal: abort.signal });
    abort.abort();
    const pending = client.stats().pendingRequests;
    await client.close();
    return { before, dial, after, closed: channel.closed, pending };
  }, server.url);
  expect(found).toEqual({
    before: ['AbortError', 'unsent'],
    dial: 'AbortError',
    after: ['TimeoutError', 'unknown'],
    closed: true,
    pending: 0,
  });
  expect(server.received.some(({ data }) => String(data).includes('never'))).toBe(false);
});

test("overflow 'latest' gives a slow loop the newest update and counts the others as dropped [CH17]", async ({
  page,
  server,
}) => {
  const run = await page.evaluateHandle(async (url) => {
    const { client } = hpx.observe({ url });
    await client.connect();
    const options = { overflow: 'latest', key: ({ data }: { data: unknown }) => (data as { s: string }).s } as const;
    const channel = await client.subscribe('book', options);
    return { client, channel, iterator: channel[Symbol.asyncIterator]() };
  }, server.url);
  for (let n = 1; n <= 50; n++) for (const s of ['A', 'B']) server.publish('book', { s, n });
  await page.waitForFunction(({ client }) => client.stats().received > 100, run);
  const found = await run.evaluate(async ({ channel, iterator }) => {
    const values = [(await iterator.next()).value, (await iterator.next()).value];
    return { values, dropped: channel.dropped, buffered: channel.buffered };
  });
  expect(found).toEqual({
    values: [
      { s: 'A', n: 50 },
      { s: 'B', n: 50 },
    ],
    dropped: 98,
    buffered: 0,
  });
});

test('the code after an await runs before the next frame [R7, DL10]', async ({ page, server }) => {
  server.respondTo('"op":"burst"', (text) => [
    { req_id: (JSON.parse(text) as { req_id: string }).req_id, data: 'answer' },
    { topic: 'trades.BTC', data: 'update' },
  ]);
  const order = await page.evaluate(async (url) => {
    const { client } = hpx.observe({ url });
    await client.connect();
    const seen: string[] = [];
    const channel = await client.subscribe('trades.BTC');
    const updated = new Promise<void>((resolve) => {
      channel.on('message', () => {
        seen.push('update');
        resolve();
      });
    });
    await client.request({ op: 'burst' });
    seen.push('after the await');
    await updated;
    return seen;
  }, server.url);
  expect(order).toEqual(['after the await', 'update']);
});

test('a frame that is too large is reported, closes with 4009 and leads to a reconnect [ER6, ER7, CF13]', async ({
  page,
  server,
}) => {
  server.respondTo('"op":"dump"', 'x'.repeat(2_001));
  const run = await page.evaluateHandle(
    async ({ url, quick }) => {
      const { client } = hpx.observe({ url, maxMessageSize: 2_000, ...quick });
      const codes: string[] = [];
      client.on('error', (error) => codes.push((error as { code?: string }).code ?? String(error)));
      await client.connect();
      await client.sendJson({ op: 'dump' });
      return { client, codes };
    },
    { url: server.url, quick: QUICK },
  );
  expect(await server.waitForClose()).toMatchObject({ code: 4009 });
  await server.waitForConnection(2);
  expect(await run.evaluate(({ codes }) => codes)).toEqual(['MESSAGE_TOO_LARGE']);
});

test('the client ends with a typed error when its only attempt fails [CL7, CF6]', async ({ page }) => {
  const story = await page.evaluate(async () => {
    const { client } = hpx.observe({ url: 'ws://127.0.0.1:9', reconnectMaxAttempts: 0 });
    const error: { code?: string } = await client.connect().catch((reason) => reason);
    return [error.code, client.state];
  });
  expect(story).toEqual(['MAX_RECONNECT_ATTEMPTS', 'closed']);
});

test('close() while connecting leaves no socket [F5, C8]', async ({ page, server }) => {
  server.hangUpgrades();
  const run = await page.evaluateHandle((url) => {
    const { client } = hpx.observe({ url });
    return { client, outcome: client.connect().catch((error: { code?: string }) => error.code) };
  }, server.url);
  await server.waitForUpgrade();
  const found = await run.evaluate(async ({ client, outcome }) => {
    await client.close();
    return [await outcome, client.state];
  });
  expect(found).toEqual(['CONNECTION_CLOSED', 'closed']);
  // The next one is not held up by what was left of the first.
  server.acceptUpgrades();
  await page.evaluate(async (url) => {
    const client = await hpx.WebSocketClient.connect({ url }, new hpx.GenericJsonHandler());
    await client.close();
  }, server.url);
  expect(server.connectionCount).toBe(1);
});

test('a link to a mute server is replaced although its socket does not close [F2, C6, C1]', async ({
  page,
  server,
}) => {
  const run = await page.evaluateHandle(
    async ({ url, quick }) => {
      const { client } = hpx.observe({ url, pingInterval: 100, pongTimeout: 1_000, ...quick });
      await client.connect();
      return client;
    },
    { url: server.url, quick: QUICK },
  );
  server.mute();
  const [first] = server.connections;
  await server.waitForConnection(2);
  server.unmute();
  await run.evaluate((client) => hpx.reached(client, 'ready'));
  expect(await run.evaluate(async (client) => [await client.request({ op: 'quote' }), client.epoch > 1])).toEqual([
    { op: 'quote' },
    true,
  ]);
  // The browser itself ends it some time: this server never answers its close frame.
  first?.terminate();
});

test('close() resolves in time although the server is mute [C8, F6, CL24]', async ({ page, server }) => {
  const run = await page.evaluateHandle(async (url) => {
    const { client } = hpx.observe({ url });
    await client.connect();
    return client;
  }, server.url);
  server.mute();
  const found = await run.evaluate(async (client) => {
    const call = client.request({ op: 'quote' }).catch((error: { code?: string }) => error.code);
    await client.close({ deadline: 100 });
    return [await call, client.state];
  });
  expect(found).toEqual(['CONNECTION_CLOSED', 'closed']);
  server.dropAll();
});
