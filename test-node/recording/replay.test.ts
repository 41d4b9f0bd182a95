import { type Gap, GenericJsonHandler, type Update, type WebSocketClient } from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { expect, it } from 'vitest';
import { clientEvent, serve } from '../support/live.js';
import { recorded, replayed } from './recordings.js';

/** A small program: two topics and a request. What it saw, in order. */
async function program(client: WebSocketClient): Promise<string[]> {
  const seen: string[] = [];
  await client.connect();
  const channels = await client.subscribeMany(['trades.BTC', 'trades.ETH']);
  for (const channel of channels) {
    channel.on('message', (data: unknown, update: Update<unknown>) => {
      seen.push(`${channel.topic} ${JSON.stringify(data)} of ${update.epoch}${update.gap ? ' after a gap' : ''}`);
    });
    channel.on('gap', ({ cause, epoch }: Gap) => seen.push(`${channel.topic} gap ${cause} ${epoch}`));
    channel.on('resumed', (epoch: number) => seen.push(`${channel.topic} resumed ${epoch}`));
  }
  seen.push(`order ${JSON.stringify(await client.request({ op: 'order', quantity: 1 }))}`);
  return seen;
}

/** A recording of the program on a real server that drops the connection, and what the program saw. */
async function original() {
  const server = await serve();
  const world = recorded(server.url, { handler: new GenericJsonHandler() });
  const seen = await program(world.client);
  server.publish('trades.BTC', 1);
  server.publish('trades.ETH', 2);
  const back = clientEvent(world.client, 'reconnected');
  await world.client.request({ op: 'barrier' });
  server.dropAll();
  await back;
  await server.waitFor('both topics', () => server.subscriptions.size === 2);
  server.publish('trades.BTC', 3);
  server.publish('trades.ETH', 4);
  await world.client.request({ op: 'barrier' });
  world.recorder.stop();
  await world.client.close();
  return { source: world.lines.join('\n'), seen };
}

it('a replay gives the same updates, answers and gaps, in the same order, at any speed [RP7]', async () => {
  const { source, seen } = await original();
  expect(seen).toContain('trades.BTC 3 of 2 after a gap');
  for (const speed of [1, 10, Infinity]) {
    const clock = new VirtualClock();
    const { client, player } = replayed(source, { clock, speed, patience: 20 });
    const again = program(client);
    await clock.until(player.finished);
    expect(await again, `speed ${speed}`).toEqual(seen);
  }
  const { client, player } = replayed(source, { patience: 20 });
  const again = program(client);
  await player.finished;
  expect(await again, 'with the clock of the platform').toEqual(seen);
});

it('the same replay gives the same events at the same times of a virtual clock [RP7]', async () => {
  const { source } = await original();
  const runs: string[][] = [];
  for (let run = 0; run < 2; run++) {
    const clock = new VirtualClock();
    const { client, player } = replayed(source, { clock, speed: 1, patience: 20 });
    const entries: string[] = [];
    client.on('stateChange', (state) => entries.push(`${clock.now()} ${state}`));
    const seen = program(client);
    await clock.until(player.finished);
    runs.push([...entries, ...(await seen)]);
  }
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0]?.length).toBeGreaterThan(8);
});
