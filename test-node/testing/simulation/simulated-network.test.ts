import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Admission, type SimulatedConnection, SimulatedNetwork } from '../../../src/testing/index.browser.js';
import { describeAdapter } from '../../contract/contract-suite.js';
import { probe } from '../../support/probe.js';
import { connectedWorld } from '../../support/virtual-world.js';

/** The adapter suite's peer, on the simulated network: what holds for a real socket has to hold for a simulated one. */
const network = new SimulatedNetwork();
const URL_BASE = 'ws://peer';
const ends = new Map<string, Promise<object>>();

function ended(id: string | null, listen: (tell: (end: object) => void) => void): void {
  if (id !== null) ends.set(id, new Promise(listen));
}

function query(url: string): URLSearchParams {
  return new URL(url).searchParams;
}

network.admission = (attempt): Admission => {
  const { pathname, searchParams } = new URL(attempt.url);
  if (pathname !== '/hang' && pathname !== '/refuse') {
    const protocol = searchParams.get('protocol');
    return protocol === null ? 'accept' : { protocol };
  }
  ended(searchParams.get('id'), (tell) => {
    attempt.onGone = () => tell({});
  });
  return pathname === '/hang' ? 'hang' : { status: Number(searchParams.get('status') ?? 500) };
};

const behaviours: Record<string, (peer: SimulatedConnection, search: URLSearchParams) => void> = {
  '/echo': (peer) => {
    peer.onMessage = (data) => peer.send(data);
    peer.onPing = () => peer.send('pinged');
  },
  '/greet': (peer) => {
    peer.send('hello');
    peer.send(new Uint8Array([0, 255, 128]));
  },
  '/close': (peer, search) => peer.close(Number(search.get('code')), search.get('reason') ?? ''),
  '/leave': (peer) => peer.close(),
  '/drop': (peer) => peer.terminate(),
  '/stall': (peer) => peer.pause(),
  '/size': (peer, search) => peer.send('x'.repeat(Number(search.get('bytes')))),
  '/invalid-utf8': (peer) => peer.sendBroken(),
  '/flood': (peer, search) => {
    for (let n = 0; n < Number(search.get('count')); n++) peer.send(String(n));
  },
};

network.listen(URL_BASE, (peer) => {
  const search = query(peer.url);
  const id = search.get('id');
  const { pathname } = new URL(peer.url);
  if (pathname === '/gone') return void ends.get(id ?? '')?.then((end) => peer.sendJson(end));
  ended(id, (tell) => {
    peer.onClose = ({ code, reason }) => tell({ code, reason });
  });
  behaviours[pathname]?.(peer, search);
});

// The suite waits in real time, so virtual time is kept going while it runs.
let isRunning = true;
let running: Promise<void>;
beforeAll(() => {
  running = (async () => {
    while (isRunning) {
      await network.clock.advance(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
});
afterAll(async () => {
  isRunning = false;
  await running;
  expect(network.clock.pendingTimers).toBe(0);
});

const { openSocket } = network.runtime();

describeAdapter('simulated', openSocket, {
  url: () => URL_BASE,
  deadUrl: () => 'ws://nobody',
  offers: { control: true, limit: true },
  goingAway: 1001,
});

describe('SimulatedNetwork: control frames and flow', () => {
  const open = (path: string) => probe(openSocket, URL_BASE + path);

  it('sends pings, reports pongs, answers pings and reports them', async () => {
    const socket = open('/echo');
    await socket.opened;
    socket.socket.ping?.();
    await socket.event('pong');
    expect(await socket.message()).toBe('pinged');
    network.connections.at(-1)?.ping();
    await socket.event('ping');
    socket.socket.close(1000);
    await socket.closed;
  });

  it('pause() holds inbound frames back and resume() delivers them', async () => {
    const socket = open('/echo');
    await socket.opened;
    socket.socket.pause?.();
    socket.socket.send('held');
    const other = open('/echo');
    await other.opened;
    other.socket.send('through');
    await other.message();
    expect(socket.messages).toEqual([]);
    socket.socket.resume?.();
    expect(await socket.message()).toBe('held');
    for (const each of [socket, other]) each.socket.close(1000);
    await Promise.all([socket.closed, other.closed]);
  });

  it('terminate() ends a connection whose peer does not read, paused or not', async () => {
    const socket = open('/stall');
    await socket.opened;
    socket.socket.pause?.();
    socket.socket.close(1000);
    socket.socket.terminate?.();
    expect(await socket.closed).toMatchObject({ code: 1006, wasClean: false });
    expect(socket.events).toEqual(['open', 'close']);
  });

  it('delivers nothing after terminate()', async () => {
    const socket = probe(openSocket, `${URL_BASE}/flood?count=1000`);
    await socket.message(1);
    const count = socket.messages.length;
    socket.socket.terminate?.();
    await socket.closed;
    expect(socket.messages.length).toBe(count);
  });

  it('reports a reset as an error and then a close', async () => {
    const socket = open('/stall');
    await socket.opened;
    network.connections.at(-1)?.reset();
    expect(await socket.closed).toMatchObject({ code: 1006, wasClean: false });
    expect(socket.events).toEqual(['open', 'error', 'close']);
  });

  it('drops a connection 800 ms after close() when the peer is mute', async () => {
    const socket = open('/stall');
    await socket.opened;
    const closedAt = network.clock.now();
    socket.socket.close(1000);
    expect(await socket.closed).toMatchObject({ code: 1006, wasClean: false });
    expect(network.clock.now() - closedAt).toBeGreaterThanOrEqual(799);
  });
});

it('the simulated network survives resume() inside a message [PK9]', async () => {
  const { client, clock, server, subscribe } = await connectedWorld();
  const channel = await subscribe('t');
  const heard: unknown[] = [];
  channel.on('message', (data) => {
    heard.push(data);
    if (heard.length > 1) return;
    client.pause();
    client.resume();
  });
  server.publish('t', 1);
  server.publish('t', 2);
  await clock.advance(10);
  expect(heard).toEqual([1, 2]);
});
