import { expect, it, vi } from 'vitest';
import {
  barrier,
  channelEvent,
  clientEvent,
  collect,
  connectClient,
  createClient,
  outcomeOf,
} from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { serveBehindProxy } from './proxied.js';

// Of a busy host.
vi.setConfig({ testTimeout: 30_000 });

const WATCHFUL = { pingInterval: 40, pongTimeout: 40 } as const;

it.each(['to-client', 'to-server', 'both'] as const)(
  'the heartbeat notices and replaces a line that drops everything (%s) [F2, C6, L1]',
  async (direction) => {
    const { server, proxy } = await serveBehindProxy();
    const client = await connectClient(proxy, { config: WATCHFUL });
    const channel = await client.subscribe('a');
    const resumed = channelEvent(channel, 'resumed');
    const lost = clientEvent(client, 'disconnected');
    proxy.last.blackHole(direction);
    expect((await lost)[0].cause?.message).toContain('No sign of life within pongTimeout');
    await resumed;
    const got = collect(channel);
    await server.waitFor('the new subscription', () => server.connections.at(-1)?.subscriptions.has('a'));
    server.publish('a', 'over the new line');
    expect(await got.until(1)).toEqual(['over the new line']);
  },
);

it('authTimeout ends a login on a line that died [CF8, F9, L1]', async () => {
  const { server, proxy } = await serveBehindProxy({ authentication: {} });
  const stop = server.onMessage((_connection, text) => {
    if (!text.includes('"op":"auth"')) return;
    proxy.last.blackHole('to-client');
    stop();
  });
  const config = { authTimeout: 40, authMaxAttempts: 1 };
  const client = createClient(proxy, { handler: new LoginHandler(), config });
  const lost = clientEvent(client, 'disconnected');
  const connecting = client.connect();
  expect((await lost)[0].cause?.message).toContain('authTimeout');
  await connecting;
  await barrier(client);
  expect(server.authAttempts).toBe(2);
});

it('a stalled line delivers in one burst, in order, on the same connection [R7, S5, F17]', async () => {
  const { server, proxy } = await serveBehindProxy();
  const client = await connectClient<{ a: number }>(proxy);
  const channel = await client.subscribe('a');
  const got = collect(channel);
  proxy.stall();
  const calls = Array.from({ length: 50 }, (_, n) => client.request({ op: 'x', n }));
  for (let n = 0; n < 500; n++) server.publish('a', n);
  expect(client.stats().pendingRequests).toBe(50);
  proxy.release();
  expect(await got.until(500)).toEqual(Array.from({ length: 500 }, (_, n) => n));
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 50 }, (_, n) => ({ op: 'x', n })));
  expect([client.epoch, channel.dropped]).toEqual([1, 0]);
});

it('requests on a stalled line time out, and their late answers settle nothing [R1, R2]', async () => {
  const { server, proxy } = await serveBehindProxy();
  const client = await connectClient(proxy);
  proxy.stall('to-client');
  const unheard: unknown[] = [];
  client.on('message', (message) => unheard.push(message.json));
  const late = client.request({ op: 'late' }, { timeout: 20 });
  await expect(late).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT', delivery: 'unknown' });
  await server.waitForMessage('late');
  const next = client.request({ op: 'next' });
  proxy.release('to-client');
  expect(await next).toEqual({ op: 'next' });
  expect(late.delivery).toBe('unknown');
  expect(client.epoch).toBe(1);
});

it.each(['to-client', 'to-server', 'both'] as const)(
  'close() over a line that drops everything (%s) resolves and settles open calls [C8, CL24, R1]',
  async (direction) => {
    const { proxy } = await serveBehindProxy();
    // The handshake of ws alone would wait longer than this test may take.
    const client = await connectClient(proxy, { config: { nodeOptions: { closeTimeout: 60_000 } } });
    const channel = await client.subscribe('a');
    const ended = channelEvent(channel, 'close');
    const link = proxy.last;
    link.blackHole(direction);
    const call = outcomeOf(client.request({ op: 'never' }, { timeout: Infinity }));
    await client.close({ deadline: 50 });
    expect(client.state).toBe('closed');
    expect(await call).toMatchObject({ error: { code: 'CONNECTION_CLOSED', delivery: 'unknown' } });
    await ended;
    await link.untilClientGone();
  },
);

it('close() with drain over a dead line resolves at its deadline [C8, CL25, F6]', async () => {
  const { proxy } = await serveBehindProxy();
  const client = await connectClient(proxy);
  proxy.blackHole();
  const call = outcomeOf(client.request({ op: 'never' }, { timeout: Infinity }));
  await client.close({ drain: true, deadline: 50 });
  expect(await call).toMatchObject({ error: { delivery: 'unknown' } });
  expect(client.stats()).toMatchObject({ state: 'closed', pendingRequests: 0 });
});
