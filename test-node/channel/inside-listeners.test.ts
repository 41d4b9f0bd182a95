import { type Gap, GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { eventsOf, virtualWorld } from '../support/virtual-client.js';

describe('a listener that ends its channel', () => {
  it('in `error`: the channel is closed once, by what it did itself [S1, CH18]', async () => {
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

  it('while it is handed what was held before an overflow: no error follows the close [S1, CH18]', async () => {
    const { subscribe, publish, advance } = await virtualWorld();
    const channel = await subscribe('t', { overflow: 'fail', capacity: 1 });
    const events = eventsOf(channel);
    publish(1);
    channel.on('message', () => void channel.unsubscribe());
    publish(2);
    await advance(10);
    expect(events).toEqual(['close']);
  });

  it('in `gap`, or that of another one: neither is told of anything afterwards [S1]', async () => {
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

describe('a listener that pauses', () => {
  it('and resumes at once lets the others hear every update in order [S5, R7, CL23]', async () => {
    const { client, subscribe, publish } = await virtualWorld();
    const [first, second] = [await subscribe('t'), await subscribe('t')];
    const heard: string[] = [];
    first.on('message', (data) => {
      heard.push(`first ${data}`);
      if (data !== 1) return;
      client.pause();
      publish(2);
      publish(3);
      client.resume();
    });
    second.on('message', (data) => heard.push(`second ${data}`));
    client.pause();
    publish(1);
    client.resume();
    expect(heard).toEqual(['first 1', 'second 1', 'first 2', 'second 2', 'first 3', 'second 3']);
  });
});

describe('a channel that nobody reads', () => {
  it('any more: what was conflated for its listener counts as dropped [S7, CH16]', async () => {
    const { client, subscribe, publish, advance } = await virtualWorld();
    const channel = await subscribe('t', { overflow: 'latest' });
    const listener = () => {};
    channel.on('message', listener);
    publish(1);
    channel.off('message', listener);
    await advance(50);
    expect([channel.dropped, channel.buffered, client.stats().dropped]).toEqual([1, 0, 1]);
  });

  it('leaves the gap of an update that was dropped to the next one [S7, CH19]', async () => {
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

  it('but for a loop keeps nothing for listeners that are gone [CH15, CH18]', async () => {
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

describe('a topic that is resynchronised', () => {
  class Numbered extends GenericJsonHandler {
    override extractSequence(message: Message) {
      const { data } = message.json as { data?: { seq: number; bad?: boolean } };
      return data && { current: data.seq, ...(data.bad && { resync: true }) };
    }
  }

  it('has a gap from the update that told of it to the confirmation [CH19, CH20, HN22]', async () => {
    const { network, subscribe, publish, advance } = await virtualWorld(new Numbered());
    const channel = await subscribe('t');
    network.latency = 30;
    const gaps: Gap[] = [];
    channel.on('gap', (gap) => gaps.push(gap));
    channel.on('message', () => {});
    publish({ seq: 1 });
    publish({ seq: 2, bad: true });
    expect(gaps).toEqual([]);
    await advance(100);
    expect(gaps).toMatchObject([{ cause: 'resync' }]);
    const [{ since, until }] = gaps as [Gap];
    expect(until - since).toBeGreaterThanOrEqual(30);
  });

  it('is asked for anew even where the handler cannot end it [HN30, S4]', async () => {
    class NoEnd extends Numbered {
      override buildUnsubscribe(): string {
        throw new Error('no');
      }
    }
    const { network, client, subscribe, publish, advance } = await virtualWorld(new NoEnd());
    client.on('error', () => {});
    const channel = await subscribe('t');
    const events = eventsOf(channel);
    channel.on('message', () => {});
    publish({ seq: 1, bad: true });
    await advance(100);
    expect(network.last.sent.filter((frame) => String(frame).includes('"subscribe"'))).toHaveLength(2);
    expect(events).toEqual(['gap', 'resumed']);
  });
});

describe('a socket that answers inside send()', () => {
  it('answers requests and confirms subscriptions [RT2, DL1]', async () => {
    const { network, client, advance } = await virtualWorld();
    network.onFrame = (socket, text) => {
      const { op, req_id } = JSON.parse(text);
      socket.say({ op, req_id, success: true, data: 7 });
    };
    const subscribing = client.subscribe('t');
    const asking = client.request({ op: 'ask' });
    await advance(1);
    expect((await subscribing).topic).toBe('t');
    expect(await asking).toBe(7);
  });
});
