import { type CloseInfo, type CloseVerdict, GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { expect, it } from 'vitest';
import { connectClient, createClient, outcomeOf, serve } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

class Verdicts extends GenericJsonHandler {
  override classifyClose({ code }: CloseInfo): CloseVerdict {
    return code === 4_001 ? 'fatal' : code === 4_002 ? 'authentication' : 'retry';
  }
}

it('a fatal close code ends the client, settles everything, and is reported once [C7, HN16, CL7, CL27]', async () => {
  const server = await serve();
  server.respondTo('"op":"held"', []);
  const client = await connectClient(server, { handler: new Verdicts() });
  const channel = await client.subscribe('a');
  const call = outcomeOf(client.request({ op: 'held' }));
  await server.waitForMessage('held');
  const errors: unknown[] = [];
  client.on('error', (error) => errors.push(error));
  const channelError = new Promise((resolve) => channel.once('error', resolve));
  server.closeAll(4_001, 'banned');
  const cause = await client.closed;
  expect(cause).toMatchObject({ code: 4_001, error: { code: 'CONNECTION_CLOSED', closeCode: 4_001 } });
  expect(errors).toEqual([cause.error]);
  expect(await call).toMatchObject({ error: { code: 'CONNECTION_CLOSED', delivery: 'unknown' } });
  expect(await channelError).toBe(cause.error);
  expect(channel.closed).toBe(true);
  await expect(client.connect()).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
  await server.waitForIdle();
  expect(server.upgradeAttempts).toBe(1);
});

it('a fatal close before ready rejects connect() and emits no error event [C7, CL7]', async () => {
  const server = await serve({ authentication: {} });
  class FatalLogin extends LoginHandler {
    override classifyClose(): CloseVerdict {
      return 'fatal';
    }
  }
  server.respondTo('"op":"auth"', (_text, connection) => {
    connection.close(4_001, 'banned');
    return [];
  });
  const client = createClient(server, { handler: new FatalLogin() });
  const errors: unknown[] = [];
  client.on('error', (error) => errors.push(error));
  await expect(client.connect()).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', closeCode: 4_001 });
  expect([client.state, errors]).toEqual(['closed', []]);
});

it('a close code for authentication counts as a refused login [C7, CF8, HN16]', async () => {
  const server = await serve();
  server.onConnection((connection) => connection.close(4_002, 'expired'));
  const config = { authMaxAttempts: 3, reconnectMinUptime: 5_000 };
  const client = createClient(server, { handler: new Verdicts(), config });
  void client.connect();
  const ended = await Promise.race([client.closed, server.waitForConnection(4)]);
  expect(ended).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED' } });
  expect(server.connectionCount).toBe(3);
});

it('reconnectMaxAttempts failed attempts in a row end the client and reject connect() [CF6, ER2, CL7]', async () => {
  const server = await serve();
  server.refuseUpgrades({ status: 503 });
  const client = createClient(server, { config: { reconnectMaxAttempts: 3 } });
  const waiting = outcomeOf(client.request({ op: 'order' }));
  await expect(client.connect()).rejects.toMatchObject({
    code: 'MAX_RECONNECT_ATTEMPTS',
    attempts: 3,
    cause: { code: 'CONNECTION_FAILED', status: 503 },
  });
  expect(server.upgradeAttempts).toBe(4);
  expect(client.state).toBe('closed');
  expect(await waiting).toMatchObject({ error: { code: 'MAX_RECONNECT_ATTEMPTS', delivery: 'unsent' } });
});

it('reconnectMaxAttempts 0 ends the client at the first loss [CF6]', async () => {
  const server = await serve();
  const client = await connectClient(server, { config: { reconnectMaxAttempts: 0 } });
  server.dropAll();
  expect(await client.closed).toMatchObject({ error: { code: 'MAX_RECONNECT_ATTEMPTS', attempts: 0 } });
  const other = createClient(server, { config: { reconnectMaxAttempts: 0 } });
  server.refuseUpgrades();
  await expect(other.connect()).rejects.toMatchObject({ code: 'MAX_RECONNECT_ATTEMPTS', attempts: 0 });
});

it('reconnectMaxAttempts 0 allows a new connection when a working one is replaced [CF6, HN20, HN26, CL22]', async () => {
  class Leaving extends GenericJsonHandler {
    override readonly limits = { lifetime: 60_000 };
    override shouldReconnect(message: Message): boolean {
      return message.field('op') === 'moving';
    }
  }
  const world = await connectedWorld({ handler: new Leaving(), config: { reconnectMaxAttempts: 0 } });
  const { client, clock, drop } = world;
  await clock.advance(60_600);
  expect([client.state, client.epoch]).toEqual(['ready', 2]);
  world.peer.sendJson({ op: 'moving' });
  await clock.advance(2_000);
  expect([client.state, client.epoch]).toEqual(['ready', 3]);
  client.reconnect();
  await clock.advance(5_000);
  expect([client.state, client.epoch]).toEqual(['ready', 4]);
  await drop();
  await clock.advance(1_000);
  expect(client.state).toBe('closed');
});

it('every other failure is retried for ever [C7, CL5]', async () => {
  const { client, clock, close, network } = virtualWorld();
  const connecting = outcomeOf(client.connect());
  for (const admission of ['refuse', 'hang', { status: 500 }, { status: 404 }, { protocol: 'wrong' }] as const) {
    network.admission = admission;
    await clock.advance(3_600_000);
    expect(['connecting', 'reconnecting']).toContain(client.state);
  }
  network.admission = 'accept';
  await clock.advance(41_000);
  expect(await connecting).toEqual({ value: undefined });
  await close();
  expect([clock.pendingTimers, network.sockets]).toEqual([0, 0]);
});

it('planned replacements that succeed are no failed attempts [CF6]', async () => {
  const { client, clock, drop } = await connectedWorld({ config: { reconnectMaxAttempts: 2 } });
  for (let count = 0; count < 2; count++) {
    client.reconnect();
    while (client.state !== 'ready') await clock.advance(10);
  }
  await drop();
  expect([client.epoch, client.state]).toEqual([3, 'reconnecting']);
});
