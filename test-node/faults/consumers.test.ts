import { expect, it } from 'vitest';
import { barrier, channelEvent, collect, connectClient, serve } from '../support/live.js';

it('a slow loop gets the newest updates, counts every dropped one, and does not end [F16, CH15, CH16]', async () => {
  const server = await serve();
  const client = await connectClient<{ a: number }>(server);
  const channel = await client.subscribe('a', { capacity: 10 });
  const loop = channel[Symbol.asyncIterator]();
  for (let n = 0; n < 1_000; n++) server.publish('a', n);
  await barrier(client);
  expect(channel).toMatchObject({ dropped: 990, buffered: 10, closed: false });
  const resumed = channelEvent(channel, 'resumed');
  server.dropAll();
  await resumed;
  const taken: (number | undefined)[] = [];
  for (let n = 990; n < 1_000; n++) taken.push((await loop.next()).value);
  expect(taken).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999]);
  server.publish('a', 1_000);
  expect(await loop.next()).toEqual({ done: false, value: 1_000 });
  expect(client.stats().dropped).toBe(990);
});

it("a slow loop with overflow 'fail' ends with an error, never as if the stream ended [F16, CH18]", async () => {
  const server = await serve();
  const client = await connectClient<{ a: number }>(server);
  const channel = await client.subscribe('a', { capacity: 10, overflow: 'fail' });
  const loop = channel[Symbol.asyncIterator]();
  for (let n = 0; n < 1_000; n++) server.publish('a', n);
  await barrier(client);
  const taken: unknown[] = [];
  const reading = (async () => {
    for await (const n of loop) taken.push(n);
  })();
  await expect(reading).rejects.toMatchObject({ code: 'CAPACITY_EXCEEDED', capacity: 10 });
  expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it('a listener gets every update beside a slow loop [F16, CH3, S7]', async () => {
  const server = await serve();
  const client = await connectClient<{ a: number }>(server);
  const channel = await client.subscribe('a', { capacity: 10 });
  const got = collect(channel);
  const loop = channel[Symbol.asyncIterator]();
  for (let n = 0; n < 1_000; n++) server.publish('a', n);
  expect(await got.until(1_000)).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
  expect(channel.dropped).toBe(990);
  await channel.unsubscribe();
  expect(await loop.next()).toEqual({ done: true, value: undefined });
});
