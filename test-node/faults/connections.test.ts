import { expect, it } from 'vitest';
import {
  barrier,
  channelEvent,
  clientEvent,
  collect,
  connectClient,
  createClient,
  outcomeOf,
  serve,
  topicsOf,
} from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

it('a server that accepts and closes for 10 s sees few connections [F1, C4, C5]', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { client, clock, close, network, server } = virtualWorld({ network: { seed } });
    server.onConnection = (connection) => connection.terminate();
    void client.connect();
    await clock.advance(10_000);
    expect(network.attempts.length).toBeGreaterThan(1);
    expect(network.attempts.length).toBeLessThanOrEqual(16);
    await close();
  }
});

it('no minute has more than 48 attempts, even when the random number is always 0 [F1, C5]', async () => {
  const { client, clock, network, server } = virtualWorld({ random: () => 0.999_999 });
  server.onConnection = (connection) => connection.terminate();
  void client.connect();
  await clock.advance(10 * 60_000);
  const dials = network.attempts;
  expect(dials.length).toBeGreaterThan(100);
  for (const from of dials)
    expect(dials.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(48);
});

it('the attempts slow down on a real socket, and the client reconnects when the server is back [F1, L1]', async () => {
  const server = await serve();
  const stop = server.onConnection((connection) => connection.close(1_013));
  const client = createClient(server, { config: { reconnectMinUptime: 5_000 } });
  const attempts: number[] = [];
  const sixth = clientEvent(client, 'reconnecting', ({ attempt }) => {
    attempts.push(attempt);
    return attempt === 6;
  });
  await outcomeOf(client.connect());
  await sixth;
  expect(attempts).toEqual([1, 2, 3, 4, 5, 6]);
  stop();
  await client.connect();
  await barrier(client);
});

it('a half-open link is noticed and replaced [F2, C6]', async () => {
  const server = await serve();
  const client = await connectClient(server, { config: { pingInterval: 20, pongTimeout: 20 } });
  const channel = await client.subscribe('a');
  const resumed = channelEvent(channel, 'resumed');
  const lost = clientEvent(client, 'disconnected');
  server.connections[0]?.mute();
  expect((await lost)[0].cause).toMatchObject({ code: 'CONNECTION_CLOSED' });
  await resumed;
  expect([...server.subscriptions]).toEqual(['a']);
  await server.waitFor('the dead socket to be gone', () => server.socketCount === 1);
});

it('a half-open link is noticed within pingInterval + pongTimeout by default, at whatever time it dies [F2, C6]', async () => {
  for (const after of [1, 15_000, 29_999, 30_001, 61_234]) {
    const { client, clock, close, peer } = await connectedWorld();
    await clock.advance(after);
    peer.blackHole();
    const diedAt = clock.now();
    let noticedAt = Infinity;
    client.on('disconnected', () => {
      noticedAt = clock.now();
    });
    await clock.advance(40_000);
    expect(noticedAt - diedAt).toBeLessThanOrEqual(40_000);
    await clock.advance(1_000);
    expect(client.state).toBe('ready');
    await close();
  }
});

it('the client reconnects after connections were refused for 6 s [F4, C7, L1]', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { client, clock, close, network, server } = await connectedWorld({ network: { seed } });
    network.admission = 'refuse';
    server.drop();
    await clock.advance(6_000);
    expect(client.state).not.toBe('ready');
    network.admission = 'accept';
    await clock.advance(30_000);
    expect(client.state).toBe('ready');
    await close();
  }
});

it('the client reconnects after many attempts on a closed port [F4, CL5, CL34]', async () => {
  const server = await serve();
  await server.stop();
  const client = createClient(server);
  const tenth = clientEvent(client, 'reconnecting', ({ attempt }) => attempt === 10);
  const connecting = client.connect();
  const [{ cause }] = await tenth;
  expect(cause).toMatchObject({ code: 'CONNECTION_FAILED', retryable: true });
  await server.restart();
  await connecting;
  await barrier(client);
});

it('close() while connecting leaves no live socket behind [F5, C8]', async () => {
  const server = await serve();
  const client = createClient(server);
  const connecting = outcomeOf(client.connect());
  await client.close();
  expect(await connecting).toMatchObject({ error: { code: 'CONNECTION_CLOSED' } });
  server.hangUpgrades();
  const hanging = createClient(server);
  const waiting = outcomeOf(hanging.connect());
  await server.waitForUpgrade(server.upgradeAttempts + 1);
  await hanging.close();
  expect(await waiting).toMatchObject({ error: { code: 'CONNECTION_CLOSED' } });
  await server.waitForIdle();
});

it('close() with an unanswered request resolves [F6, C8, R1]', async () => {
  const server = await serve();
  server.respondTo('"op":"never"', []);
  const client = await connectClient(server);
  const call = client.request({ op: 'never' }, { timeout: Infinity });
  await server.waitForMessage('never');
  // Longer than the test may take: an answer is not waited for.
  await client.close({ deadline: 60_000 });
  await expect(call).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', delivery: 'unknown' });
});

it('close() during the back-off leaves no timer [F7, C8]', async () => {
  const { client, clock, network } = virtualWorld();
  network.admission = 'refuse';
  const connecting = outcomeOf(client.connect());
  await clock.advance(60_000);
  expect(client.state).toBe('reconnecting');
  const attempts = network.attempts.length;
  await client.close();
  expect(await connecting).toMatchObject({ error: { code: 'CONNECTION_CLOSED' } });
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(60_000);
  expect(network.attempts).toHaveLength(attempts);
});

it('the client logs in again after a drop between the login and its answer [F9, C7]', async () => {
  const server = await serve({ authentication: {} });
  let drops = 3;
  server.respondTo('"op":"auth"', (_text, connection) => {
    if (drops-- > 0) {
      connection.terminate();
      return [];
    }
    connection.authenticated = true;
    return { op: 'auth', success: true };
  });
  const client = createClient(server, { handler: new LoginHandler(), config: { authMaxAttempts: 1 } });
  const order = client.request({ op: 'order' });
  await client.connect();
  expect(await order).toEqual({ op: 'order' });
  expect(server.connectionCount).toBe(4);
});

it('a second drop during resubscription loses no subscription [F11, S3, S4]', async () => {
  const server = await serve();
  const client = await connectClient(server);
  const topics = Array.from({ length: 350 }, (_, n) => `t${n}`);
  const channels = await client.subscribeMany(topics);
  let drops = 3;
  const stop = server.onMessage((connection, text) => {
    if (!text.includes('"t150"') || drops-- <= 0) return false;
    connection.terminate();
    return true;
  });
  const gaps = channels.map(() => 0);
  channels.forEach((channel, index) => {
    channel.on('gap', () => gaps.splice(index, 1, (gaps[index] ?? 0) + 1));
  });
  const resumed = Promise.all(channels.map((channel) => channelEvent(channel, 'resumed', (epoch) => epoch === 5)));
  server.dropAll();
  await resumed;
  stop();
  expect(server.subscriptions).toEqual(new Set(topics));
  expect(gaps[349]).toBe(1);
  const got = collect(channels[349] as (typeof channels)[0]);
  server.publish('t349', 1);
  await got.until(1);
});

it('a healthy idle link is kept for a day with default settings [F17, C6]', async () => {
  const { client, clock, network, peer } = await connectedWorld();
  let pings = 0;
  peer.onPing = () => pings++;
  await clock.advance(24 * 3_600_000);
  expect([client.state, client.epoch]).toEqual(['ready', 1]);
  expect(network.attempts).toHaveLength(1);
  expect(pings).toBe(2_880);
  expect(client.stats().roundTrip).toBe(2);
});

it('an idle link that cannot be probed is kept [F17, HN19, RT3]', async () => {
  const { client, clock, peer } = await connectedWorld({
    onSocket: (socket) => void Object.assign(socket, { ping: undefined }),
  });
  await clock.advance(3_600_000);
  expect([client.state, client.epoch]).toEqual(['ready', 1]);
  expect(peer.received).toEqual([]);
});

it('4,000 subscriptions leave in few frames and do not delay later calls [F14, DL8]', async () => {
  const server = await serve();
  const client = await connectClient(server);
  const many = client.subscribeMany(Array.from({ length: 4_000 }, (_, n) => `t${n}`));
  let turns = 0;
  const count = () => {
    turns++;
    handle = setImmediate(count);
  };
  let handle = setImmediate(count);
  await many;
  clearImmediate(handle);
  expect(turns).toBeGreaterThan(1);
  expect(topicsOf(server).length).toBeLessThanOrEqual(60);
  expect(Math.max(...topicsOf(server).map((topics) => (topics as string[]).length))).toBe(100);
  expect(server.subscriptions.size).toBe(4_000);
});
