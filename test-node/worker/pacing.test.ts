import { VirtualClock } from 'hpx-transport-ws/testing';
import { expect, it } from 'vitest';
import { collect, deferred } from '../support/live.js';
import { arrived, settled, startPair } from '../support/worker-pair.js';

/** The frames of a screen that paints when the test says so. */
function screen() {
  const callbacks = new Set<() => void>();
  return {
    frames: {
      setTimer: (callback: () => void) => {
        callbacks.add(callback);
        return callback;
      },
      clearTimer: (timer: unknown) => void callbacks.delete(timer as () => void),
    },
    paint: () => {
      for (const callback of [...callbacks]) {
        callbacks.delete(callback);
        callback();
      }
    },
  };
}

it('all latest channels that changed come once per frame, in one message [WK8]', async () => {
  const { frames, paint } = screen();
  const clock = new VirtualClock();
  const { page, port, server, ...pair } = await startPair({ connecting: { runtime: { frames, clock } } });
  const names = Array.from({ length: 50 }, (_, n) => `price.${n}`);
  const channels = await page.subscribeMany(names, { overflow: 'latest' });
  const newest = new Map<string, unknown>();
  let calls = 0;
  for (const channel of channels) {
    channel.on('message', (data) => {
      newest.set(channel.topic, data);
      calls++;
    });
  }
  await settled({ page });
  // The first change after a rest crosses at once.
  server.publish('price.0', 0);
  await settled({ page });
  expect(calls).toBe(1);
  const before = port.received.length;
  for (let round = 1; round <= 20; round++) for (const name of names) server.publish(name, round);
  await arrived(pair);
  await settled({ page });
  expect(calls).toBe(1);
  paint();
  await settled({ page });
  const withUpdates = port.received
    .slice(before)
    .filter(([, entries]) =>
      Array.isArray(entries) ? entries.some((entry: unknown[]) => typeof entry[0] === 'number') : false,
    );
  expect(withUpdates).toHaveLength(1);
  expect([calls, newest.size, new Set(newest.values())]).toEqual([51, 50, new Set([20])]);
  // Every update was delivered or counted.
  server.publish('other', 1);
  await settled({ page });
  expect(channels.reduce((sum, { dropped }) => sum + dropped, 0) + calls).toBe(1 + 50 * 20);
});

it("while nothing is painted, 'frame' channels wait and the others are told more seldom [WK8]", async () => {
  const { frames, paint } = screen();
  const clock = new VirtualClock();
  const { page, server } = await startPair({ connecting: { runtime: { frames, clock } } });
  const painted = await page.subscribe('painted', { overflow: 'latest', conflateInterval: 'frame' });
  const plain = await page.subscribe('plain', { overflow: 'latest' });
  const shown = collect(painted);
  const told = collect(plain);
  await settled({ page });
  server.publish('plain', 1);
  await told.until(1);
  server.publish('plain', 2);
  server.publish('painted', 2);
  await settled({ page });
  await clock.advance(100);
  await told.until(2);
  await settled({ page });
  expect(shown.items).toEqual([]);
  paint();
  await shown.until(1);
  expect([told.items, shown.items]).toEqual([[1, 2], [2]]);
});

it('a longer conflateInterval holds in the worker [WK8]', async () => {
  const clock = new VirtualClock();
  const { page, server, ...pair } = await startPair({ serving: { runtime: { clock } } });
  const channel = await page.subscribe('slow', { overflow: 'latest', conflateInterval: 1_000 });
  const { items, until } = collect(channel);
  await settled({ page });
  server.publish('slow', 1);
  server.publish('slow', 2);
  await arrived(pair);
  await settled({ page });
  expect(items).toEqual([]);
  await clock.advance(1_000);
  await until(1);
  expect(items).toEqual([2]);
});

it('a loop over a latest channel gets what is newest when it asks [WK8, WK10]', async () => {
  const { page, server, ...pair } = await startPair();
  const channel = await page.subscribe('price', { overflow: 'latest' });
  const loop = channel[Symbol.asyncIterator]();
  const first = loop.next();
  await settled({ page });
  server.publish('price', 1);
  expect((await first).value).toBe(1);
  for (let n = 2; n <= 9; n++) server.publish('price', n);
  await arrived(pair);
  expect((await loop.next()).value).toBe(9);
  await settled({ page });
  expect(channel.dropped).toBe(7);
});

it('a busy page has one message before it, and the worker holds at most the capacity [WK9, WK23]', async () => {
  const { page, port, server, ...pair } = await startPair();
  const channel = await page.subscribe('trades', { capacity: 10 });
  const gaps: unknown[] = [];
  const data: number[] = [];
  channel.on('message', (value, { gap }) => {
    data.push(value as number);
    if (gap) gaps.push([value, gap.cause, channel.dropped]);
  });
  await settled({ page });
  port.block();
  for (let n = 0; n < 10_000; n++) server.publish('trades', n);
  await arrived(pair);
  expect(pair.inner.stats().received).toBeGreaterThan(10_000);
  expect(port.entries('update').length).toBeLessThanOrEqual(4_096 + 1_024);
  port.unblock();
  await settled({ page });
  expect(data.slice(-10)).toEqual([9990, 9991, 9992, 9993, 9994, 9995, 9996, 9997, 9998, 9999]);
  expect(channel.dropped + data.length).toBe(10_000);
  expect(channel.dropped).toBeGreaterThan(4_000);
  // The count comes with the update that tells of the loss, not after it.
  expect(gaps).toEqual([[9990, 'overflow', channel.dropped]]);
});

it('drop-newest keeps the oldest before a busy page [WK9]', async () => {
  const { page, port, server, ...pair } = await startPair();
  const channel = await page.subscribe('trades', { capacity: 4, overflow: 'drop-newest' });
  const { items } = collect(channel);
  await settled({ page });
  port.block();
  server.publish('trades', 0);
  await arrived(pair);
  for (let n = 1; n < 6_000; n++) server.publish('trades', n);
  await arrived(pair);
  port.unblock();
  await settled({ page });
  expect(items).toEqual(items.map((_, n) => n));
  expect(items.length).toBeLessThan(5_200);
  expect(channel.dropped + items.length).toBe(6_000);
});

it('a slow loop leaves its updates in the worker [WK9, WK10]', async () => {
  const { page, port, server, ...pair } = await startPair();
  const channel = await page.subscribe('trades', { capacity: 20 });
  const loop = channel.updates();
  const first = loop.next();
  await settled({ page });
  for (let n = 0; n < 1_000; n++) server.publish('trades', n);
  await arrived(pair);
  expect((await first).value?.data).toBe(0);
  await settled({ page });
  expect(port.entries('update').length).toBe(20);
  const seen: number[] = [];
  let holes = 0;
  while (seen.at(-1) !== 999) {
    const { value } = await loop.next();
    seen.push(value?.data as number);
    if (value?.gap?.cause === 'overflow') holes++;
  }
  await settled({ page });
  expect(holes).toBe(1);
  expect(channel.dropped + seen.length + 1).toBe(1_000);
  expect(channel.buffered).toBe(0);
});

it('answers, events and updates keep their order, also behind a busy page [WK5]', async () => {
  const { page, port, server, ...pair } = await startPair();
  server.respondTo('"op":"mark"', (text) => {
    const { req_id, n } = JSON.parse(text) as { req_id: string; n: number };
    return [
      { topic: 'trades', data: `before ${n}` },
      { req_id, data: n },
      { topic: 'trades', data: `after ${n}` },
    ];
  });
  const channel = await page.subscribe('trades');
  const story: unknown[] = [];
  channel.on('message', (data) => story.push(data));
  await settled({ page });
  port.block();
  const marks = [1, 2, 3].map(async (n) => {
    story.push(await page.request({ op: 'mark', n }));
  });
  await arrived(pair);
  port.unblock();
  await Promise.all(marks);
  await settled({ page });
  expect(story).toEqual([1, 2, 3].flatMap((n) => [`before ${n}`, n, `after ${n}`]));
});

it('the places of dropped updates do not pile up before a page that takes nothing [WK9]', async () => {
  const { page, port, server, ...pair } = await startPair({ config: { subscriptionChannelCapacity: 2 } });
  const channels = await page.subscribeMany(['a', 'b', 'c']);
  const seen: unknown[] = [];
  for (const channel of channels) channel.on('message', (data) => seen.push([channel.topic, data]));
  await settled({ page });
  port.block();
  server.publish('a', -1);
  await arrived(pair);
  for (let n = 0; n < 4_000; n++) for (const topic of ['a', 'b', 'c']) server.publish(topic, n);
  await arrived(pair);
  const done = deferred();
  channels[2]?.on('message', (data) => data === 3_999 && done.resolve());
  port.unblock();
  await done.promise;
  expect(seen.slice(-6)).toEqual([
    ['a', 3_998],
    ['b', 3_998],
    ['c', 3_998],
    ['a', 3_999],
    ['b', 3_999],
    ['c', 3_999],
  ]);
});
