import type { Channel } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { ScriptedHandler, scriptedWorld } from '../support/scripted-world.js';
import { connectedWorld } from '../support/virtual-world.js';

/** What a channel gets: each update with the cause of its gap, and each gap. */
function toldBy(channel: Channel): unknown[] {
  const told: unknown[] = [];
  channel.on('gap', ({ cause }) => told.push(`gap ${cause}`));
  channel.on('message', (data, { gap }) => told.push([data, gap?.cause]));
  return told;
}

describe('what is lost between the end of a topic and its new subscription', () => {
  it('is told where the first of two ends is answered late [S5, CH19]', async () => {
    const { clock, peer, say, ask } = await scriptedWorld();
    const first = ask('a');
    await clock.advance(5);
    await say(true, 0);
    void (await first.call).unsubscribe();
    await clock.advance(5);
    const second = ask('a');
    // Nothing is answered in time: the second subscription is ended, too, and asked for anew.
    await clock.advance(30_105);
    peer.sendJson({ topic: 'a', data: 1 });
    await say(true, 1);
    await say(true, 2);
    peer.sendJson({ topic: 'a', data: 3 });
    await say(true, 3);
    await say(true, 4);
    const told = toldBy(await second.call);
    await clock.advance(5);
    expect(told).toEqual([
      [1, undefined],
      [3, 'resync'],
    ]);
  });

  it('is told where the end is answered after the time of the confirmation was over [S5, HN22]', async () => {
    class Paced extends ScriptedHandler {
      override readonly limits = { subscriptionFrames: { count: 3, window: 60_000 } };
    }
    const { clock, peer, say, ask } = await scriptedWorld(new Paced());
    const { call } = ask('a');
    await clock.advance(5);
    await say(true, 0);
    const channel = await call;
    const told = toldBy(channel);
    channel.resync().catch(() => {});
    // The next end has to wait for the rate limit.
    await clock.advance(30_100);
    peer.sendJson({ topic: 'a', data: 1 });
    await say(true, 1);
    await say(true, 2);
    peer.sendJson({ topic: 'a', data: 3 });
    await clock.advance(5);
    expect(told).toEqual(['gap resync', [1, 'resync'], 'gap resync', [3, 'resync']]);
  });

  it('is told where the server gives the new subscription the name of the old one [S5, HN6, HN22]', async () => {
    class Naming extends ScriptedHandler {
      override readonly serverChoosesTopics = true;
    }
    const { ask, clock, notTaken, peer, say } = await scriptedWorld(new Naming());
    const { call } = ask('a');
    await clock.advance(5);
    await say({ accepted: ['a'], aliases: { a: 8 } }, 0);
    const told = toldBy(await call);
    const update = async (data: number) => {
      peer.sendJson({ topic: 8, data });
      await clock.advance(5);
    };
    await update(1);
    void (await call).resync();
    await clock.advance(5);
    // The server has read neither frame.
    await update(2);
    await say(true, 1);
    // It gives the name again, and sends an update before it says so.
    await update(4);
    await say({ accepted: ['a'], aliases: { a: 8 } }, 2);
    expect(told).toEqual([[1, undefined], 'gap resync', [4, 'resync']]);
    expect(notTaken).toEqual(['{"topic":8,"data":2}']);
  });

  it('is told where ends have no answer [S5, HN22]', async () => {
    const { client, clock, server } = await connectedWorld({ network: { latency: 10 } });
    const subscribing = client.subscribe('a');
    await clock.advance(30);
    const channel = await subscribing;
    const told = toldBy(channel);
    server.onSend = ({ op }, send) => op !== 'unsubscribe' && send();
    void channel.resync();
    await clock.advance(1);
    server.publish('a', 1);
    await clock.advance(40);
    server.publish('a', 3);
    await clock.advance(20);
    expect(told).toEqual(['gap resync', [1, 'resync'], 'gap resync', [3, 'resync']]);
  });
});
