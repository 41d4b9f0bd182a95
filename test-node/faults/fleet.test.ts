import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { expect, it } from 'vitest';
import { FakeNetwork, seeded, VirtualTime } from '../support/virtual-time.js';

const CLIENTS = 10_000;
/** Of the host's time, which a busy one may take. */
const PATIENCE = 60_000;

/** The attempts of a fleet with default settings that loses its server for so long: at which millisecond each came. */
async function outage(
  duration: number,
): Promise<{ attempts: number[]; ready: number; clients: WebSocketClient[]; clock: VirtualTime }> {
  const clock = new VirtualTime();
  const network = new FakeNetwork(clock);
  const handler = new GenericJsonHandler();
  const clients = Array.from(
    { length: CLIENTS },
    (_, n) => new WebSocketClient({ url: 'ws://venue' }, handler, network.runtime(seeded(n))),
  );
  for (const client of clients) void client.connect();
  await clock.advance(10_000);
  const attempts: number[] = [];
  const lostAt = clock.now();
  let isDown = duration > 0;
  network.onDial = (socket) => {
    network.later(() => {
      if (isDown) return socket.refuse();
      attempts.push(clock.now() - lostAt);
      socket.accept();
    });
  };
  for (const socket of network.open) socket.drop();
  await clock.advance(duration);
  isDown = false;
  const back = () => clients.every((client) => client.isConnected());
  for (let seconds = 0; seconds < 60 && !back(); seconds++) await clock.advance(1_000);
  return { attempts, ready: clients.filter((client) => client.isConnected()).length, clients, clock };
}

function fullestShare(attempts: readonly number[]): number {
  const sorted = [...attempts].sort((a, b) => a - b);
  let fullest = 0;
  for (let first = 0, last = 0; last < sorted.length; last++) {
    while ((sorted[last] as number) - (sorted[first] as number) >= 100) first++;
    fullest = Math.max(fullest, last - first + 1);
  }
  return fullest / CLIENTS;
}

async function end(clients: readonly WebSocketClient[], clock: VirtualTime): Promise<void> {
  const closing = Promise.all(clients.map((client) => client.close({ deadline: 0 })));
  await clock.advance(1_000);
  await closing;
  expect(clock.pending).toBe(0);
}

it(
  'F8: after a blip no 100 ms hold the attempts of more than 25 % of 10,000 clients [F8, C4]',
  async () => {
    const { attempts, ready, clients, clock } = await outage(0);
    expect(ready).toBe(CLIENTS);
    expect(attempts).toHaveLength(CLIENTS);
    expect(fullestShare(attempts)).toBeLessThanOrEqual(0.25);
    await end(clients, clock);
  },
  PATIENCE,
);

it(
  'F8: after an outage of 5 s no 100 ms hold more than 5 %, and none has given up [F8, C4, L1]',
  async () => {
    const { attempts, ready, clients, clock } = await outage(5_000);
    expect(ready).toBe(CLIENTS);
    expect(attempts).toHaveLength(CLIENTS);
    expect(fullestShare(attempts)).toBeLessThanOrEqual(0.05);
    await end(clients, clock);
  },
  PATIENCE,
);
