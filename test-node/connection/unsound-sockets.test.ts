import type { OpenSocket } from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { directSockets } from '../support/direct-socket.js';
import { connectClient } from '../support/live.js';
import { connectedWorld, outcome, URL, virtualWorld } from '../support/virtual-world.js';

describe('a socket that answers inside send()', () => {
  it('settles requests and confirms subscriptions [RT2, DL1]', async () => {
    const { openSocket } = directSockets((text, say) => {
      const { op, req_id } = JSON.parse(text);
      say({ op, req_id, success: true, data: 7 });
    });
    const clock = new VirtualClock();
    const client = await connectClient({ url: URL }, { runtime: { openSocket, clock } });
    const subscribing = client.subscribe('t');
    const asking = client.request({ op: 'ask' });
    await clock.advance(1);
    expect((await subscribing).topic).toBe('t');
    expect(await asking).toBe(7);
  });
});

describe('a socket that reports its end late, twice or never', () => {
  it('is terminated when it reports an error and no close [C1]', async () => {
    const world = virtualWorld();
    world.network.reports.closes = 0;
    await world.connect();
    const first = world.peer;
    first.reset();
    await world.clock.advance(5_000);
    expect(world.client.state).toBe('ready');
    expect(world.network.sockets).toBe(1);
  });

  it('ends with its own error, and is not called silent meanwhile [C1, CL50]', async () => {
    const world = await connectedWorld({ config: { pingInterval: 200, pongTimeout: 200 } });
    const causes: unknown[] = [];
    world.client.on('disconnected', ({ cause }) => causes.push(cause?.message));
    Object.assign(world.peer.reports, { closes: 0 });
    world.peer.reset();
    await world.clock.advance(100);
    world.client.pause();
    world.client.resume();
    await world.clock.advance(3_000);
    expect(causes).toEqual([expect.stringContaining('ECONNRESET')]);
  });

  it('has a second for its close event, however often the application asks for another connection [C1, CL22]', async () => {
    let isClosing = false;
    const openSocket: OpenSocket = (_request, events) => {
      queueMicrotask(() => events.onOpen());
      return {
        get isClosing() {
          return isClosing;
        },
        bufferedAmount: 0,
        send: () => {},
        close: () => {},
      };
    };
    const clock = new VirtualClock();
    const client = await connectClient({ url: URL }, { runtime: { openSocket, clock } });
    let ends = 0;
    client.on('disconnected', () => ends++);
    isClosing = true;
    client.reconnect();
    await clock.advance(700);
    client.reconnect();
    await clock.advance(299);
    expect(ends).toBe(0);
    await clock.advance(1);
    expect(ends).toBe(1);
  });

  it('is terminated when it reports an error on a connection that still works [C1]', async () => {
    const world = virtualWorld();
    const { openSocket } = world.runtime;
    let fail: () => void = () => {};
    Object.assign(world.runtime, {
      openSocket: ((request, events) => {
        fail = () => events.onError({ cause: new Error('platform bug') });
        return openSocket(request, events);
      }) satisfies typeof openSocket,
    });
    await world.connect();
    fail();
    await world.clock.advance(5_000);
    expect(world.client.state).toBe('ready');
    expect(world.client.epoch).toBe(2);
    expect(world.network.connections).toHaveLength(1);
    expect(world.network.sockets).toBe(1);
  });

  it('may report its close late and twice [C1]', async () => {
    const world = virtualWorld();
    Object.assign(world.network.reports, { closes: 2, closeDelay: 3_000 });
    await world.connect();
    for (let round = 0; round < 3; round++) {
      world.server.drop();
      await world.clock.advance(20_000);
    }
    expect(world.client.state).toBe('ready');
    expect(world.network.connections).toHaveLength(1);
    expect(world.errors).toEqual([]);
  });

  it('does not make a wake hide a refused login when its close is late [C7]', async () => {
    const world = virtualWorld({ config: { authMaxAttempts: 1 }, network: { latency: 50 } });
    world.network.reports.closes = 0;
    world.network.admission = { status: 401 };
    const connected = world.client.connect();
    connected.catch(() => {});
    await world.clock.advance(1_050);
    expect(world.client.state).toBe('connecting');
    world.runtime.wake();
    await world.clock.advance(100);
    expect(world.client.state).toBe('closed');
    expect(await outcome(connected)).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED' } });
  });

  it('does not make reconnect() hide a refused login when its close is late [C7]', async () => {
    const world = virtualWorld({ config: { authMaxAttempts: 1 }, network: { latency: 50 } });
    world.network.reports.closes = 0;
    world.network.admission = { status: 401 };
    const connected = world.client.connect();
    connected.catch(() => {});
    await world.clock.advance(500);
    expect(world.client.state).toBe('connecting');
    world.client.reconnect();
    await world.clock.advance(1_000);
    expect(world.client.state).toBe('closed');
    expect(await outcome(connected)).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED' } });
  });
});

describe('a socket that refuses a frame', () => {
  /** The client's sockets refuse orders from a given connection on. */
  async function refusing(from: number, orders: number) {
    let sockets = 0;
    const world = await connectedWorld({
      onSocket: (socket) => {
        const number = ++sockets;
        const send = socket.send.bind(socket);
        socket.send = (data) => {
          if (number >= from && number < from + orders && String(data).includes('order')) throw new Error('not open');
          send(data);
        };
      },
    });
    world.server.onSend = () => {};
    return world;
  }

  it('leaves a first request unsent, which goes with the next connection [DL5, R4]', async () => {
    const { client, clock, sent } = await refusing(1, 1);
    const call = client.request({ op: 'order' }, { timeout: 60_000 });
    expect(call.delivery).toBe('unsent');
    await clock.advance(3_000);
    expect([client.epoch, call.delivery, sent.map(({ op }) => op)]).toEqual([2, 'unknown', ['order']]);
    void outcome(call);
  });

  it('does not make a request unsent that an earlier connection carried [DL1, DL6]', async () => {
    const { client, clock, drop } = await refusing(2, Infinity);
    const call = client.request({ op: 'order' }, { retry: 'idempotent', timeout: 20_000 });
    await clock.advance(10);
    await drop();
    await clock.advance(5_000);
    expect(call.delivery).toBe('unknown');
    await clock.advance(20_000);
    expect(await outcome(call)).toMatchObject({ error: { code: 'REQUEST_TIMEOUT', delivery: 'unknown' } });
  });
});

it('an error before the open leaves no attempt without an end [C7]', async () => {
  const { client, clock, runtime } = virtualWorld();
  const { openSocket } = runtime;
  let left = 1;
  const open: typeof openSocket = (request, events) =>
    openSocket(request, {
      ...events,
      onOpen: () => {
        if (left-- > 0) events.onError({ cause: new Error('odd') });
        events.onOpen();
      },
    });
  Object.assign(runtime, { openSocket: open });
  client.connect().catch(() => {});
  await clock.advance(60_000);
  expect(client.state).toBe('ready');
});
