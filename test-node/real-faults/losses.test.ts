import { expect, it, vi } from 'vitest';
import {
  barrier,
  channelEvent,
  clientEvent,
  collect,
  connectClient,
  createClient,
  framesOf,
  outcomeOf,
} from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { serveBehindProxy } from './proxied.js';

// Of a busy host.
vi.setConfig({ testTimeout: 30_000 });

it.each(['cut', 'reset'] as const)(
  'a request in flight at a %s fails as unknown and is not sent again [F3, R1, R5, DL5]',
  async (fault) => {
    const { server, proxy } = await serveBehindProxy();
    server.respondTo('"op":"order"', []);
    const client = await connectClient(proxy);
    const call = client.request({ op: 'order' }, { timeout: Infinity });
    await server.waitForMessage('order');
    proxy[fault]();
    await expect(call).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', delivery: 'unknown' });
    expect(call.delivery).toBe('unknown');
    await barrier(client);
    expect(client.epoch).toBe(2);
    expect(framesOf(server, 'order')).toHaveLength(1);
    expect(client.stats()).toMatchObject({ pendingRequests: 0, waitingCalls: 0 });
  },
);

it('a loss by a reset reports the error of the system [CL34, ER1]', async () => {
  const { proxy } = await serveBehindProxy();
  const client = await connectClient(proxy);
  await barrier(client);
  const lost = clientEvent(client, 'disconnected');
  proxy.reset();
  expect((await lost)[0]).toMatchObject({ code: 1006, cause: { cause: { code: 'ECONNRESET' } } });
});

it('an idempotent request in flight is answered on the next connection under the same id [R5, DL6]', async () => {
  const { server, proxy } = await serveBehindProxy();
  server.respondTo('"op":"read"', [], { once: true });
  const client = await connectClient(proxy);
  const call = client.request({ op: 'read' }, { retry: 'idempotent', timeout: Infinity });
  await server.waitForMessage('read');
  proxy.cut();
  expect(await call).toEqual({ op: 'read' });
  expect(framesOf(server, 'read').map(({ req_id }) => req_id)).toEqual([call.requestId, call.requestId]);
});

it('a request that is cut in the middle of its frame fails as unknown [R4, DL1]', async () => {
  const { server, proxy } = await serveBehindProxy();
  const client = await connectClient(proxy);
  proxy.last.cutAfter(50, 'to-server');
  const call = client.request({ op: 'order', note: 'x'.repeat(1_000) }, { timeout: Infinity });
  await expect(call).rejects.toMatchObject({ delivery: 'unknown' });
  await barrier(client);
  expect(framesOf(server).map(({ op }) => op)).toEqual(['barrier']);
});

it.each(['end', 'reset'] as const)(
  'an update that is cut in the middle (%s) is not delivered and leads to a gap [S5, CH19, C7]',
  async (style) => {
    const { server, proxy } = await serveBehindProxy();
    const client = await connectClient<{ a: number }>(proxy);
    const channel = await client.subscribe('a');
    const got = collect(channel);
    const order: unknown[] = [];
    channel.on('message', (data) => order.push(data));
    channel.on('gap', ({ cause }) => order.push(cause));
    const resumed = channelEvent(channel, 'resumed');
    const update = Buffer.byteLength('..{"topic":"a","data":1}');
    proxy.last.cutAfter(2 * update + 7, 'to-client', style);
    for (const n of [1, 2, 3, 4]) server.publish('a', n);
    await resumed;
    server.publish('a', 5);
    await got.until(3);
    expect(order).toEqual([1, 2, 'disconnect', 5]);
  },
);

it('a drop in the middle of the answer to a login is not a refusal, and the login is repeated [F9, C7]', async () => {
  const { server, proxy } = await serveBehindProxy({ authentication: {} });
  let drops = 3;
  server.onMessage((_connection, text) => {
    if (text.includes('"op":"auth"') && drops-- > 0) proxy.last.cutAfter(10, 'to-client', 'reset');
  });
  const client = createClient(proxy, { handler: new LoginHandler(), config: { authMaxAttempts: 1 } });
  const order = client.request({ op: 'order' });
  await client.connect();
  expect(await order).toEqual({ op: 'order' });
  expect([server.connectionCount, server.authAttempts, client.epoch]).toEqual([4, 4, 1]);
});

it('drops in the middle of a resubscription lose no subscription [F11, S3, S4]', async () => {
  const { server, proxy } = await serveBehindProxy();
  const client = await connectClient(proxy);
  const topics = Array.from({ length: 350 }, (_, n) => `t${n}`);
  const channels = await client.subscribeMany(topics);
  let drops = 3;
  server.onConnection(() => {
    // In the middle of the second of four frames.
    if (drops-- > 0) proxy.last.cutAfter(1_000, 'to-server', drops === 1 ? 'reset' : 'end');
  });
  const resumed = Promise.all(channels.map((channel) => channelEvent(channel, 'resumed', (epoch) => epoch === 5)));
  proxy.cut();
  await resumed;
  await server.waitFor('one connection', () => server.connections.length === 1);
  expect(server.subscriptions).toEqual(new Set(topics));
});

it('a client that was refused many times restores everything when the line works again [F4, L1, S3]', async () => {
  const { server, proxy } = await serveBehindProxy();
  const client = await connectClient(proxy);
  const channel = await client.subscribe('a');
  const tenth = clientEvent(client, 'reconnecting', ({ attempt }) => attempt === 10);
  proxy.cut();
  proxy.refuse();
  expect((await tenth)[0].cause).toMatchObject({ code: 'CONNECTION_FAILED' });
  const order = client.request({ op: 'order' });
  const resumed = channelEvent(channel, 'resumed');
  await proxy.accept();
  await resumed;
  expect(await order).toEqual({ op: 'order' });
  expect([...server.subscriptions]).toEqual(['a']);
});

it('connections that are cut during the upgrade or reset at once are retried [C7, CL5]', async () => {
  const { server, proxy } = await serveBehindProxy();
  // The answer to the upgrade is longer than that.
  proxy.flap(3, 40);
  const client = createClient(proxy);
  await client.connect();
  expect([proxy.accepted, server.connectionCount >= 1]).toEqual([4, true]);
  proxy.admission = 'reset';
  const lost = clientEvent(client, 'reconnecting', ({ attempt }) => attempt === 4);
  proxy.cut();
  await lost;
  proxy.admission = 'forward';
  await client.connect();
  expect(client.epoch).toBe(2);
});

it('an attempt without an answer ends at connectTimeout, with its socket [CF7, C1, C7]', async () => {
  const { proxy } = await serveBehindProxy();
  proxy.admission = 'hang';
  const client = createClient(proxy, { config: { connectTimeout: 30 } });
  const second = clientEvent(client, 'reconnecting', ({ attempt }) => attempt === 2);
  const connecting = client.connect();
  expect((await second)[0].cause.message).toContain('connectTimeout');
  proxy.admission = 'forward';
  await connecting;
  await client.close();
  await proxy.untilIdle();
});

it.each(['to-client', 'to-server'] as const)(
  'a line that is half closed (%s) is replaced [C7, C1, L1]',
  async (direction) => {
    const { server, proxy } = await serveBehindProxy();
    const client = await connectClient(proxy);
    const channel = await client.subscribe('a');
    const resumed = channelEvent(channel, 'resumed');
    proxy.last.halfClose(direction);
    await resumed;
    await server.waitFor('the old connection to be gone', () => server.socketCount === 1);
    expect([...server.subscriptions]).toEqual(['a']);
  },
);

it('a server that restarts gets the current subscriptions again [S3, S4, DL2, L1]', async () => {
  const { server, proxy } = await serveBehindProxy({ authentication: {} });
  const client = await connectClient(proxy, { handler: new LoginHandler() });
  const [kept, dropped] = await client.subscribeMany(['kept', 'dropped']);
  const resumed = channelEvent(kept as NonNullable<typeof kept>, 'resumed');
  const lost = clientEvent(client, 'reconnecting');
  await server.stop();
  await lost;
  await dropped?.unsubscribe();
  const added = client.subscribe('added');
  const order = client.request({ op: 'order' });
  await server.restart();
  await Promise.all([resumed, added]);
  expect(await order).toEqual({ op: 'order' });
  expect([...server.subscriptions].sort()).toEqual(['added', 'kept']);
  expect(server.authAttempts).toBe(2);
});

it('a fault of one client does not touch another client on the same proxy [C1, S3, S5]', async () => {
  const { server, proxy } = await serveBehindProxy();
  const [one, two] = [await connectClient(proxy), await connectClient(proxy)];
  const [first, second] = [await one.subscribe('a'), await two.subscribe('a')];
  const undisturbed = collect(second);
  const pending = outcomeOf(two.request({ op: 'slow' }));
  const resumed = channelEvent(first, 'resumed');
  proxy.links[0]?.reset();
  server.publish('a', 1);
  await resumed;
  const got = collect(first);
  expect(server.publish('a', 2)).toBe(2);
  await got.until(1);
  expect(await undisturbed.until(2)).toEqual([1, 2]);
  expect(await pending).toEqual({ value: { op: 'slow' } });
  expect([one.epoch, two.epoch]).toEqual([2, 1]);
});
