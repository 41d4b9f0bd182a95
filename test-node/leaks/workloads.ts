import { setMaxListeners } from 'node:events';
import { echoNetwork } from './echo-network.js';
import { measure } from './heap-meter.js';

const PARTS = 4;

/** A long workload; reports the heap size in bytes after each part. */
export type Workload = (count: number) => Promise<number[]>;

/** Bytes by which the heap may grow over a workload: far less than one object for each thing that was done. */
export const ALLOWANCES = { reconnects: 1_024 * 1_024, requests: 384 * 1_024, updates: 384 * 1_024 } as const;

/** By how much the heap grew between the first part and the last. */
export function growth(heap: readonly number[]): number {
  return (heap.at(-1) ?? 0) - (heap[0] ?? 0);
}

const ignore = () => {};

/** Connections come and go under subscriptions, requests and signals. */
export const reconnects: Workload = async (count) => {
  const perPart = count / PARTS;
  const world = await echoNetwork({ reconnectInitialDelay: 1, reconnectMaxDelay: 2, reconnectMinUptime: 0 });
  const { client, clock } = world;
  const { signal } = new AbortController();
  const channels = client.subscribeMany(['heard', 'unheard', 'looped'], { signal, capacity: 8 });
  await clock.advance(10);
  const [heard, , looped] = await channels;
  heard?.on('message', ignore).on('gap', ignore).on('resumed', ignore);
  const loop = looped?.updates();
  const heap = await measure(PARTS, async () => {
    const until = client.epoch + perPart;
    while (client.epoch < until) {
      client.request({ op: 'never' }, { signal }).catch(ignore);
      client.request({ op: 'again' }, { signal, retry: 'idempotent' }).catch(ignore);
      const passing = client.subscribe(`passing.${client.epoch}`, { signal });
      for (const topic of ['heard', 'unheard', 'looped']) world.peer.sendJson({ topic, data: client.epoch });
      await clock.advance(2);
      await loop?.next();
      void (await passing).unsubscribe();
      world.peer.reset();
      await clock.advance(14);
    }
  });
  await world.close();
  return heap;
};

/** Requests are answered, time out, and are aborted. */
export const requests: Workload = async (count) => {
  const perPart = count / PARTS;
  const world = await echoNetwork({ pingInterval: 0 });
  const { client, clock } = world;
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  // Due before those that are answered, so that what is left of them cannot hide behind a time that is over.
  client.request({ op: 'never' }, { timeout: 25_000 }).catch(ignore);
  const heap = await measure(PARTS, async () => {
    for (let done = 0; done < perPart; done += 100) {
      const controller = new AbortController();
      setMaxListeners(0, controller.signal);
      const calls: Promise<unknown>[] = [];
      for (let n = 0; n < 40; n++) calls.push(client.request({ op: 'echo', n }, { signal }));
      for (let n = 0; n < 30; n++) calls.push(client.request({ op: 'never' }, { signal, timeout: 4 }));
      for (let n = 0; n < 30; n++) calls.push(client.request({ op: 'never' }, { signal: controller.signal }));
      await clock.advance(5);
      controller.abort();
      await Promise.allSettled(calls);
    }
  });
  await world.close();
  return heap;
};

/** Updates go to listeners and loops, are conflated, and overflow on channels without a reader. */
export const updates: Workload = async (count) => {
  const perPart = count / PARTS;
  const world = await echoNetwork({ pingInterval: 0 });
  const { client, clock } = world;
  const opening = Promise.all([
    client.subscribe('a'),
    client.subscribe('a', { capacity: 16 }),
    client.subscribe('a', { capacity: 16, overflow: 'drop-newest' }),
    client.subscribe('a', { overflow: 'latest', conflateInterval: 5 }),
  ]);
  await clock.advance(10);
  const [heard, , looped, conflated] = await opening;
  let heardCount = 0;
  heard.on('message', () => heardCount++);
  conflated.on('message', ignore);
  const loop = looped[Symbol.asyncIterator]();
  const expected = 200;
  const heap = await measure(PARTS, async (part) => {
    for (let done = 0; done < perPart; done += expected) {
      for (let n = 0; n < expected; n++) world.peer.send(`{"topic":"a","data":{"price":${n},"part":${part}}}`);
      await clock.advance(2);
      await loop.next();
    }
  });
  if (heardCount < count) throw new Error(`Of ${count} updates ${heardCount} were heard.`);
  await world.close();
  return heap;
};
