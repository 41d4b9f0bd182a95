import { expect, it } from 'vitest';
import { barrier, clientEvent, connectClient, createClient, framesOf, outcomeOf, serve } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { connectedWorld } from '../support/virtual-world.js';

it('a drop settles a request in flight [F3, R1, DL1]', async () => {
  const server = await serve();
  server.respondTo('"op":"order"', []);
  const client = await connectClient(server);
  const call = client.request({ op: 'order' }, { timeout: Infinity });
  await server.waitForMessage('order');
  server.dropAll();
  await expect(call).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', delivery: 'unknown' });
});

it('a clean close by the server settles a request in flight [F3, R1]', async () => {
  const server = await serve();
  server.respondTo('"op":"order"', []);
  const client = await connectClient(server);
  const call = client.request({ op: 'order' }, { timeout: Infinity });
  await server.waitForMessage('order');
  server.closeAll(1_001, 'restart');
  await expect(call).rejects.toMatchObject({
    code: 'CONNECTION_CLOSED',
    delivery: 'unknown',
    message: expect.stringContaining('restart'),
  });
});

it('a refused login settles a waiting request [F10, R1, C7]', async () => {
  const server = await serve({ authentication: { accepts: () => false } });
  const handler = new LoginHandler();
  handler.verdict = 'final';
  const client = createClient(server, { handler });
  const order = client.request({ op: 'order' }, { timeout: Infinity });
  const connecting = outcomeOf(client.connect());
  await expect(order).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED', delivery: 'unsent' });
  expect(await connecting).toHaveProperty('error');
  expect(client.stats()).toMatchObject({ pendingRequests: 0, waitingCalls: 0 });
});

it('a request that failed as unsent does not leave after the reconnect [F12, R4, R6, DL1]', async () => {
  const server = await serve();
  const client = await connectClient(server);
  await server.stop();
  await clientEvent(client, 'reconnecting');
  const controller = new AbortController();
  const calls = [
    client.request({ op: 'order', why: 'timeout' }, { timeout: 10 }),
    client.request({ op: 'order', why: 'abort' }, { signal: controller.signal }),
    client.request({ op: 'order', why: 'never' }, { retry: 'never' }),
  ];
  const waits = client.request({ op: 'order', why: 'waits' });
  controller.abort('no');
  expect(await Promise.all(calls.map(outcomeOf))).toMatchObject([
    { error: { delivery: 'unsent' } },
    { error: 'no' },
    { error: { delivery: 'unsent' } },
  ]);
  expect(calls.map(({ delivery }) => delivery)).toEqual(['unsent', 'unsent', 'unsent']);
  await server.restart();
  expect(await waits).toMatchObject({ why: 'waits' });
  await barrier(client);
  expect(framesOf(server, 'order').map(({ why }) => why)).toEqual(['waits']);
});

it('1,000 unanswered requests settle and leave no entry [F13, R1, R3]', async () => {
  const server = await serve({ exchange: false });
  const client = await connectClient(server, { config: { requestTimeout: 50 } });
  const outcomes = Promise.all(Array.from({ length: 1_000 }, () => outcomeOf(client.request({ op: 'x' }))));
  expect(client.stats().pendingRequests).toBe(1_000);
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ error: { code: 'REQUEST_TIMEOUT', delivery: 'unknown' } });
  }
  expect(client.stats()).toMatchObject({ pendingRequests: 0, waitingCalls: 0 });
});

it('1,000 unanswered requests time out by default, and the last timer ends with the last request [F13, CF12]', async () => {
  const { client, clock, server } = await connectedWorld({ config: { pingInterval: 0 } });
  server.mute = true;
  const idle = clock.pendingTimers;
  const settled: number[] = [];
  for (let n = 0; n < 1_000; n++) void outcomeOf(client.request({ op: 'x' })).then(() => settled.push(clock.now()));
  const calledAt = clock.now();
  await clock.advance(29_999);
  expect(settled).toHaveLength(0);
  await clock.advance(1);
  expect(settled).toHaveLength(1_000);
  expect(new Set(settled)).toEqual(new Set([calledAt + 30_000]));
  expect(clock.pendingTimers).toBe(idle);
});
