import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../support/live.js';
import { connectedWorld } from '../support/virtual-world.js';

describe('a subscribe() on a host that was late or asleep', () => {
  it('is confirmed by an answer that waits in the socket when its late timer fires [DL18, CH23]', async () => {
    const { client, clock } = await connectedWorld({ network: { latency: 5 } });
    const subscribing = outcomeOf(client.subscribe('trades', { timeout: 500 }));
    await clock.advance(7);
    await clock.jump(2_000);
    await clock.advance(5);
    expect(await subscribing).toMatchObject({ value: { topic: 'trades', live: true } });
  });

  it('is not asked for after its maxWait has passed in a sleep [DL17, CH24]', async () => {
    const { client, clock, network, sent, server } = await connectedWorld();
    network.admission = 'refuse';
    server.drop();
    await clock.advance(10);
    const subscribing = outcomeOf(client.subscribe('trades', { maxWait: 60_000 }));
    clock.stepWall(8 * 3_600_000);
    network.admission = 'accept';
    client.reconnect();
    await clock.advance(40_000);
    expect(client.state).toBe('ready');
    expect(await subscribing).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', delivery: 'unsent' } });
    expect(sent.filter(({ op }) => op === 'subscribe')).toEqual([]);
  });

  it('has a gap that never ends before it began, whatever the wall clock does [CH20]', async () => {
    const { client, clock, server, subscribe } = await connectedWorld();
    const channel = await subscribe('trades');
    const gaps: { since: number; until: number }[] = [];
    channel.on('gap', (gap) => gaps.push(gap));
    server.publish('trades', 1);
    await clock.advance(5);
    server.drop();
    await clock.advance(1);
    clock.stepWall(-3_600_000);
    await clock.advance(10_000);
    const resyncing = client.resync('trades');
    clock.stepWall(-3_600_000);
    await clock.advance(100);
    await resyncing;
    expect(gaps).toHaveLength(2);
    for (const { since, until } of gaps) expect(since).toBeLessThanOrEqual(until);
  });

  it('tells how many frames came meanwhile that the handler did not know [CH10]', async () => {
    const { client, clock, peer, server } = await connectedWorld();
    server.mute = true;
    const subscribing = outcomeOf(client.subscribe('trades', { timeout: 400 }));
    for (let n = 0; n < 2; n++) peer.send('{"hello":1}');
    await clock.advance(500);
    expect(await subscribing).toMatchObject({
      error: { message: expect.stringMatching(/within 400 ms\. Frames .* did not know: 2\.$/) },
    });
    expect(client.stats().unknown).toBe(2);
  });
});
