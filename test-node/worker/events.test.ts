import { ConfigError, GenericJsonHandler, JsonRpcHandler, ProtocolError, type TraceEntry } from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { connectWorker, serveClient } from 'hpx-transport-ws/worker';
import { expect, it } from 'vitest';
import { clientEvent, collect, createClient, outcomeOf, serve } from '../support/live.js';
import { ports, settled, startPair } from '../support/worker-pair.js';

it('the lifecycle crosses: each event with its arguments, and errors as errors [WK1]', async () => {
  const { page, server } = await startPair();
  const story: unknown[] = [];
  page.on('stateChange', (state, previous) => story.push([previous, state, page.state]));
  page.on('disconnected', ({ code, cause }) => story.push(['disconnected', code, cause?.code]));
  page.on('reconnecting', ({ attempt, cause }) => story.push(['reconnecting', attempt, cause.code]));
  page.on('ready', (epoch) => story.push(['ready', epoch, page.epoch]));
  const again = clientEvent(page, 'reconnected');
  server.closeAll(1012, 'restart');
  await again;
  expect(story).toEqual([
    ['ready', 'reconnecting', 'reconnecting'],
    ['disconnected', 1012, 'CONNECTION_CLOSED'],
    ['reconnecting', 1, 'CONNECTION_CLOSED'],
    ['reconnecting', 'connecting', 'connecting'],
    ['connecting', 'connected', 'connected'],
    ['connected', 'ready', 'ready'],
    ['ready', 2, 2],
  ]);
  expect(page.lastError).toBeInstanceOf(Error);
  expect(page.lastError?.message).toContain('restart');
});

it('a page that comes later is told the state of the client as a change of it [WK1]', async () => {
  const { port, scope } = ports();
  const inner = createClient(await serve());
  serveClient(scope, inner);
  await inner.connect();
  const page = connectWorker(port);
  expect(await clientEvent(page, 'stateChange')).toMatchObject(['ready', 'disconnected', { event: 'worker' }]);
  expect(page.state).toBe('ready');
  await page.close();
  const late = connectWorker(port);
  const closed = clientEvent(late, 'closed');
  expect(await clientEvent(late, 'stateChange')).toMatchObject(['closed', 'disconnected', { event: 'worker' }]);
  expect(await closed).toMatchObject([{ code: 1000 }]);
});

it('frames and trace cross only while the page listens [WK16]', async () => {
  const { page, port, server } = await startPair();
  server.broadcast('{"unknown":1}');
  await settled({ page });
  expect([port.entries('message'), port.entries('trace')]).toEqual([[], []]);
  const entries: TraceEntry[] = [];
  const stop = page.trace((entry) => entries.push(entry));
  const heard = clientEvent(page, 'message');
  await settled({ page });
  server.broadcast('{"unknown":2}');
  const [message, kind] = await heard;
  expect([message.raw, message.json, kind]).toEqual(['{"unknown":2}', { unknown: 2 }, 'unknown']);
  await settled({ page });
  expect(entries.some((entry) => entry.type === 'frame' && entry.text.includes('unknown'))).toBe(true);
  stop();
  await settled({ page });
  server.broadcast('{"unknown":3}');
  await settled({ page });
  const { length } = port.entries('trace');
  const told = port.entries('message').length;
  server.broadcast('{"unknown":4}');
  await settled({ page });
  expect([port.entries('trace').length, port.entries('message').length]).toEqual([length, told]);
});

it('events do not pile up before a page that takes nothing, and an error tells of those that are lost [WK16]', async () => {
  const { page, port, server, inner } = await startPair();
  const told: unknown[] = [];
  const lost = clientEvent(page, 'error');
  page.on('message', ({ json }) => told.push((json as { unknown: number }).unknown));
  await settled({ page });
  port.block();
  for (let n = 0; n < 8_000; n++) server.broadcast(`{"unknown":${n}}`);
  await inner.request({ op: 'barrier' }).then(() => {});
  port.unblock();
  expect((await lost)[0]).toMatchObject({ code: 'CAPACITY_EXCEEDED' });
  await settled({ page });
  expect(told.at(-1)).toBe(7_999);
  expect(told.length).toBeLessThan(8_000);
  expect(told.length).toBeGreaterThanOrEqual(2_048);
});

it('the page answers a request of the server [WK17]', async () => {
  const { page, server } = await startPair({ handler: new JsonRpcHandler() as never });
  const [connection] = server.connections;
  const ask = (id: number, method: string) =>
    connection?.send(JSON.stringify({ jsonrpc: '2.0', id, method, params: { n: id } }));
  ask(1, 'nobody');
  await server.waitForMessage('-32601');
  page.on('request', ({ method, params, respond, reject }) => {
    if (method === 'sum') respond({ sum: (params as { n: number }).n });
    else if (method === 'odd') expect(() => respond(() => {})).toThrow(ProtocolError);
    if (method !== 'sum') reject({ code: 5, message: 'no' });
  });
  await page.sendJson({ jsonrpc: '2.0', method: 'barrier' });
  ask(2, 'sum');
  ask(3, 'odd');
  expect(JSON.parse(String((await server.waitForMessage('"id":2')).data))).toMatchObject({ id: 2, result: { sum: 2 } });
  expect(JSON.parse(String((await server.waitForMessage('"id":3')).data))).toMatchObject({ id: 3, error: { code: 5 } });
  page.removeAllListeners('request');
  ask(4, 'gone');
  expect(JSON.parse(String((await server.waitForMessage('"id":4')).data))).toMatchObject({ error: { code: -32601 } });
});

it('key names a function that the worker has [WK15]', async () => {
  const keys = { bySymbol: ({ data }: { data: unknown }) => (data as { s: string }).s };
  const { page, server, inner } = await startPair({ serving: { keys } });
  const wrong = (await outcomeOf(page.subscribe('book', { overflow: 'latest', key: 'toString' }))) as {
    error: ConfigError;
  };
  expect(wrong.error).toBeInstanceOf(ConfigError);
  expect(wrong.error.message).toContain('bySymbol');
  const channel = await page.subscribe('book', { overflow: 'latest', key: 'bySymbol' });
  for (let n = 1; n <= 10; n++) for (const s of ['A', 'B']) server.publish('book', { s, n });
  await inner.request({ op: 'barrier' });
  const { items, until } = collect(channel);
  await until(2);
  expect(items).toEqual([
    { s: 'A', n: 10 },
    { s: 'B', n: 10 },
  ]);
});

it("updates: 'full' brings the message; else it is empty [WK20]", async () => {
  const { page, server } = await startPair();
  const plain = await page.subscribe('a');
  const full = await page.subscribe('b', { updates: 'full' });
  const loops = [plain, full].map((channel) => channel.updates().next());
  await settled({ page });
  server.publish('a', 1);
  server.publish('b', 2);
  const [first, second] = await Promise.all(loops);
  expect([first?.value?.message.raw, first?.value?.message.json]).toEqual(['', undefined]);
  expect(second?.value?.message.field('topic')).toBe('b');
  expect(second?.value?.message.json).toMatchObject({ topic: 'b', data: 2 });
});

it('what structured clone carries crosses as it is: bigint, dates, maps, bytes [WK14]', async () => {
  class Rich extends GenericJsonHandler {
    override extractData(): unknown {
      return { big: 2n ** 70n, at: new Date(0), levels: new Map([[1, 2]]), bytes: new Uint8Array([1, 2]) };
    }
  }
  const { page, server } = await startPair({ handler: new Rich() as never });
  const channel = await page.subscribe('rich');
  const next = channel[Symbol.asyncIterator]().next();
  server.publish('rich', 0);
  expect((await next).value).toEqual({
    big: 2n ** 70n,
    at: new Date(0),
    levels: new Map([[1, 2]]),
    bytes: new Uint8Array([1, 2]),
  });
});

it('stats() and the counts of channels are at most a second old [WK23]', async () => {
  const clock = new VirtualClock();
  const { page, server } = await startPair({ serving: { runtime: { clock } } });
  const channel = await page.subscribe('trades', { capacity: 2 });
  expect(page.stats()).toMatchObject({ state: 'ready', epoch: 1 });
  for (let n = 0; n < 5; n++) server.publish('trades', n);
  await settled({ page });
  expect([channel.dropped, channel.buffered]).toEqual([0, 0]);
  await clock.advance(1_000);
  await settled({ page });
  expect([channel.dropped, channel.buffered]).toEqual([3, 2]);
  expect(page.stats()).toMatchObject({ subscriptions: 1, dropped: 3 });
  expect(JSON.parse(JSON.stringify(page))).toMatchObject({ state: 'ready', subscriptions: 1 });
});

it('reconnect(), pause() and resume() reach the client [WK1]', async () => {
  const { page, server } = await startPair();
  const again = clientEvent(page, 'reconnected');
  page.reconnect('new network', { leaveTimeout: 0 });
  await again;
  expect(server.connectionCount).toBe(2);
  page.pause();
  page.resume();
  await settled({ page });
  const wrong = clientEvent(page, 'error');
  page.reconnect(7 as never);
  expect((await wrong)[0]).toBeInstanceOf(ConfigError);
});

it('a listener that throws is an error event, and stops nobody [WK1]', async () => {
  const { page, server } = await startPair();
  const channel = await page.subscribe('trades');
  const error = clientEvent(page, 'error');
  channel.on('message', () => {
    throw new Error('mine');
  });
  const { until } = collect(channel);
  server.publish('trades', 1);
  await until(1);
  expect((await error)[0].message).toContain('mine');
});

it('a trace sink of the page that throws or rejects harms nothing [WK16]', async () => {
  const { page } = await startPair();
  const seen: TraceEntry[] = [];
  page.trace(() => {
    throw new Error('sink');
  });
  page.trace((() => Promise.reject(new Error('later'))) as never);
  page.trace((entry) => seen.push(entry));
  expect(await page.request({ op: 'echo' })).toEqual({ op: 'echo' });
  await settled({ page });
  expect([page.state, seen.length > 0, page.lastError]).toEqual(['ready', true, undefined]);
});
