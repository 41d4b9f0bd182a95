import { EventEmitter } from 'node:events';
import { type Gap, GenericJsonHandler, JsonRpcHandler, ProtocolError } from 'hpx-transport-ws';
import { connectWorker, serveClient } from 'hpx-transport-ws/worker';
import { expect, it } from 'vitest';
import { channelEvent, clientEvent, collect, createClient, outcomeOf, serve } from '../support/live.js';
import { arrived, joinPair, ports, settled, startPair } from '../support/worker-pair.js';

it('a page that comes later is told the last error, and shows it as JSON [WK1]', async () => {
  const server = await serve();
  server.refuseUpgrades({ status: 429, times: 1 });
  const { port, scope } = ports();
  const inner = createClient(server);
  await inner.connect();
  serveClient(scope, inner);
  const page = connectWorker(port);
  await clientEvent(page, 'stateChange');
  expect(page.lastError).toMatchObject({ code: 'CONNECTION_FAILED', status: 429 });
  expect(JSON.parse(JSON.stringify(page)).lastError).toMatch(/^CONNECTION_FAILED: .*429/);
});

it('a busy page learns of every gap of a channel: many become one [WK7]', async () => {
  const { page, inner, port, server } = await startPair();
  const channel = await page.subscribe('trades');
  const gaps: Gap[] = [];
  channel.on('gap', (gap) => gaps.push(gap));
  await settled({ page });
  const own = await inner.subscribe('trades');
  const told: Gap[] = [];
  own.on('gap', (gap) => told.push(gap));
  const heard = collect(own);
  port.block();
  for (let n = 1; n <= 10; n++) {
    server.publish('trades', n);
    await heard.until(n);
    const resumed = channelEvent(own, 'resumed');
    server.dropAll();
    await resumed;
  }
  await arrived({ inner });
  port.unblock();
  await settled({ page });
  expect(told).toHaveLength(10);
  expect(gaps.length).toBeLessThan(10);
  expect([gaps[0]?.since, gaps.at(-1)?.until]).toEqual([told[0]?.since, told.at(-1)?.until]);
});

it('a gap that no listener heard comes with the next update that one hears [WK10]', async () => {
  const { page, server } = await startPair();
  const channel = await page.subscribe('trades');
  const first = collect(channel);
  server.publish('trades', 1);
  await first.until(1);
  const resumed = channelEvent(channel, 'resumed');
  server.dropAll();
  await resumed;
  channel.removeAllListeners('message');
  // This one crosses, and nobody hears it.
  server.publish('trades', 2);
  await settled({ page });
  await settled({ page });
  const next = channelEvent(channel, 'message');
  await settled({ page });
  server.publish('trades', 3);
  const [data, { gap }] = await next;
  expect([data, gap?.cause]).toEqual([3, 'disconnect']);
});

it('the first update of a channel that joined a running topic says so [WK5]', async () => {
  const { page, server } = await startPair();
  const early = await page.subscribe('trades');
  const late = await page.subscribe('trades');
  const updates = [early, late].map((channel) => channel.updates().next());
  await settled({ page });
  server.publish('trades', 1);
  expect((await Promise.all(updates)).map(({ value }) => value?.joined)).toEqual([undefined, true]);
});

it('a loop that was left is over, whatever it had read ahead [WK10]', async () => {
  const { page, server, ...pair } = await startPair();
  const channel = await page.subscribe('trades');
  const loop = channel[Symbol.asyncIterator]();
  const first = loop.next();
  await settled({ page });
  for (let n = 1; n <= 3; n++) server.publish('trades', n);
  await arrived(pair);
  expect((await first).value).toBe(1);
  await settled({ page });
  await loop.return?.();
  expect(await loop.next()).toEqual({ done: true, value: undefined });
  await settled({ page });
  expect([channel.closed, channel.dropped]).toEqual([false, 2]);
});

it('an answer that cannot be cloned is an error of its call, which was answered [WK14]', async () => {
  class Odd extends GenericJsonHandler {
    override extractResult(): unknown {
      return () => 'a function';
    }
  }
  const { page, inner } = await startPair({ handler: new Odd() as never });
  const call = page.request({ op: 'x' });
  const { error } = (await outcomeOf(call)) as { error: ProtocolError };
  expect(error).toBeInstanceOf(ProtocolError);
  expect([call.delivery, page.state, inner.state]).toEqual(['answered', 'ready', 'ready']);
});

it('an error of the application crosses as the cause, with its name and its place [WK2]', async () => {
  class Broken extends GenericJsonHandler {
    override injectRequestId(): never {
      throw new RangeError('too long');
    }
  }
  const { page } = await startPair({ handler: new Broken() as never });
  const { error } = (await outcomeOf(page.request({ op: 'x' }))) as { error: Error };
  let cause: Error = error;
  while (cause.cause) cause = cause.cause as Error;
  expect([cause.name, cause.message]).toEqual(['RangeError', 'too long']);
  expect(cause.stack).toContain('crossing.test');
});

it('the last of several trace sinks ends the trace [WK16]', async () => {
  const { page } = await startPair();
  const seen = { first: 0, second: 0 };
  const stopFirst = page.trace(() => {
    seen.first++;
    throw new Error('a sink that throws harms nothing');
  });
  const stopSecond = page.trace(() => seen.second++);
  await settled({ page });
  await settled({ page });
  stopFirst();
  stopFirst();
  const { first, second } = { ...seen };
  await settled({ page });
  await settled({ page });
  expect(first).toBeGreaterThan(0);
  expect(seen.first).toBe(first);
  expect(seen.second).toBeGreaterThan(second);
  stopSecond();
});

it('questions that a page leaves open are bounded; more are refused [WK17]', async () => {
  const { page, server } = await startPair({ handler: new JsonRpcHandler() as never });
  let asked = 0;
  page.on('request', () => asked++);
  await page.sendJson({ jsonrpc: '2.0', method: 'barrier' });
  await server.waitForMessage('barrier');
  for (let id = 1; id <= 1_025; id++) server.broadcast({ jsonrpc: '2.0', id, method: 'q' });
  const { data } = await server.waitForMessage('-32603');
  expect(JSON.parse(String(data))).toMatchObject({ id: 1_025, error: { code: -32603 } });
  expect(asked).toBeLessThanOrEqual(1_024);
});

it('a page whose requests were answered may ask again as many [WK9]', async () => {
  const { page } = await startPair();
  for (let round = 0; round < 3; round++) {
    const calls = Array.from({ length: 900 }, (_, n) => page.request({ op: 'x', n }));
    expect(await Promise.all(calls)).toHaveLength(900);
  }
});

it('an unsubscribe() that waits for its worker is done when the client ends [WK12]', async () => {
  const { page, port } = await startPair();
  await page.subscribe('trades');
  port.block();
  const left = page.unsubscribe('trades');
  port.close();
  port.unblock();
  await page.closed;
  expect(await outcomeOf(left)).toEqual({ value: undefined });
});

it('a client whose page goes before it has said anything is closed [WK12]', async () => {
  const server = await serve();
  const { port, scope } = ports();
  const inner = createClient(server);
  serveClient(scope, inner);
  port.close();
  expect(await inner.closed).toMatchObject({ code: 1000 });
});

it('a page of another version is refused, and the next one is served [WK18]', async () => {
  const server = await serve();
  const { page, port } = joinPair(server);
  port.postMessage({ hpxTransport: '', session: 7, body: ['hello', 99] });
  await page.connect();
  expect(port.received).toContainEqual(['refused', 'version', expect.any(Number)]);
  expect(await page.request({ op: 'x' })).toEqual({ op: 'x' });
});

it('a message that the page cannot read ends the client with a typed error [WK19]', async () => {
  const port = Object.assign(new EventEmitter(), { postMessage: () => {} });
  const page = connectWorker(port);
  port.emit('messageerror', new Error('not readable'));
  expect((await page.closed).error).toBeInstanceOf(ProtocolError);
});
