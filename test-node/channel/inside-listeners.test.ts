import type { Gap } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { eventsOf, virtualWorld } from '../support/virtual-client.js';

describe('unsubscribe() inside a listener', () => {
  it('a channel that unsubscribes in its error listener closes once, as unsubscribed [S1, CH18]', async () => {
    const { subscribe, publish, advance } = await virtualWorld();
    const channel = await subscribe('t', { overflow: 'fail', capacity: 1 });
    const events = eventsOf(channel);
    const reasons: string[] = [];
    channel.on('close', ({ reason }) => reasons.push(reason));
    channel.on('error', () => void channel.unsubscribe());
    publish(1);
    publish(2);
    await advance(10);
    expect([events, reasons]).toEqual([['error', 'close'], ['unsubscribed']]);
  });

  it('a channel that unsubscribes while it gets held updates reports no overflow error [S1, CH18]', async () => {
    const { subscribe, publish, advance } = await virtualWorld();
    const channel = await subscribe('t', { overflow: 'fail', capacity: 1 });
    const events = eventsOf(channel);
    publish(1);
    channel.on('message', () => void channel.unsubscribe());
    publish(2);
    await advance(10);
    expect(events).toEqual(['close']);
  });

  it('a channel that is unsubscribed in a gap listener emits only close [S1]', async () => {
    const { network, subscribe, advance } = await virtualWorld();
    const [own, first, second] = [await subscribe('t'), await subscribe('v'), await subscribe('v')];
    own.on('gap', () => void own.unsubscribe());
    first.on('gap', () => void second.unsubscribe());
    const events = [own, first, second].map(eventsOf);
    network.last.drop();
    await advance(2_000);
    expect(events).toEqual([['close'], ['gap', 'resumed'], ['close']]);
  });
});

describe('a channel without a reader', () => {
  it('counts updates that were conflated for a removed listener as dropped [S7, CH16]', async () => {
    const { client, subscribe, publish, advance } = await virtualWorld();
    const channel = await subscribe('t', { overflow: 'latest' });
    const listener = () => {};
    channel.on('message', listener);
    publish(1);
    channel.off('message', listener);
    await advance(50);
    expect([channel.dropped, channel.buffered, client.stats().dropped]).toEqual([1, 0, 1]);
  });

  it('passes the gap of a dropped update to the next update [S7, CH19]', async () => {
    const { network, subscribe, publish, advance } = await virtualWorld();
    const channel = await subscribe('t');
    channel.once('message', () => {});
    publish(1);
    network.last.drop();
    await advance(2_000);
    publish(2);
    const gaps: (Gap | undefined)[] = [];
    channel.on('message', (_, { gap }) => gaps.push(gap));
    publish(3);
    publish(4);
    expect(gaps).toEqual([expect.objectContaining({ cause: 'disconnect', epoch: 2 }), undefined]);
    expect(channel.dropped).toBe(1);
  });

  it('keeps nothing for removed listeners while a loop reads [CH15, CH18]', async () => {
    const { subscribe, publish, advance } = await virtualWorld();
    const channel = await subscribe('t', { overflow: 'fail', capacity: 4 });
    for (const n of [1, 2, 3]) publish(n);
    channel.once('message', () => {});
    const loop = channel[Symbol.asyncIterator]();
    for (let n = 4; n <= 20; n++) {
      const next = loop.next();
      await advance(1);
      publish(n);
      expect(await next).toEqual({ done: false, value: n });
    }
    expect([channel.closed, channel.buffered, channel.dropped]).toEqual([false, 0, 2]);
  });
});
