import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { outcomeOf } from '../support/live.js';
import { reach } from './reach.js';

/** A client in `ready` and a signal that stays unaborted; `left` counts the listeners on it. */
async function withSignal() {
  const world = await reach('ready');
  const { signal } = new AbortController();
  const { advance } = world.network.clock;
  return {
    ...world,
    signal,
    advance: advance.bind(world.network.clock),
    get left() {
      return getEventListeners(signal, 'abort').length;
    },
  };
}

it('a signal of many requests has no listener left, however they ended [R6, R1]', async () => {
  const world = await withSignal();
  const { client, server, signal, advance } = world;
  const call = (retry: 'unsent' | 'idempotent' | 'never' = 'unsent') =>
    outcomeOf(client.request({ op: 'echo' }, { signal, retry, timeout: 1_000 }));
  const answered = Array.from({ length: 200 }, () => call());
  expect(world.left).toBe(1);
  await advance(10);
  await Promise.all(answered);
  expect(world.left).toBe(0);
  server.mute = true;
  const timedOut = Array.from({ length: 200 }, () => call());
  await advance(1_001);
  expect(world.left).toBe(0);
  const dropped = Array.from({ length: 200 }, () => call());
  // Few enough to be handed out in one instant of virtual time.
  const again = Array.from({ length: 5 }, () => call('idempotent'));
  server.drop();
  await advance(2);
  expect(world.left).toBe(1);
  server.mute = false;
  const waiting = Array.from({ length: 5 }, () => call());
  const never = Array.from({ length: 10 }, () => call('never'));
  await advance(5_000);
  await Promise.all([...again, ...waiting]);
  expect(world.left).toBe(0);
  const outcomes = await Promise.all(
    [answered, timedOut, dropped, again, waiting, never].map((list) => Promise.all(list)),
  );
  const kinds = outcomes.map((list) => new Set(list.map((outcome) => ('value' in outcome ? 'answer' : 'error'))));
  expect(kinds.map((kind) => [...kind].join())).toEqual(['answer', 'error', 'error', 'answer', 'answer', 'error']);
});

it('a signal of rejected requests has no listener left [R3, R6, ER5]', async () => {
  const world = await withSignal();
  const { client, server, signal, advance } = world;
  server.mute = true;
  const full = Array.from({ length: 1_200 }, () => outcomeOf(client.request({ op: 'x' }, { signal, timeout: 500 })));
  expect(world.left).toBe(1);
  void client.request({ big: 1n }, { signal });
  void client.request({ op: 'x' }, { signal, timeout: -1 });
  void client.requestRaw('no id', { signal });
  expect(world.left).toBe(1);
  await advance(501);
  await Promise.all(full);
  expect(world.left).toBe(0);
});

it('a signal of subscriptions keeps its listener until they end [CH12, CH13, CH18]', async () => {
  const world = await withSignal();
  const { client, server, signal, advance } = world;
  server.refused.set('refused', 'no');
  const channels = ['a', 'b', 'c', 'full'].map((topic) =>
    client.subscribe(topic, { signal, capacity: 1, overflow: 'fail' }),
  );
  const refused = outcomeOf(client.subscribe('refused', { signal }));
  await advance(10);
  expect(await refused).toHaveProperty('error');
  expect(world.left).toBe(1);
  const [a, , c] = await Promise.all(channels);
  void a?.unsubscribe();
  expect(world.left).toBe(1);
  void client.unsubscribe('b');
  expect(world.left).toBe(1);
  for (const n of [1, 2]) server.publish('full', n);
  await advance(10);
  expect(world.left).toBe(1);
  server.refused.set('c', 'not now');
  server.drop();
  await advance(5_000);
  // A refusal at a resubscription is temporary: the channel stays open.
  expect([c?.closed, c?.live, world.left]).toEqual([false, false, 1]);
  void c?.unsubscribe();
  expect(world.left).toBe(0);
  server.mute = true;
  const timedOut = outcomeOf(client.subscribe('late', { signal, timeout: 100 }));
  expect(world.left).toBe(1);
  await advance(101);
  expect(await timedOut).toHaveProperty('error');
  expect(world.left).toBe(0);
});

it('one signal for many calls leads to no leak warning of Node [R6, CH12]', async () => {
  const { client, network } = await reach('ready');
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on('warning', onWarning);
  const { signal } = new AbortController();
  const topics = Array.from({ length: 20 }, (_, n) => `t${n}`);
  const subscribing = client.subscribeMany(topics, { signal });
  const calls = topics.map(() => client.request({ op: 'echo' }, { signal }));
  await network.clock.advance(20);
  await Promise.all([subscribing, ...calls]);
  // Warnings are emitted in a later turn.
  await new Promise(setImmediate);
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

it('a signal of connect() has no listener left when connect() settled [CL4, CL6, CL7]', async () => {
  const { client, network } = await reach('disconnected');
  const { signal } = new AbortController();
  const left = () => getEventListeners(signal, 'abort').length;
  const connecting = Array.from({ length: 10 }, () => client.connect({ signal }));
  expect(left()).toBe(1);
  await network.clock.advance(10);
  await Promise.all(connecting);
  expect(left()).toBe(0);
  network.admission = 'refuse';
  network.connections[0]?.terminate();
  await network.clock.advance(2);
  const waiting = outcomeOf(client.connect({ signal }));
  expect(left()).toBe(1);
  void client.close();
  await network.clock.advance(1_000);
  expect(await waiting).toHaveProperty('error');
  expect(left()).toBe(0);
});
