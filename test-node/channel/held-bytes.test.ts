import fc from 'fast-check';
import type { Channel, SubscribeOptions } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/channel/held-bytes.js';
import { LazyUpdate } from '../../src/channel/update.js';
import { UpdateBuffer } from '../../src/channel/update-buffer.js';
import { Message } from '../../src/protocol/message.js';
import { outcomeOf } from '../support/live.js';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

/** An update has this many bytes, and a little more. */
const SIZE = 1_000;

async function world(maxBufferedBytes: number) {
  const { client, clock, server } = await connectedWorld({ config: { maxBufferedBytes } });
  const warnings: string[] = [];
  client.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`));
  let sent = 0;
  return {
    client,
    warnings,
    subscribe: async (topic: string, options?: SubscribeOptions): Promise<Channel> => {
      const channel = client.subscribe(topic, options);
      await clock.advance(10);
      return channel;
    },
    /** Each has a number, counted over all topics. */
    publish: async (topic: string, count: number, size = SIZE) => {
      for (let n = 0; n < count; n++) server.publish(topic, `${sent++}:${'x'.repeat(size)}`);
      await clock.advance(10);
    },
  };
}

/** The numbers of what the channel holds, and whether the first one carries the gap of an overflow. */
async function read(channel: Channel): Promise<(string | undefined)[]> {
  const loop = channel.updates()[Symbol.asyncIterator]();
  const found: (string | undefined)[] = [];
  for (let left = channel.buffered; left > 0; left--) {
    const { data, gap } = (await loop.next()).value as { data: string; gap?: { cause: string } };
    found.push(data.split(':')[0], ...(gap ? [gap.cause] : []));
  }
  await loop.return?.();
  return found;
}

describe('maxBufferedBytes', () => {
  it('makes a channel that nobody reads drop its oldest updates, with a gap and one warning [CH36]', async () => {
    const { client, publish, subscribe, warnings } = await world(5_500);
    const channel = await subscribe('book');
    await publish('book', 20);
    expect([channel.buffered, channel.dropped, client.stats().dropped]).toEqual([5, 15, 15]);
    expect(await read(channel)).toEqual(['15', 'overflow', '16', '17', '18', '19']);
    expect(warnings).toEqual([expect.stringMatching(/^channel-made-room: .*maxBufferedBytes \(5500\).*'book'/)]);
  });

  it.each<SubscribeOptions>([{ overflow: 'latest' }, { overflow: 'latest', key: () => 'one' }, { capacity: 1 }])(
    'counts what a full channel holds, not what went through it: %o [CH36]',
    async (options) => {
      const { publish, subscribe, warnings } = await world(5_500);
      const full = await subscribe('quote', options);
      const book = await subscribe('book');
      await publish('quote', 50);
      await publish('book', 4);
      await publish('quote', 50);
      expect([full.buffered, book.buffered, book.dropped]).toEqual([1, 4, 0]);
      expect(warnings).toEqual([]);
    },
  );

  it('warns again after the channel was empty [CH36]', async () => {
    const { publish, subscribe, warnings } = await world(5_500);
    const loop = (await subscribe('book')).updates()[Symbol.asyncIterator]();
    await publish('book', 20);
    for (let n = 0; n < 5; n++) await loop.next();
    await publish('book', 20);
    expect(warnings).toHaveLength(2);
  });

  it('takes nothing from a channel below an equal share [CH36]', async () => {
    const { publish, subscribe } = await world(10_500);
    const [modest, greedy] = [await subscribe('modest'), await subscribe('greedy')];
    await publish('modest', 3);
    await publish('greedy', 30);
    await publish('modest', 1);
    expect([modest.dropped, modest.buffered, greedy.buffered]).toEqual([0, 4, 6]);
  });

  it('counts a frame once, however many channels hold it [CH36]', async () => {
    const { publish, subscribe } = await world(5_500);
    const channels = [await subscribe('book'), await subscribe('book'), await subscribe('book')];
    await publish('book', 5);
    expect(channels.map(({ buffered, dropped }) => [buffered, dropped])).toEqual([
      [5, 0],
      [5, 0],
      [5, 0],
    ]);
    await publish('book', 2);
    expect(channels.map(({ buffered, dropped }) => [buffered, dropped])).toEqual([
      [5, 2],
      [5, 2],
      [5, 2],
    ]);
  });

  it('lets drop-newest drop the newest, fail end its channel, and latest keep the newest per key [CH36]', async () => {
    const { publish, subscribe } = await world(5_500);
    const latest = await subscribe('latest', { overflow: 'latest', key: ({ data }) => String(data).slice(0, 2) });
    await publish('latest', 3);
    const newest = await subscribe('newest', { overflow: 'drop-newest' });
    await publish('newest', 4);
    expect(await read(newest)).toEqual(['3', '4']);
    const fail = await subscribe('fail', { overflow: 'fail' });
    const errors: unknown[] = [];
    fail.on('error', (error) => errors.push(error));
    await publish('fail', 4);
    expect(errors).toMatchObject([{ code: 'CAPACITY_EXCEEDED', capacity: 5_500 }]);
    expect([fail.closed, fail.buffered, fail.dropped]).toEqual([true, 0, 3]);
    expect(await read(latest)).toEqual(['0', '1', '2']);
  });

  it('lets the small lose nothing where latest holds the most [CH36]', async () => {
    const { publish, subscribe } = await world(10_500);
    const latest = await subscribe('latest', {
      overflow: 'latest',
      key: ({ data }) => String(data).split(':')[0] ?? '',
    });
    const small = await subscribe('small');
    await publish('latest', 9);
    await publish('small', 3);
    expect([latest.buffered, small.buffered, small.dropped]).toEqual([9, 3, 0]);
    await publish('small', 20);
    expect(small.buffered).toBe(5);
  });

  it('takes nothing where latest holds all there is [CH36]', async () => {
    const { client, publish, subscribe, warnings } = await world(1_500);
    const errors: Error[] = [];
    client.on('error', (error) => errors.push(error));
    let keys = 0;
    const latest = await subscribe('quote', { overflow: 'latest', key: () => String(keys++) });
    await publish('quote', 4);
    expect([latest.buffered, latest.dropped, errors, warnings]).toEqual([4, 0, [], []]);
  });

  it('tells a lasting hole of drop-newest with the first update after it [CH36, CH33]', async () => {
    const { publish, subscribe } = await world(2_500);
    const channel = await subscribe('t', { overflow: 'drop-newest' });
    const loop = channel.updates()[Symbol.asyncIterator]();
    await publish('t', 6);
    for (let n = 0; n < 2; n++) expect((await loop.next()).value).not.toHaveProperty('gap');
    await publish('t', 1);
    expect((await loop.next()).value).toMatchObject({ gap: { cause: 'overflow' } });
  });

  it('does not count what a closed channel or a finished loop has left [CH36]', async () => {
    const { publish, subscribe } = await world(5_500);
    const [left, finished] = [await subscribe('left'), await subscribe('finished')];
    await publish('left', 2);
    const loop = finished.updates()[Symbol.asyncIterator]();
    await publish('finished', 2);
    await left.unsubscribe();
    await loop.return?.();
    const channel = await subscribe('t');
    await publish('t', 5);
    expect([channel.buffered, channel.dropped]).toEqual([5, 0]);
  });

  it('bounds the bytes of waiting calls: one more is refused, unsent [CH36, ER5]', async () => {
    const { client, clock, connect } = virtualWorld({ config: { maxBufferedBytes: 5_000 } });
    const pad = 'x'.repeat(2_000);
    const first = client.request({ op: 'order', pad });
    const second = client.send(pad);
    expect(await outcomeOf(client.request({ op: 'order', pad }))).toMatchObject({
      error: { code: 'CAPACITY_EXCEEDED', delivery: 'unsent' },
    });
    await connect();
    await Promise.all([first, second]);
    const third = client.request({ op: 'order', pad });
    await clock.advance(10);
    expect(await third).toMatchObject({ op: 'order' });
  });

  it('always takes from the buffer that holds the most, until the bound holds [CH36]', () => {
    const step = fc.tuple(fc.nat(4), fc.integer({ min: 0, max: 400 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const limit = 1_000;
        const heldBytes = new HeldBytes(limit);
        const makeRoom = (buffer: UpdateBuffer) => {
          expect(buffer.bytes).toBe(Math.max(...buffers.map(({ bytes }) => bytes)));
          buffer.dropOne();
        };
        const owner = { heldBytes, makeRoom };
        const buffers = Array.from({ length: 5 }, () => new UpdateBuffer(1_000, 'drop-oldest', undefined, owner));
        for (const [index, size] of steps) {
          const buffer = buffers[index] as UpdateBuffer;
          if (size === 0) buffer.shift();
          else buffer.push(new LazyUpdate(new Message('x'.repeat(size)), 1, 1, { extractData: () => 0 }));
          heldBytes.makeRoom();
          expect(heldBytes.total).toBe(buffers.reduce((sum, { bytes }) => sum + bytes, 0));
          expect(heldBytes.total).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it('takes nothing from a buffer that holds exactly its share, and something from one that holds more [CH36]', () => {
    for (const [size, dropped] of [
      [1_000, 0],
      [1_001, 1],
    ] as const) {
      const heldBytes = new HeldBytes(2_000);
      let made = 0;
      const makeRoom = (buffer: UpdateBuffer) => {
        made++;
        buffer.dropOne();
      };
      const owner = { heldBytes, makeRoom };
      const update = (bytes: number) => new LazyUpdate(new Message('x'.repeat(bytes)), 1, 1, { extractData: () => 0 });
      const fixed = new UpdateBuffer(1, 'latest', () => 'key', owner);
      const listed = new UpdateBuffer(10, 'drop-oldest', undefined, owner);
      fixed.push(update(1_500));
      expect(heldBytes.isOver).toBe(false);
      listed.push(update(size));
      expect(heldBytes.isOver).toBe(true);
      heldBytes.makeRoom();
      expect([made, listed.size]).toEqual([dropped, 1 - dropped]);
    }
  });

  it('is not exceeded by what just fits [CH36]', () => {
    const heldBytes = new HeldBytes(10);
    heldBytes.hold(new Message('x'.repeat(10)));
    expect(heldBytes.isOver).toBe(false);
    heldBytes.hold(new Message('x'));
    expect(heldBytes.isOver).toBe(true);
  });
});
