import { GenericJsonHandler, type Message, type Signal } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { connectedWorld, outcome, virtualWorld } from '../support/virtual-world.js';

class SignalHandler extends GenericJsonHandler {
  override extractSignal(message: Message) {
    return (message.json as { signal?: Signal } | undefined)?.signal;
  }
}

type World = ReturnType<typeof virtualWorld>;

/** The server says that it goes on with topic `a`. */
async function goesOn({ clock, peer, server }: World): Promise<void> {
  server.resume(peer, ['a']);
  peer.sendJson({ signal: { type: 'resumed', topics: ['a'] } });
  await clock.advance(10);
}

/** Topic `a` is suspected of making the server end connections, and waits for its turn on a connection that is ready. */
async function suspected() {
  const world = virtualWorld({ handler: new SignalHandler(), config: { reconnectMinUptime: 5_000 } });
  await world.connect();
  const channel = await world.subscribe('a');
  let ends = 0;
  world.server.onSend = ({ op }, send, connection) => {
    if (op === 'subscribe' && ends++ < 2) connection.close(1012, 'restart');
    else send();
  };
  await world.drop();
  await world.clock.until(new Promise<void>((done) => world.client.on('ready', (epoch) => epoch === 4 && done())));
  await world.clock.advance(10);
  return { world, channel };
}

/** Topic `a` was refused for now, and waits for the rate limit behind the other topics. */
async function refused() {
  class Paced extends SignalHandler {
    override readonly limits = { subscriptionFrames: { count: 1, window: 5_000 } };
  }
  const world = await connectedWorld({ handler: new Paced() });
  const channel = await world.subscribe('a');
  world.server.refused.set('a', 'not now');
  await world.drop();
  await world.clock.advance(13_000);
  world.client.subscribe('b').catch(() => {});
  await world.clock.advance(6_000);
  world.server.refused.clear();
  await world.drop();
  await world.clock.advance(1_500);
  return { world, channel };
}

describe.each([
  ['a suspect', suspected],
  ['a refused topic', refused],
])('%s that waits, when the server goes on with it', (_name, waiting) => {
  it('is ended when nobody wants it any more [S3, CH27, HN35]', async () => {
    const { world, channel } = await waiting();
    await goesOn(world);
    world.sent.length = 0;
    const ended = channel.unsubscribe();
    await world.clock.advance(60_000);
    expect(world.sent.map(({ op }) => op)).toEqual(['unsubscribe']);
    expect(world.server.subscriptions.has('a')).toBe(false);
    expect(await outcome(ended)).toBeUndefined();
  });

  it('is ended and asked for anew by a resync [CH28, HN35]', async () => {
    const { world, channel } = await waiting();
    await goesOn(world);
    world.sent.length = 0;
    const resyncing = channel.resync();
    await world.clock.advance(60_000);
    expect(world.sent.map(({ op }) => op)).toEqual(['unsubscribe', 'subscribe']);
    expect([await outcome(resyncing), channel.live]).toEqual([undefined, true]);
  });

  it('is asked for anew when the server revokes it after that [S4, CH27]', async () => {
    const { world, channel } = await waiting();
    await goesOn(world);
    world.sent.length = 0;
    world.server.revoke('a');
    world.peer.sendJson({ signal: { type: 'revoked', topics: ['a'] } });
    await world.clock.advance(600_000);
    expect(channel.live).toBe(true);
    expect(world.sent.map(({ op }) => op)).toEqual(['subscribe']);
  });
});

it('a suspect that the server goes on with, and revokes, leaves the event loop free [CH27]', async () => {
  const { world } = await suspected();
  await goesOn(world);
  world.peer.sendJson({ signal: { type: 'revoked', topics: ['a'] } });
  await world.clock.advance(600_000);
  let turns = 0;
  const own = globalThis.queueMicrotask;
  // Without a bound a chain of microtasks would never end.
  globalThis.queueMicrotask = (callback) => void (++turns < 1_000 && own(callback));
  try {
    await new Promise((resolve) => setTimeout(resolve, 0));
  } finally {
    globalThis.queueMicrotask = own;
  }
  expect(turns).toBeLessThan(10);
});
