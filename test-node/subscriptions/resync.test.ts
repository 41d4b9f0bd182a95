import { type Channel, GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { connectedWorld, outcome, virtualWorld } from '../support/virtual-world.js';

type World = ReturnType<typeof virtualWorld>;

async function subscribe(world: World, topic = 'book'): Promise<Channel> {
  const subscribing = world.client.subscribe(topic);
  await world.clock.advance(10);
  return await subscribing;
}

function subscribeFrames(world: World): number {
  return world.peer.received.filter((data) => String(data).includes('"subscribe"')).length;
}

describe('resync()', () => {
  it('asks the server anew, with a gap on each channel before the first new update [CH28, CH20]', async () => {
    const world = virtualWorld();
    await world.connect();
    const told: string[] = [];
    for (const name of ['one', 'two']) {
      const channel = await subscribe(world);
      channel.on('gap', ({ cause }) => told.push(`${name} ${cause}`));
      channel.on('message', (data, { gap }) => told.push(`${name} ${data} ${gap?.cause}`));
    }
    const resyncing = world.client.resync('book');
    await world.clock.advance(10);
    expect(await outcome(resyncing)).toBeUndefined();
    world.server.publish('book', 'snapshot');
    await world.clock.advance(10);
    expect(told).toEqual(['one resync', 'two resync', 'one snapshot resync', 'two snapshot resync']);
    expect(subscribeFrames(world)).toBe(2);
  });

  it('happens at once, then after 1 000 doubling to 30 000, and calls meanwhile share the next one [CH29]', async () => {
    const world = virtualWorld({ config: { pingInterval: 0 } });
    await world.connect();
    const channel = await subscribe(world);
    void channel.resync();
    await world.clock.advance(10);
    const next = [channel.resync(), channel.resync(), world.client.resync('book')];
    await world.clock.advance(980);
    expect(subscribeFrames(world)).toBe(2);
    await world.clock.advance(20);
    expect(await Promise.all(next.map(outcome))).toEqual([undefined, undefined, undefined]);
    expect(subscribeFrames(world)).toBe(3);
    void channel.resync();
    await world.clock.advance(1_900);
    expect(subscribeFrames(world)).toBe(3);
    await world.clock.advance(100);
    expect(subscribeFrames(world)).toBe(4);
    await world.clock.advance(60_000);
    void channel.resync();
    await world.clock.advance(10);
    expect(subscribeFrames(world)).toBe(5);
  });

  it('has its first delay again after 60 000 without a resync [CH29]', async () => {
    const world = virtualWorld({ config: { pingInterval: 0 } });
    await world.connect();
    const channel = await subscribe(world);
    for (const wait of [10, 1_000, 2_000]) {
      void channel.resync();
      await world.clock.advance(wait);
    }
    expect(subscribeFrames(world)).toBe(4);
    await world.clock.advance(59_990);
    // The last one was 60 000 ago to the millisecond.
    void channel.resync();
    await world.clock.advance(10);
    expect(subscribeFrames(world)).toBe(5);
    void channel.resync();
    await world.clock.advance(1_000);
    expect(subscribeFrames(world)).toBe(6);
  });

  it('while offline is done by the resubscription, also before its delay is over [CH28, CH29]', async () => {
    const world = virtualWorld();
    await world.connect();
    const channel = await subscribe(world);
    void channel.resync();
    await world.clock.advance(5);
    await world.drop();
    const resyncing = channel.resync();
    await world.clock.advance(800);
    expect(await outcome(resyncing)).toBeUndefined();
    await world.clock.advance(10_000);
    expect(subscribeFrames(world)).toBe(1);
  });

  it('that a handler asks for and that has to wait leaves no hole untold meanwhile [S5, CH29, HN27]', async () => {
    class Numbered extends GenericJsonHandler {
      override extractSequence(message: Message) {
        const { n } = message.json as { n?: { seq: number; isBad?: boolean } };
        return n && { current: n.seq, ...(n.isBad && { resync: true }) };
      }
    }
    const { clock, server, subscribe } = await connectedWorld({ handler: new Numbered() });
    const channel = await subscribe('a');
    const told: unknown[] = [];
    channel.on('message', (data, { gap }) => told.push([data, gap?.cause]));
    const update = async (seq: number, isBad = false) => {
      server.connections.at(-1)?.sendJson({ topic: 'a', data: seq, n: { seq, isBad } });
      await clock.advance(10);
    };
    await update(1);
    await update(3, true);
    await update(4);
    await update(6, true);
    await update(7);
    await clock.advance(5_000);
    await update(8);
    expect(told).toEqual([
      [1, undefined],
      [3, undefined],
      [4, 'resync'],
      [6, 'sequence'],
      [7, undefined],
      [8, 'resync'],
    ]);
  });

  it('makes no storm when a handler asks for it with each update [CH29]', async () => {
    class NeverRight extends GenericJsonHandler {
      override extractSequence() {
        return { current: 1, resync: true };
      }
    }
    const world = virtualWorld({ handler: new NeverRight() });
    await world.connect();
    await subscribe(world);
    for (let count = 0; count < 120; count++) {
      world.server.publish('book', count);
      await world.clock.advance(500);
    }
    expect(subscribeFrames(world)).toBeLessThan(9);
  });

  it('is done by the resubscription while offline, and rejects for a topic without a channel [CH28]', async () => {
    const world = virtualWorld();
    await world.connect();
    const channel = await subscribe(world);
    world.server.drop();
    await world.clock.advance(1);
    const resyncing = channel.resync();
    expect(await outcome(resyncing)).toBe('open');
    await world.clock.advance(5_000);
    expect(await outcome(resyncing)).toBeUndefined();
    expect(subscribeFrames(world)).toBe(1);
    void channel.unsubscribe();
    const refused = { error: expect.objectContaining({ code: 'SUBSCRIPTION_FAILED', delivery: 'unsent' }) };
    expect(await outcome(channel.resync())).toEqual(refused);
    expect(await outcome(world.client.resync('none'))).toEqual(refused);
  });

  it('rejects when the topic ends before it happened [CH28]', async () => {
    const world = virtualWorld();
    await world.connect();
    const channel = await subscribe(world);
    void channel.resync();
    await world.clock.advance(10);
    const next = channel.resync();
    await channel.unsubscribe();
    expect(await outcome(next)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
    const other = await subscribe(world, 'other');
    void other.resync();
    const last = other.resync();
    await world.close();
    expect(await outcome(last)).toMatchObject({ error: { code: 'CONNECTION_CLOSED' } });
  });
});

describe('a channel that joins a running subscription', () => {
  it('is told so by its first update, and the others are not [CH30]', async () => {
    const world = virtualWorld();
    await world.connect();
    const seen: unknown[] = [];
    const listen = (name: string, channel: Channel) =>
      channel.on('message', (data, { joined }) => seen.push(`${name} ${data} ${joined}`));
    listen('first', await subscribe(world));
    world.server.publish('book', 1);
    await world.clock.advance(10);
    listen('second', await subscribe(world));
    world.server.publish('book', 2);
    world.server.publish('book', 3);
    await world.clock.advance(10);
    expect(seen).toEqual([
      'first 1 undefined',
      'first 2 undefined',
      'second 2 true',
      'first 3 undefined',
      'second 3 undefined',
    ]);
    // After a reconnect it sees the beginning, as all do.
    listen('third', await subscribe(world));
    world.server.drop();
    await world.clock.advance(5_000);
    world.server.publish('book', 4);
    await world.clock.advance(10);
    expect(seen.at(-1)).toBe('third 4 undefined');
  });
});
