import { Channel, type Gap, SubscriptionFailedError } from 'hpx-transport-ws';
import { type BookAdapter, type Level, OrderBook } from 'hpx-transport-ws/order-book';
import { expect, it } from 'vitest';
import { channelEvent, clientEvent, collect, outcomeOf, topicsOf } from '../support/live.js';
import { arrived, settled, startPair } from '../support/worker-pair.js';

it('a channel crosses: listeners, loops and updates in the order of the server [WK5, WK6]', async () => {
  const { page, server } = await startPair();
  const channel = await page.subscribe('trades');
  expect(channel).toBeInstanceOf(Channel);
  expect([channel.topic, channel.closed, channel.live, channel.overflow]).toEqual([
    'trades',
    false,
    true,
    'drop-oldest',
  ]);
  const { items, until } = collect(channel);
  const loop = channel.updates();
  for (let n = 0; n < 300; n++) server.publish('trades', { n, big: null });
  await until(300);
  expect(items).toEqual(Array.from({ length: 300 }, (_, n) => ({ n, big: null })));
  for (let n = 0; n < 300; n++) {
    const { value } = await loop.next();
    expect(value).toMatchObject({ data: { n }, epoch: 1, receivedAt: expect.any(Number) });
  }
  expect(channel.dropped).toBe(0);
});

it('what comes before the first reader waits in the worker, unparsed [WK10]', async () => {
  const { page, inner, server } = await startPair();
  const channel = await page.subscribe('trades', { capacity: 3 });
  const { parsed } = inner.stats();
  for (let n = 1; n <= 5; n++) server.publish('trades', n);
  await settled({ page });
  expect(inner.stats().parsed - parsed).toBe(1);
  const seen: unknown[] = [];
  for await (const { data, gap } of channel.updates()) {
    seen.push([data, gap?.cause]);
    if (data === 5) break;
  }
  expect(seen).toEqual([
    [3, 'overflow'],
    [4, undefined],
    [5, undefined],
  ]);
  await settled({ page });
  expect(channel.dropped).toBe(2);
});

it('a refusal rejects with its class and topic; the others of a list stay with partial [WK6]', async () => {
  const { page, server } = await startPair();
  server.refuseTopic('secret', 'not for you');
  const error = (await page.subscribe('secret').catch((reason: unknown) => reason)) as SubscriptionFailedError;
  expect(error).toBeInstanceOf(SubscriptionFailedError);
  expect(error).toMatchObject({ topic: 'secret', code: 'SUBSCRIPTION_FAILED' });
  expect(error.failures.get('secret')).toBe(error);
  const { channels, errors } = await page.subscribeMany(['a', 'secret', 'b'], { partial: true });
  expect(channels.map(({ topic }) => topic)).toEqual(['a', 'b']);
  expect(errors.get('secret')).toBeInstanceOf(SubscriptionFailedError);
  const all = (await outcomeOf(page.subscribeMany(['c', 'secret']))) as { error: SubscriptionFailedError };
  expect([...all.error.failures.keys()]).toEqual(['secret']);
  expect((await page.subscribeMany(['d', 'e'])).map(({ topic }) => topic)).toEqual(['d', 'e']);
});

it('after a reconnect the page gets interrupted, gap and resumed, and the update with the gap [WK7]', async () => {
  const { page, server } = await startPair();
  const channel = await page.subscribe('trades');
  const story: unknown[] = [];
  channel.on('interrupted', () => story.push(['interrupted', channel.live]));
  channel.on('gap', ({ cause }) => story.push(['gap', cause]));
  channel.on('resumed', (epoch) => story.push(['resumed', epoch, channel.live]));
  const { until } = collect(channel);
  channel.on('message', (data, { gap, epoch }) => story.push(['message', data, gap?.cause, epoch]));
  server.publish('trades', 1);
  await until(1);
  const reconnected = clientEvent(page, 'reconnected');
  server.dropAll();
  await reconnected;
  await settled({ page });
  server.publish('trades', 2);
  await until(2);
  expect(story).toEqual([
    ['message', 1, undefined, 1],
    ['interrupted', false],
    ['gap', 'disconnect'],
    ['resumed', 2, true],
    ['message', 2, 'disconnect', 2],
  ]);
  expect([page.epoch, page.state]).toEqual([2, 'ready']);
});

it('resync and unsubscribe of a topic reach its channels [WK6]', async () => {
  const { page, server } = await startPair();
  const channel = await page.subscribe('trades');
  const gap = channelEvent(channel, 'gap');
  await Promise.all([page.resync('trades'), channel.resync()]);
  expect((await gap)[0] as Gap).toMatchObject({ cause: 'resync' });
  const closed = channelEvent(channel, 'close');
  await page.unsubscribe('trades');
  expect((await closed)[0]).toMatchObject({ code: 1000 });
  expect(channel.closed).toBe(true);
  await settled({ page });
  expect(topicsOf(server, 'unsubscribe').at(-1)).toEqual(['trades']);
  expect(await outcomeOf(page.resync('trades'))).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
});

it('no listener is called after unsubscribe(), whatever is under way [WK11]', async () => {
  const { page, port, server, inner } = await startPair();
  const channel = await page.subscribe('trades');
  const { items } = collect(channel);
  const loop = channel[Symbol.asyncIterator]();
  const next = loop.next();
  await settled({ page });
  port.block();
  for (let n = 0; n < 5; n++) server.publish('trades', n);
  await arrived({ inner });
  const closed = channelEvent(channel, 'close');
  const left = channel.unsubscribe();
  expect([channel.closed, channel.live, (await closed)[0].reason]).toEqual([true, false, 'unsubscribed']);
  port.unblock();
  await left;
  expect(await channel.unsubscribe()).toBeUndefined();
  expect(items).toEqual([]);
  expect(await next).toEqual({ done: true, value: undefined });
  await settled({ page });
  expect(server.subscriptions.has('trades')).toBe(false);
  expect(items).toEqual([]);
});

it('the signal of a subscription rejects it before the confirmation, and ends the channel later [WK4]', async () => {
  const { page, server } = await startPair();
  const abort = new AbortController();
  const channel = await page.subscribe('trades', { signal: abort.signal });
  const closed = channelEvent(channel, 'close');
  abort.abort();
  expect((await closed)[0]).toEqual({ code: 1000, reason: 'aborted' });
  await settled({ page });
  expect(server.subscriptions.has('trades')).toBe(false);
  server.respondTo('"op":"subscribe"', []);
  const early = new AbortController();
  const reason = new Error('changed my mind');
  const call = page.subscribe('books', { signal: early.signal });
  await server.waitForMessage('books');
  early.abort(reason);
  expect(((await outcomeOf(call)) as { error: unknown }).error).toBe(reason);
});

it('readers come and go: without a reader updates are counted, and a gap waits for the next reader [WK10]', async () => {
  const { page, server } = await startPair();
  const channel = await page.subscribe('trades');
  const first = collect(channel);
  server.publish('trades', 1);
  await first.until(1);
  channel.removeAllListeners('message');
  server.publish('trades', 2);
  await settled({ page });
  server.publish('trades', 3);
  await settled({ page });
  const second = collect(channel);
  await settled({ page });
  server.publish('trades', 4);
  await second.until(1);
  expect(second.items).toEqual([4]);
  await settled({ page });
  expect(channel.dropped).toBe(2);
});

it('a loop that is left loses what it had not read, and the next loop goes on [WK10]', async () => {
  const { page, server } = await startPair();
  const channel = await page.subscribe('trades', { capacity: 2 });
  server.publish('trades', 1);
  for await (const data of channel) {
    expect(data).toBe(1);
    break;
  }
  const loop = channel[Symbol.asyncIterator]();
  const next = loop.next();
  await settled({ page });
  server.publish('trades', 2);
  expect(await next).toEqual({ done: false, value: 2 });
  await page.close();
  expect(await loop.next()).toEqual({ done: true, value: undefined });
});

it('what was held when the channel ended can still be read [WK10]', async () => {
  const { page, server, inner } = await startPair();
  const channel = await page.subscribe('trades');
  const closed = channelEvent(channel, 'close');
  server.publish('trades', 1);
  server.publish('trades', 2);
  await settled({ page });
  await inner.close();
  await closed;
  const seen: unknown[] = [];
  for await (const data of channel) seen.push(data);
  expect(seen).toEqual([1, 2]);
});

it('an OrderBook reads a channel of a page [WK6]', async () => {
  const { page, server } = await startPair();
  type Sides = { readonly bids: Level[]; readonly asks: Level[] };
  const adapter: BookAdapter = { read: ({ data }) => ({ snapshot: true, ...(data as Sides) }) };
  const book = new OrderBook(await page.subscribe('book'), adapter);
  server.publish('book', { bids: [['9', '1']], asks: [['10', '2']] });
  await book.whenSynced();
  expect(book.top(1)).toEqual({ bids: [['9', '1']], asks: [['10', '2']] });
});

it('overflow fail ends the channel of a slow page, after what waited [WK9]', async () => {
  const { page, server } = await startPair();
  const channel = await page.subscribe('trades', { overflow: 'fail', capacity: 2 });
  const errors: string[] = [];
  channel.on('error', ({ code }) => errors.push(code));
  const loop = channel[Symbol.asyncIterator]();
  await settled({ page });
  for (let n = 1; n <= 4; n++) server.publish('trades', n);
  await settled({ page });
  expect([channel.closed, errors]).toEqual([true, ['CAPACITY_EXCEEDED']]);
  const seen = [await loop.next(), await loop.next()].map(({ value }) => value);
  expect(seen).toEqual([1, 2]);
  expect(await outcomeOf(loop.next())).toMatchObject({ error: { code: 'CAPACITY_EXCEEDED' } });
  expect(await loop.next()).toEqual({ done: true, value: undefined });
});
