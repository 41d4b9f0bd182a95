import type { Channel } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { LimitedHandler, topics } from '../support/limited-handler.js';
import { outcomeOf } from '../support/live.js';
import { connectedWorld } from '../support/virtual-world.js';

describe('limits on topics', () => {
  it('topicsPerFrame applies to resubscriptions and unsubscribe frames too [HN24, S3]', async () => {
    const { client, clock, drop, sent } = await connectedWorld({ handler: new LimitedHandler({ topicsPerFrame: 4 }) });
    const subscribing = client.subscribeMany(topics(10));
    await clock.advance(10);
    const channels = await subscribing;
    await drop();
    await clock.advance(1_000);
    for (const channel of channels) void channel.unsubscribe();
    await clock.advance(10);
    expect(sent.map(({ op, args }) => [op, args?.length])).toEqual([
      ...['subscribe', 'subscribe', 'unsubscribe'].flatMap((op) => [
        [op, 4],
        [op, 4],
        [op, 2],
      ]),
    ]);
  });

  it('bytesPerFrame is exact to the byte, and a topic that is too long fails alone [HN24]', async () => {
    const frame = JSON.stringify({ op: 'subscribe', req_id: 'x'.repeat(12), args: ['t0', 't1'] });
    for (const [bytes, expected] of [
      [frame.length, [['t0', 't1']]],
      [frame.length - 1, [['t0'], ['t1']]],
    ] as const) {
      const { client, clock, sent } = await connectedWorld({ handler: new LimitedHandler({ bytesPerFrame: bytes }) });
      const subscribing = client.subscribeMany(topics(2));
      await clock.advance(10);
      await subscribing;
      expect(sent.map(({ args }) => args)).toEqual(expected);
      const long = outcomeOf(client.subscribe('x'.repeat(100)));
      const fits = client.subscribe('t2');
      await clock.advance(10);
      expect(await long).toMatchObject({
        error: { code: 'SUBSCRIPTION_FAILED', cause: { code: 'MESSAGE_TOO_LARGE' } },
      });
      await fits;
    }
  });

  it('topicsPerConnection counts topics, not channels, and applies after a drop [HN25, S4]', async () => {
    const { client, clock, drop, sent } = await connectedWorld({
      handler: new LimitedHandler({ topicsPerConnection: 3 }),
    });
    const subscribing = Promise.all(['a', 'b', 'c', 'a', 'b'].map((topic) => client.subscribe(topic)));
    await clock.advance(10);
    const [first, , , again] = (await subscribing) as [Channel, Channel, Channel, Channel];
    expect(await outcomeOf(client.subscribe('d'))).toMatchObject({
      error: { code: 'CAPACITY_EXCEEDED', limit: 'limits.topicsPerConnection', capacity: 3 },
    });
    await first.unsubscribe();
    expect(await outcomeOf(client.subscribe('d'))).toHaveProperty('error');
    await drop();
    expect(await outcomeOf(client.subscribe('d'))).toHaveProperty('error');
    await clock.advance(1_000);
    expect(sent.at(-1)?.args).toEqual(['a', 'b', 'c']);
    void again.unsubscribe();
    const fourth = client.subscribe('d');
    await clock.advance(10);
    expect((await fourth).topic).toBe('d');
  });
});

describe('limits.topicsPerConnection', () => {
  it('ends unwanted topics before it subscribes new ones [HN25]', async () => {
    const { client, clock, sent } = await connectedWorld({ handler: new LimitedHandler({ topicsPerConnection: 2 }) });
    const first = client.subscribe('x');
    await clock.advance(10);
    const x = await first;
    const before = client.subscribe('a');
    void x.unsubscribe();
    const after = client.subscribe('y');
    await clock.advance(10);
    await Promise.all([before, after]);
    expect(sent.map(({ op, args }) => [op, args])).toEqual([
      ['subscribe', ['x']],
      ['unsubscribe', ['x']],
      ['subscribe', ['a', 'y']],
    ]);
  });
});
