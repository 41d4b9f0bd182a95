import type { Gap } from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { directSockets } from '../support/direct-socket.js';
import { connectClient } from '../support/live.js';
import { connectedWorld, eventsOf, URL } from '../support/virtual-world.js';

describe('unsubscribe() inside a listener', () => {
  it('a channel that unsubscribes in its error listener closes once, as unsubscribed [S1, CH18]', async () => {
    const { subscribe, publish, clock } = await connectedWorld();
    const channel = await subscribe('t', { overflow: 'fail', capacity: 1 });
    const events = eventsOf(channel);
    const reasons: string[] = [];
    channel.on('close', ({ reason }) => reasons.push(reason));
    channel.on('error', () => void channel.unsubscribe());
    await publish('t', 1);
    await publish('t', 2);
    await clock.advance(10);
    expect([events, reasons]).toEqual([['error', 'close'], ['unsubscribed']]);
  });

  it('a channel that unsubscribes while it gets held updates reports no overflow error [S1, CH18]', async () => {
    const { openSocket, say } = directSockets((text, answer) => answer({ ...JSON.parse(text), success: true }));
    const clock = new VirtualClock();
    const client = await connectClient({ url: URL }, { runtime: { openSocket, clock } });
    const channel = await client.subscribe('t', { overflow: 'fail', capacity: 1 });
    const events = eventsOf(channel);
    say({ topic: 't', data: 1 });
    channel.on('message', () => void channel.unsubscribe());
    say({ topic: 't', data: 2 });
    await clock.advance(10);
    expect(events).toEqual(['close']);
  });

  it('a channel that is unsubscribed in a gap listener emits only close [S1]', async () => {
    const { drop, subscribe, clock } = await connectedWorld();
    const [own, first, second] = [await subscribe('t'), await subscribe('v'), await subscribe('v')];
    own.on('gap', () => void own.unsubscribe());
    first.on('gap', () => void second.unsubscribe());
    const events = [own, first, second].map(eventsOf);
    await drop();
    await clock.advance(2_000);
    expect(events).toEqual([['close'], ['gap', 'resumed'], ['close']]);
  });
});

describe('a channel without a reader', () => {
  it('counts updates that were conflated for a removed listener as dropped [S7, CH16]', async () => {
    const { client, clock, subscribe, publish } = await connectedWorld();
    const channel = await subscribe('t', { overflow: 'latest' });
    const listener = () => {};
    channel.on('message', listener);
    await publish('t', 1);
    channel.off('message', listener);
    await clock.advance(50);
    expect([channel.dropped, channel.buffered, client.stats().dropped]).toEqual([1, 0, 1]);
  });

  it('passes the gap of a dropped update to the next update [S7, CH19]', async () => {
    const { drop, subscribe, publish, clock } = await connectedWorld();
    const channel = await subscribe('t');
    channel.once('message', () => {});
    await publish('t', 1);
    await drop();
    await clock.advance(2_000);
    await publish('t', 2);
    const gaps: (Gap | undefined)[] = [];
    channel.on('message', (_, { gap }) => gaps.push(gap));
    await publish('t', 3);
    await publish('t', 4);
    expect(gaps).toEqual([expect.objectContaining({ cause: 'disconnect', epoch: 2 }), undefined]);
    expect(channel.dropped).toBe(1);
  });

  it('keeps nothing for removed listeners while a loop reads [CH15, CH18]', async () => {
    const { subscribe, publish, clock } = await connectedWorld();
    const channel = await subscribe('t', { overflow: 'fail', capacity: 4 });
    for (const n of [1, 2, 3]) await publish('t', n);
    channel.once('message', () => {});
    const loop = channel[Symbol.asyncIterator]();
    for (let n = 4; n <= 20; n++) {
      const next = loop.next();
      await clock.advance(1);
      await publish('t', n);
      expect(await next).toEqual({ done: false, value: n });
    }
    expect([channel.closed, channel.buffered, channel.dropped]).toEqual([false, 0, 2]);
  });
});
