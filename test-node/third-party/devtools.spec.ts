import { Buffer } from 'node:buffer';
import {
  ConnectionClosedError,
  MessageTooLargeError,
  RequestRejectedError,
  SubscriptionFailedError,
  type WebSocketClient,
} from 'hpx-transport-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atEnd, channelEvent, clientEvent, collect, outcomeOf } from '../support/live.js';
import { startChromium } from './chromium.js';
import { connect } from './connect.js';
import { DevToolsHandler, inSession } from './devtools-handler.js';
import type { DevToolsEvents, DevToolsMethods } from './devtools-protocol.js';
import type { ServerProcess } from './server-process.js';

type DevTools = WebSocketClient<DevToolsEvents, DevToolsMethods>;

let browser: ServerProcess;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser.kill());

const open = (config = {}): Promise<DevTools> => connect(new DevToolsHandler(), { url: browser.endpoint, ...config });

/** A new page; its session. */
async function openPage(client: DevTools): Promise<string> {
  const { targetId } = await client.request({ method: 'Target.createTarget', params: { url: 'about:blank' } });
  const params = { targetId, flatten: true } as const;
  return (await client.request({ method: 'Target.attachToTarget', params })).sessionId;
}

function evaluate(client: DevTools, sessionId: string, expression: string) {
  const params = { expression, awaitPromise: true };
  return client.request(inSession(sessionId, { method: 'Runtime.evaluate', params }));
}

function navigate(client: DevTools, sessionId: string, url: string) {
  return client.request(inSession(sessionId, { method: 'Page.navigate', params: { url } }));
}

describe('the DevTools endpoint of Chromium: requests', () => {
  it('the browser answers a call with an integer id [HN1, HN9, CL10]', async () => {
    const client = await open();
    const call = client.request({ method: 'Browser.getVersion' });
    expect(Number.isInteger(call.requestId)).toBe(true);
    expect(await call).toMatchObject({ product: expect.stringContaining('Chrome/'), protocolVersion: '1.3' });
  });

  it('an unknown method is refused with the message of the browser [HN11]', async () => {
    const client = await open();
    const call = client.request<object>({ method: 'Browser.sing' });
    await expect(call).rejects.toBeInstanceOf(RequestRejectedError);
    await expect(call).rejects.toMatchObject({ serverCode: -32_601, message: "'Browser.sing' wasn't found" });
  });

  it('calls of two sessions are each answered by their own page [R1, CL10]', async () => {
    const client = await open();
    const sessions = await Promise.all([openPage(client), openPage(client)]);
    await Promise.all(sessions.map((id, at) => evaluate(client, id, `var page = 'page ${at}'`)));
    const calls = Array.from({ length: 50 }, (_, at) =>
      sessions.map((id) => evaluate(client, id, `new Promise((done) => setTimeout(done, ${at % 3}, page + ' ${at}'))`)),
    );
    const values = (await Promise.all(calls.flat())).map(({ result }) => result.value);
    expect(values).toEqual(Array.from({ length: 50 }, (_, at) => [`page 0 ${at}`, `page 1 ${at}`]).flat());
  });

  it('an unknown session refuses calls and subscriptions [HN11, CH9]', async () => {
    const client = await open();
    const error = { serverCode: -32_001, message: 'Session with given id not found.' };
    await expect(evaluate(client, 'nobody', '1')).rejects.toMatchObject(error);
    const subscribing = client.subscribe('Page.frameNavigated', { params: { sessionId: 'nobody' } });
    await expect(subscribing).rejects.toBeInstanceOf(SubscriptionFailedError);
    await expect(subscribing).rejects.toThrow('Session with given id not found.');
  });
});

describe('the DevTools endpoint of Chromium: events', () => {
  it('an event reaches the channel of its session, and no other [HN5, HN6]', async () => {
    const client = await open();
    const pages = await Promise.all(
      ['first', 'second'].map(async (name) => {
        const sessionId = await openPage(client);
        const url = `data:text/html,${name}`;
        return { sessionId, url, channel: await client.subscribe('Page.frameNavigated', { params: { sessionId } }) };
      }),
    );
    const seen = pages.map(({ channel }) => collect(channel).items);
    const arrivals = pages.map(({ channel, url }) =>
      channelEvent(channel, 'message', ({ frame }) => frame.url === url),
    );
    await Promise.all(pages.map(({ sessionId, url }) => navigate(client, sessionId, url)));
    await Promise.all(arrivals);
    const urls = seen.map((items) => items.map(({ frame }) => frame.url).filter((url) => url.startsWith('data:')));
    expect(urls).toEqual(pages.map(({ url }) => [url]));
  });

  it('events arrive in the order in which the page made them [S5, CH3]', async () => {
    const client = await open();
    const sessionId = await openPage(client);
    const log = await client.subscribe('Runtime.consoleAPICalled', { params: { sessionId } });
    await evaluate(client, sessionId, 'for (let at = 0; at < 500; at++) console.log(at)');
    const values: unknown[] = [];
    for await (const { args } of log) {
      values.push(args[0]?.value);
      if (values.length === 500) break;
    }
    expect(values).toEqual(Array.from({ length: 500 }, (_, at) => at));
  });

  it('events that come before the confirmation are kept for the first listener [S7, CH14]', async () => {
    const client = await open();
    const { targetId } = await client.request({ method: 'Target.createTarget', params: { url: 'about:blank' } });
    // The browser reports every target before it confirms.
    const targets = await client.subscribe('Target.targetCreated');
    const kept = await collect(targets).until(targets.buffered);
    expect(kept.map(({ targetInfo }) => targetInfo.targetId)).toContain(targetId);
    expect(targets.dropped).toBe(0);
  });
});

describe('the DevTools endpoint of Chromium: the connection', () => {
  it('an answer of several megabytes arrives complete [CL10]', async () => {
    const client = await open();
    const sessionId = await openPage(client);
    const params = { width: 1_200, height: 1_200, deviceScaleFactor: 1, mobile: false };
    await client.request(inSession(sessionId, { method: 'Emulation.setDeviceMetricsOverride', params }));
    await evaluate(client, sessionId, NOISE);
    const shot = { method: 'Page.captureScreenshot', params: { format: 'png' } } as const;
    const { data } = await client.request(inSession(sessionId, shot));
    const image = Buffer.from(data, 'base64');
    expect(image.byteLength).toBeGreaterThan(2_000_000);
    expect([image.toString('latin1', 1, 4), image.readUInt32BE(16), image.readUInt32BE(20)]).toEqual([
      'PNG',
      1_200,
      1_200,
    ]);
    expect(image.toString('latin1', image.byteLength - 8, image.byteLength - 4)).toBe('IEND');
  });

  it('an answer above maxMessageSize ends the connection and fails its call as unknown [ER6, DL1]', async () => {
    const client = await open({ maxMessageSize: 1_000_000 });
    const sessionId = await openPage(client);
    const back = new Promise((resolve) => client.once('reconnected', resolve));
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    const call = outcomeOf(evaluate(client, sessionId, '"x".repeat(2_000_000)'));
    expect(await call).toMatchObject({ error: { delivery: 'unknown' } });
    expect(errors).toEqual([expect.any(MessageTooLargeError)]);
    await back;
    expect(await client.request({ method: 'Browser.getVersion' })).toHaveProperty('product');
  });

  it('a silent link is kept because the browser answers pings [C6, CL28]', async () => {
    const client = await open({ pingInterval: 20, pongTimeout: 20_000 });
    let pings = 0;
    const enough = new Promise<void>((resolve) => {
      client.trace((entry) => {
        if (entry.type === 'effect' && entry.effect === 'ping' && ++pings === 5) resolve();
      });
    });
    await enough;
    // Answered behind the pongs of earlier pings.
    await client.request({ method: 'Browser.getVersion' });
    expect(client.stats()).toMatchObject({ state: 'ready', epoch: 1, roundTrip: expect.any(Number) });
  });

  it('the client moves to the browser that the url function names after a kill [CF1, CH13, CH19]', async () => {
    let current = await startChromium();
    atEnd(() => current.kill());
    const client = await open({ url: () => current.endpoint });
    const sessionId = await openPage(client);
    const targets = await client.subscribe('Target.targetCreated');
    const navigations = await client.subscribe('Page.frameNavigated', { params: { sessionId } });
    const refused = clientEvent(client, 'warning', ({ code }) => code === 'subscription-retried');
    const gap = channelEvent(targets, 'gap');
    const call = outcomeOf(evaluate(client, sessionId, 'new Promise(() => {})'));

    await current.kill();
    expect(await call).toEqual({ error: expect.any(ConnectionClosedError) });
    expect(await call).toMatchObject({ error: { delivery: 'unknown' } });
    current = await startChromium();

    expect(await gap).toMatchObject([{ epoch: 2, cause: 'disconnect' }]);
    // The session ended with its browser; subscriptions without a session continue.
    expect((await refused)[0].message).toContain('Session with given id not found.');
    expect([navigations.closed, navigations.live]).toEqual([false, false]);
    await navigations.unsubscribe();
    await expect(evaluate(client, sessionId, '1')).rejects.toMatchObject({ serverCode: -32_001 });
    const url = 'data:text/html,again';
    const created = channelEvent(targets, 'message', ({ targetInfo }) => targetInfo.url === url);
    await client.request({ method: 'Target.createTarget', params: { url } });
    expect((await created)[1].epoch).toBe(2);
  });
});

/** Fills the page with pixels that no compression makes smaller. */
const NOISE = `
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1200;
  canvas.style = 'position: fixed; inset: 0';
  document.body.append(canvas);
  const pixels = new ImageData(1200, 1200);
  for (let at = 0; at < pixels.data.length; at++) pixels.data[at] = at % 4 === 3 ? 255 : Math.random() * 256;
  canvas.getContext('2d').putImageData(pixels, 0, 0);
`;
