import { type Channel, type Gap, GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { channelEvent, connectClient, framesOf, serve } from '../support/live.js';
import { connectedWorld, eventsOf } from '../support/virtual-world.js';

describe('resync by extractSequence', () => {
  class Numbered extends GenericJsonHandler {
    override extractSequence(message: Message) {
      const { data } = message.json as { data?: { seq: number; bad?: boolean } };
      return data && { current: data.seq, ...(data.bad && { resync: true }) };
    }
  }

  it('has a gap from the bad update to the confirmation [CH19, CH20, HN22]', async () => {
    const { clock, subscribe, publish } = await connectedWorld({ handler: new Numbered() });
    const channel = await subscribe('t');
    const gaps: Gap[] = [];
    channel.on('gap', (gap) => gaps.push(gap));
    channel.on('message', () => {});
    await publish('t', { seq: 1 });
    await publish('t', { seq: 2, bad: true });
    expect(gaps).toEqual([]);
    await clock.advance(100);
    expect(gaps).toMatchObject([{ cause: 'resync' }]);
    const [{ since, until }] = gaps as [Gap];
    // A round trip: the subscribe frame, and its confirmation.
    expect(until - since).toBe(2);
  });

  it('subscribes again even if buildUnsubscribe throws [HN30, S4]', async () => {
    class NoEnd extends Numbered {
      override buildUnsubscribe(): string {
        throw new Error('no');
      }
    }
    const { clock, sent, subscribe, publish } = await connectedWorld({ handler: new NoEnd() });
    const channel = await subscribe('t');
    const events = eventsOf(channel);
    channel.on('message', () => {});
    await publish('t', { seq: 1, bad: true });
    await clock.advance(100);
    expect(sent.filter(({ op }) => op === 'subscribe')).toHaveLength(2);
    expect(events).toEqual(['gap', 'resumed']);
  });
});

describe('signals of the server', () => {
  class SignalHandler extends GenericJsonHandler {
    override extractSignal(message: Parameters<GenericJsonHandler['extractSignal']>[0]) {
      return (message.json as { signal?: never } | undefined)?.signal;
    }
  }

  it('resync subscribes the topic again, with a gap [HN22, CH19, CH20, S5]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new SignalHandler() });
    const [a] = await client.subscribeMany(['a', 'b']);
    const events: string[] = [];
    a?.on('gap', ({ cause }) => events.push(cause));
    const resumed = channelEvent(a as Channel, 'resumed');
    server.broadcast({ signal: { type: 'resync', topics: ['a'] } });
    await resumed;
    expect(events).toEqual(['resync']);
    expect(framesOf(server).map(({ op, args }) => [op, args])).toEqual([
      ['subscribe', ['a', 'b']],
      ['unsubscribe', ['a']],
      ['subscribe', ['a']],
    ]);
    expect(server.subscriptions).toEqual(new Set(['a', 'b']));
  });

  it('revoked ends the channels with the message of the server if it is final [HN4, S6]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new SignalHandler() });
    const [a, b] = await client.subscribeMany(['a', 'b']);
    const failed = channelEvent(a as Channel, 'error');
    server.broadcast({
      signal: { type: 'revoked', topics: ['a'], retryable: false, error: { message: 'too many', code: 64_003 } },
    });
    expect((await failed)[0]).toMatchObject({ code: 'SUBSCRIPTION_FAILED', serverCode: 64_003, topic: 'a' });
    expect([a?.closed, b?.closed]).toEqual([true, false]);
    const resumed = channelEvent(b as Channel, 'resumed');
    server.broadcast({ signal: { type: 'revoked', topics: ['b'] } });
    await resumed;
    expect(b?.closed).toBe(false);
  });

  it('reconnect and shouldReconnect replace the connection with a closing handshake [HN20]', async () => {
    class LeavingHandler extends SignalHandler {
      override shouldReconnect(message: Parameters<GenericJsonHandler['shouldReconnect']>[0]): boolean {
        return message.field('event') === 'serverShutdown';
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new LeavingHandler() });
    const channel = await client.subscribe('a');
    const frames = [
      { event: 'serverShutdown' },
      { signal: { type: 'reconnect', reason: 'upgrade', makeBeforeBreak: true } },
    ];
    for (const [index, frame] of frames.entries()) {
      const resumed = channelEvent(channel, 'resumed');
      server.connections.at(-1)?.send(frame);
      await resumed;
      expect(await server.waitForClose(index + 1)).toMatchObject({ code: 1000 });
    }
    expect(client.epoch).toBe(3);
  });
});
