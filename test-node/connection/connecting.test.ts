import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { atEnd, barrier, clientEvent, connectClient, createClient, outcomeOf, serve } from '../support/live.js';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

describe('connect()', () => {
  it('may be called twice inside one listener [C2]', async () => {
    const world = virtualWorld();
    const controller = new AbortController();
    let isFirst = true;
    world.client.on('stateChange', (state) => {
      if (state === 'disconnected' && isFirst) {
        isFirst = false;
        void world.client.connect();
        void world.client.connect();
      }
      if (state === 'ready') {
        void world.client.close();
        void world.client.close();
        world.client.reconnect();
      }
    });
    void world.client.connect({ signal: controller.signal });
    controller.abort();
    await world.clock.advance(5_000);
    expect(world.errors).toEqual([]);
    expect(world.client.state).toBe('closed');
  });

  it('resolves in ready and opens no second socket [CL4, CL9]', async () => {
    const server = await serve();
    const client = createClient(server);
    const readies: number[] = [];
    client.on('ready', (epoch) => readies.push(epoch));
    const first = client.connect();
    const second = client.connect();
    expect(client.state).toBe('connecting');
    await Promise.all([first, second]);
    expect([client.state, client.isConnected(), client.epoch]).toEqual(['ready', true, 1]);
    await client.connect();
    await barrier(client);
    expect([server.upgradeAttempts, readies]).toEqual([1, [1]]);
  });

  it('waits for a reconnect that is under way [CL4]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.dropAll();
    await clientEvent(client, 'reconnecting');
    await Promise.all([client.connect(), client.connect()]);
    expect([client.state, server.upgradeAttempts]).toEqual(['ready', 2]);
  });

  it('rejects on abort with its reason and ends the attempt; the client can connect again [CL6]', async () => {
    const server = await serve();
    server.hangUpgrades();
    const client = createClient(server);
    const controller = new AbortController();
    const connecting = client.connect({ signal: controller.signal });
    await server.waitForUpgrade();
    const reason = new Error('navigated away');
    controller.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    expect(client.state).toBe('disconnected');
    await server.waitForIdle();
    server.acceptUpgrades();
    await client.connect();
    await barrier(client);
    expect(client.epoch).toBe(1);
  });

  it('ends the reconnect delay on abort and leaves no timer [CL6]', async () => {
    const { client, clock, network } = virtualWorld();
    network.admission = 'refuse';
    const controller = new AbortController();
    const connecting = outcomeOf(client.connect({ signal: controller.signal }));
    await clock.advance(60_000);
    const attempts = network.attempts.length;
    controller.abort('enough');
    expect(await connecting).toEqual({ error: 'enough' });
    expect([client.state, clock.pendingTimers]).toEqual(['disconnected', 0]);
    await clock.advance(3_600_000);
    expect(network.attempts).toHaveLength(attempts);
  });

  it('keeps the attempt when one of two callers aborts [CL6]', async () => {
    const server = await serve();
    const client = createClient(server);
    const controller = new AbortController();
    const aborted = outcomeOf(client.connect({ signal: controller.signal }));
    const stays = client.connect();
    controller.abort('no');
    expect(await aborted).toEqual({ error: 'no' });
    await stays;
    expect([client.state, server.upgradeAttempts]).toEqual(['ready', 1]);
  });

  it('opens no socket for an aborted signal, and ignores an abort after it resolved [CL6]', async () => {
    const server = await serve();
    const client = createClient(server);
    await expect(client.connect({ signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect([client.state, server.upgradeAttempts]).toEqual(['disconnected', 0]);
    const controller = new AbortController();
    await client.connect({ signal: controller.signal });
    controller.abort();
    await barrier(client);
    server.dropAll();
    await clientEvent(client, 'reconnected');
    expect(client.epoch).toBe(2);
  });

  it('rejects on abort during a reconnect, and the client keeps reconnecting [CL6, CL4]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.hangUpgrades(1);
    server.dropAll();
    await server.waitForUpgrade(2);
    const controller = new AbortController();
    const waiting = outcomeOf(client.connect({ signal: controller.signal }));
    controller.abort('no');
    expect(await waiting).toEqual({ error: 'no' });
    expect(client.state).toBe('connecting');
  });

  it('WebSocketClient.connect() resolves in ready [CL3]', async () => {
    const server = await serve();
    const client = await WebSocketClient.connect({ url: server.url }, new GenericJsonHandler());
    atEnd(() => client.close());
    expect(client.state).toBe('ready');
  });
});

it('the application sees wall time, independent of the monotonic clock [RT4, CH20, CH2]', async () => {
  const clock = new VirtualClock({ wallTime: 1_700_000_000_000 });
  const { drop, publish, subscribe } = await connectedWorld({ network: { clock } });
  const channel = await subscribe('a');
  const heard: unknown[] = [];
  channel.on('message', (_data, { receivedAt, gap }) => heard.push([receivedAt, gap]));
  clock.stepWall(3_600_000);
  await publish('a', 1);
  const receivedAt = clock.wallTime();
  await clock.advance(500);
  await drop();
  const lostAt = clock.wallTime();
  await clock.advance(1_000);
  await publish('a', 2);
  expect(heard).toEqual([
    [receivedAt, undefined],
    [clock.wallTime(), expect.objectContaining({ since: lostAt, epoch: 2, cause: 'disconnect' })],
  ]);
});
