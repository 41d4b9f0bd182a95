import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../support/live.js';
import { asking, ScriptedHandler } from '../support/scripted-world.js';
import { connectedWorld, outcome } from '../support/virtual-world.js';

const confirmed = (topic: string) => expect.objectContaining({ topic, live: true });

describe('the answer to a frame of several topics', () => {
  it('yes confirms none that was given up meanwhile [HN4, S2]', async () => {
    const { asked, errors, results, say } = await asking('a', 'b');
    asked[0]?.controller.abort();
    await say(true, 0);
    expect([(await results())[1], errors]).toEqual([confirmed('b'), []]);
  });

  it('no asks anew for the halves, without what was given up meanwhile [CH11, S2]', async () => {
    const { asked, errors, say, subscribeFrames } = await asking('a', 'b', 'c', 'd');
    asked[1]?.controller.abort();
    await say(false, 0);
    expect([subscribeFrames(), errors]).toEqual([['a b c d', 'a c', 'd'], []]);
  });

  it('is taken, whatever it says, and not passed on [HN3]', async () => {
    const { notTaken, say } = await asking('a', 'b');
    await say(undefined, 0);
    await say({ pending: ['a'] }, 0);
    await say({ accepted: ['a', 'b'] }, 0);
    expect(notTaken).toEqual([]);
  });

  it('without an id is passed on where it says nothing of a topic [HN3]', async () => {
    const { notTaken, results, say } = await asking('a');
    await say(undefined);
    await say({ accepted: ['x'] });
    expect(notTaken).toHaveLength(2);
    await say({ pending: ['a'] });
    await say(true);
    expect(notTaken).toHaveLength(2);
    expect(await results()).toEqual([confirmed('a')]);
  });

  it('gives names only to topics of the frame that wait for it [HN6]', async () => {
    const { asked, clock, errors, notTaken, peer, results, say } = await asking('a', 'b');
    asked[1]?.controller.abort();
    await say({ accepted: ['a'], aliases: { a: 7, b: 8, x: 9 } }, 0);
    expect([(await results())[0], errors]).toEqual([confirmed('a'), []]);
    const updates: unknown[] = [];
    (await asked[0]?.call)?.on('message', (data) => updates.push(data));
    for (const topic of [7, 8, 9]) peer.sendJson({ topic, data: topic });
    await clock.advance(5);
    expect([updates, notTaken.length]).toEqual([[7], 2]);
  });

  it('that cannot be read is taken; without an id it rejects nobody where several frames wait [CH31]', async () => {
    const { client, clock, errors, notTaken, results, say } = await asking('a');
    const other = client.subscribe('b', { timeout: 60_000 });
    await clock.advance(5);
    await say(undefined, undefined, { isBroken: true });
    expect([await results(), await outcome(other), errors.length]).toEqual([['open'], 'open', 1]);
    await say(undefined, 0, { isBroken: true });
    expect([await results(), notTaken.length]).toEqual([
      [{ error: expect.objectContaining({ code: 'PROTOCOL_ERROR' }) }],
      0,
    ]);
  });
});

describe('the outcome `again`', () => {
  it('for some topics of a frame asks anew for them alone [HN4]', async () => {
    const { results, say, subscribeFrames } = await asking('a', 'b', 'c');
    await say({ accepted: ['a'], again: ['b', 'c', 'x', 'a'] }, 0);
    expect(subscribeFrames()).toEqual(['a b c', 'b c']);
    await say(true, 1);
    expect(await results()).toEqual([confirmed('a'), confirmed('b'), confirmed('c')]);
  });

  it('for all topics of a frame searches in halves, and refuses the last one for now [HN4, CH11, CH25]', async () => {
    const { clock, results, say, subscribeFrames } = await asking('a', 'b');
    await say({ again: ['a', 'b'] }, 0);
    expect(subscribeFrames()).toEqual(['a b', 'a', 'b']);
    await say({ again: ['a'] }, 1);
    await say(true, 2);
    expect(await results()).toEqual(['open', confirmed('b')]);
    await clock.advance(1_000);
    expect(subscribeFrames()).toEqual(['a b', 'a', 'b', 'a']);
    await say(true, 3);
    expect(await results()).toEqual([confirmed('a'), confirmed('b')]);
  });

  it('leaves out what was given up meanwhile [HN4, S2]', async () => {
    const { asked, errors, say, subscribeFrames } = await asking('a', 'b', 'c');
    asked[1]?.controller.abort();
    await say({ accepted: ['a'], again: ['b', 'c'] }, 0);
    expect([subscribeFrames(), errors]).toEqual([['a b c', 'c'], []]);
  });
});

describe('an answer to an unsubscribe frame', () => {
  it('is not passed on [HN3]', async () => {
    const { asked, clock, frames, notTaken, say } = await asking('a');
    await say(true, 0);
    void (await asked[0]?.call)?.unsubscribe();
    await clock.advance(5);
    expect(frames()[1]?.op).toBe('unsubscribe');
    await say(true, 1);
    expect(notTaken).toEqual([]);
  });
});

describe('a topic of which the server has not told the name yet', () => {
  it('is ended as soon as it is named, if it was given up meanwhile [HN3, S2]', async () => {
    class NamingHandler extends ScriptedHandler {
      override readonly serverChoosesTopics = true;
    }
    const world = await connectedWorld({ handler: new NamingHandler() });
    world.server.onSend = () => {};
    const controller = new AbortController();
    const subscribing = outcomeOf(world.client.subscribe('a', { signal: controller.signal }));
    await world.clock.advance(5);
    controller.abort();
    await world.clock.advance(5);
    expect([await subscribing, world.sent.map(({ op }) => op)]).toEqual([{ error: expect.anything() }, ['subscribe']]);
    world.peer.sendJson({ req_id: world.sent[0]?.req_id, outcome: { accepted: ['a'], aliases: { a: 7 } } });
    await world.clock.advance(5);
    expect(world.sent.map(({ op }) => op)).toEqual(['subscribe', 'unsubscribe']);
  });
});
