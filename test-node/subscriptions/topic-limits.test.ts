import type { Channel } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { Limited, recorded, topics } from '../support/limited-client.js';
import { outcomeOf } from '../support/live.js';
import { connectVirtual } from '../support/virtual-client.js';

describe('limits on topics', () => {
  it('topicsPerFrame applies to resubscriptions and unsubscribe frames too [HN24, S3]', async () => {
    const { network, frames } = recorded();
    const client = await connectVirtual(network, { handler: new Limited({ topicsPerFrame: 4 }) });
    const subscribing = client.subscribeMany(topics(10));
    await network.clock.advance(10);
    const channels = await subscribing;
    network.last.drop();
    await network.clock.advance(1_000);
    for (const channel of channels) void channel.unsubscribe();
    await network.clock.advance(10);
    expect(frames.map(({ op, args }) => [op, args?.length])).toEqual([
      ...['subscribe', 'subscribe', 'unsubscribe'].flatMap((op) => [
        [op, 4],
        [op, 4],
        [op, 2],
      ]),
    ]);
  });

  it('bytesPerFrame is exact to the byte, and a topic that is too long fails alone [HN24]', async () => {
    const { network, frames } = recorded();
    const frame = JSON.stringify({ op: 'subscribe', req_id: 'x'.repeat(21), args: ['t0', 't1'] });
    for (const [bytes, expected] of [
      [frame.length, [['t0', 't1']]],
      [frame.length - 1, [['t0'], ['t1']]],
    ] as const) {
      frames.length = 0;
      const client = await connectVirtual(network, { handler: new Limited({ bytesPerFrame: bytes }) });
      const subscribing = client.subscribeMany(topics(2));
      await network.clock.advance(10);
      await subscribing;
      expect(frames.map(({ args }) => args)).toEqual(expected);
      const long = outcomeOf(client.subscribe('x'.repeat(100)));
      const fits = client.subscribe('t2');
      await network.clock.advance(10);
      expect(await long).toMatchObject({
        error: { code: 'SUBSCRIPTION_FAILED', cause: { code: 'MESSAGE_TOO_LARGE' } },
      });
      await fits;
    }
  });

  it('topicsPerConnection counts topics, not channels, and applies after a drop [HN25, S4]', async () => {
    const { network, frames } = recorded();
    const client = await connectVirtual(network, { handler: new Limited({ topicsPerConnection: 3 }) });
    const subscribing = Promise.all(['a', 'b', 'c', 'a', 'b'].map((topic) => client.subscribe(topic)));
    await network.clock.advance(10);
    const [first, , , again] = (await subscribing) as [Channel, Channel, Channel, Channel];
    expect(await outcomeOf(client.subscribe('d'))).toMatchObject({
      error: { code: 'CAPACITY_EXCEEDED', limit: 'limits.topicsPerConnection', capacity: 3 },
    });
    await first.unsubscribe();
    expect(await outcomeOf(client.subscribe('d'))).toHaveProperty('error');
    network.last.drop();
    expect(await outcomeOf(client.subscribe('d'))).toHaveProperty('error');
    await network.clock.advance(1_000);
    expect(frames.at(-1)?.args).toEqual(['a', 'b', 'c']);
    void again.unsubscribe();
    const fourth = client.subscribe('d');
    await network.clock.advance(10);
    expect((await fourth).topic).toBe('d');
  });
});

describe('limits.topicsPerConnection', () => {
  it('ends unwanted topics before it subscribes new ones [HN25]', async () => {
    const { network, frames } = recorded();
    const client = await connectVirtual(network, { handler: new Limited({ topicsPerConnection: 2 }) });
    const first = client.subscribe('x');
    await network.clock.advance(10);
    const x = await first;
    const before = client.subscribe('a');
    void x.unsubscribe();
    const after = client.subscribe('y');
    await network.clock.advance(10);
    await Promise.all([before, after]);
    expect(frames.map(({ op, args }) => [op, args])).toEqual([
      ['subscribe', ['x']],
      ['unsubscribe', ['x']],
      ['subscribe', ['a', 'y']],
    ]);
  });
});
