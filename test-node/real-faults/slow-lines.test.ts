import type { OpenSocket } from 'hpx-transport-ws';
import { nodeRuntime } from 'hpx-transport-ws/adapters/node';
import { expect, it, vi } from 'vitest';
import { barrier, clientEvent, collect, connectClient } from '../support/live.js';
import { serveBehindProxy } from './proxied.js';

// Of a busy host.
vi.setConfig({ testTimeout: 30_000 });

const MEGABYTE = 1_024 * 1_024;

/** The adapter of Node, with an eye on how much lies in a socket at each write. */
function watchedSockets() {
  const watch = { highest: 0, largestFrame: 0 };
  const openSocket: OpenSocket = (request, events) => {
    const socket = nodeRuntime.openSocket(request, events);
    const send = socket.send.bind(socket);
    socket.send = (data) => {
      watch.highest = Math.max(watch.highest, socket.bufferedAmount);
      watch.largestFrame = Math.max(watch.largestFrame, data.length);
      send(data);
    };
    return socket;
  };
  return { watch, openSocket };
}

it('frames for a blocked line wait in the client, not in the socket, and arrive later [C9, CL18]', async () => {
  const { server, proxy } = await serveBehindProxy();
  const { watch, openSocket } = watchedSockets();
  const config = { commandChannelCapacity: 1_000, requestTimeout: 60_000 };
  const client = await connectClient(proxy, { config, runtime: { openSocket } });
  proxy.stall('to-server');
  const padding = 'x'.repeat(64 * 1_024);
  // More than the buffers of the system take on the way.
  const sends = Array.from({ length: 256 }, (_, n) => client.send(`${n} ${padding}`));
  const request = client.request({ op: 'behind all of them' });
  expect(client.stats().waitingCalls).toBeGreaterThan(1);
  proxy.release('to-server');
  await Promise.all(sends);
  expect(await request).toEqual({ op: 'behind all of them' });
  const numbers = server.received.slice(0, sends.length).map(({ data }) => Number.parseInt(String(data), 10));
  expect(numbers).toEqual(Array.from({ length: sends.length }, (_, n) => n));
  expect(watch.highest).toBeLessThanOrEqual(MEGABYTE + watch.largestFrame + 1_024);
  expect(client.epoch).toBe(1);
});

it('a slow line loses nothing and keeps the order in both directions [S5, R7, DL2]', async () => {
  const { server, proxy } = await serveBehindProxy();
  const client = await connectClient<{ a: string }>(proxy);
  const channel = await client.subscribe('a');
  const got = collect(channel);
  proxy.slow({ latency: 5, rate: 4 * MEGABYTE });
  const padding = 'y'.repeat(4_000);
  const calls = Array.from({ length: 100 }, (_, n) => client.request({ op: 'x', n, padding }));
  for (let n = 0; n < 100; n++) server.publish('a', `${n} ${padding}`);
  const answers = await Promise.all(calls);
  expect(answers.map((answer) => (answer as { n: number }).n)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  const updates = await got.until(100);
  expect(updates.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

it('a ping over a line with latency gives the round trip [F17, HN17]', async () => {
  const { proxy } = await serveBehindProxy();
  proxy.slow({ latency: 5 });
  const client = await connectClient(proxy, { config: { pingInterval: 30, pongTimeout: 2_000 } });
  let losses = 0;
  client.on('disconnected', () => losses++);
  const measured = new Promise<number>((resolve) => {
    const stop = client.trace((entry) => {
      const { roundTrip } = client.stats();
      if (entry.type !== 'effect' || roundTrip === undefined) return;
      stop();
      resolve(roundTrip);
    });
  });
  // Twice the latency, less what the clocks round away.
  expect(await measured).toBeGreaterThan(9);
  expect(losses).toBe(0);
});

it('a paused client makes the server wait and then gets everything [CL23, S5, C9]', async () => {
  const { server, proxy } = await serveBehindProxy();
  const client = await connectClient<{ a: string }>(proxy);
  const got = collect(await client.subscribe('a'));
  await barrier(client);
  client.pause();
  const padding = 'z'.repeat(64 * 1_024);
  server.publish('a', `0 ${padding}`);
  await expect(client.request({ op: 'x' }, { timeout: 200 })).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  expect(got.items).toEqual([]);
  for (let n = 1; n < 300; n++) server.publish('a', `${n} ${padding}`);
  client.resume();
  const updates = await got.until(300);
  expect(updates.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 300 }, (_, n) => n));
});

it('a frame above maxMessageSize is refused as soon as its header is read [ER6, CF13]', async () => {
  const { server, proxy } = await serveBehindProxy();
  const client = await connectClient(proxy, {
    config: { maxMessageSize: 1_000, nodeOptions: { closeTimeout: 50 } },
  });
  const error = clientEvent(client, 'error');
  const back = clientEvent(client, 'reconnected');
  proxy.slow({ rate: 20_000 });
  server.broadcast('w'.repeat(10 * MEGABYTE));
  expect((await error)[0]).toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
  proxy.slow();
  await back;
  await barrier(client);
});
