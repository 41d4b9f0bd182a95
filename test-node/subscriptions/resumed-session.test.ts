import { GenericJsonHandler, type Message, type Signal } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { LoginHandler } from '../support/login-handler.js';
import { ScriptedHandler, scriptedWorld } from '../support/scripted-world.js';
import { connectedWorld, outcome } from '../support/virtual-world.js';

const signalIn = (message: Message) => (message.json as { signal?: Signal } | undefined)?.signal;

class SignalHandler extends GenericJsonHandler {
  override extractSignal(message: Message) {
    return signalIn(message);
  }
}

/** The session goes on with the answer to the login, before the first frame leaves. */
async function resumedAtLogin(topic: string) {
  class Handler extends LoginHandler {
    override extractSignal(message: Message) {
      return signalIn(message);
    }
  }
  const world = await connectedWorld({ handler: new Handler(), server: { key: 'secret' } });
  world.server.onSend = (frame, send, connection) => {
    if (frame.op !== 'auth') return send();
    connection.sendJson({ ...frame, signal: { type: 'resumed', topics: [topic] } });
    world.server.resume(connection, [topic]);
  };
  return world;
}

describe('a session that goes on', () => {
  it('takes back no gap of an outage before the last one [S5, HN35]', async () => {
    const world = await connectedWorld({ handler: new SignalHandler() });
    const { clock, server, client } = world;
    const channel = await world.subscribe('a');
    const told: unknown[] = [];
    channel.on('message', (data, { gap }) => told.push([data, gap?.cause]));
    await world.publish('a', 1);
    server.drop();
    await clock.until(new Promise((done) => client.once('reconnecting', done)));
    server.publish('a', 'nobody gets this');
    // The second connection brings no confirmation, and its session goes on with the third.
    server.onSend = ({ op }, send) => op !== 'subscribe' && send();
    await clock.until(new Promise((done) => client.once('ready', done)));
    await clock.advance(3);
    server.drop();
    server.onSend = (_frame, send) => send();
    server.onConnection = (connection) => {
      server.resume(connection, ['a']);
      connection.sendJson({ signal: { type: 'resumed', topics: ['a'] } });
    };
    await clock.advance(5_000);
    await world.publish('a', 3);
    expect(told).toEqual([
      [1, undefined],
      [3, 'disconnect'],
    ]);
  });

  it('takes back no gap of an end that this connection has seen [S5, HN35]', async () => {
    class Scripted extends ScriptedHandler {
      override extractSignal(message: Message) {
        return signalIn(message);
      }
    }
    const world = await scriptedWorld(new Scripted());
    const { ask, clock, client, say, server } = world;
    const { call } = ask('a');
    await clock.advance(5);
    await say(true, 0);
    const gaps: string[] = [];
    (await call).on('gap', ({ cause }) => gaps.push(cause));
    await world.drop();
    await clock.until(new Promise<void>((done) => client.once('ready', () => done())));
    // Not confirmed in time: the topic is ended and asked for anew, and the server has read the end.
    await clock.advance(30_100);
    await say(true, 1);
    server.connections.at(-1)?.sendJson({ signal: { type: 'resumed', topics: ['a'] } });
    await clock.advance(5);
    await say(true, 2);
    expect(gaps).toEqual(['disconnect']);
  });

  it('leaves the gap of a resync whose frames were on their way [S5, CH28, HN35]', async () => {
    const world = await connectedWorld({ handler: new SignalHandler(), network: { latency: 10 } });
    const { clock, server, client } = world;
    const subscribing = client.subscribe('a');
    await clock.advance(30);
    const channel = await subscribing;
    const told: [unknown, string | undefined][] = [];
    channel.on('message', (data, { gap }) => told.push([data, gap?.cause]));
    server.onSend = ({ op }, send) => {
      if (op === 'unsubscribe') return void server.publish('a', 'missed');
      if (op !== 'subscribe') send();
    };
    channel.resync().catch(() => {});
    await clock.advance(1);
    server.publish('a', 1);
    await clock.advance(15);
    server.drop();
    server.onSend = (_frame, send) => send();
    await clock.until(new Promise<void>((done) => client.once('connected', done)));
    server.resume(world.peer, ['a']);
    world.peer.sendJson({ signal: { type: 'resumed', topics: ['a'] } });
    await clock.advance(2_000);
    server.publish('a', 3);
    await clock.advance(20);
    expect(told.at(-1)?.[0]).toBe(3);
    expect(told.at(-1)?.[1]).toBeDefined();
  });

  it('does not do what resync() promised meanwhile: the topic is ended and asked for anew [CH28, HN35]', async () => {
    const world = await resumedAtLogin('a');
    const channel = await world.subscribe('a');
    const gaps: string[] = [];
    channel.on('gap', ({ cause }) => gaps.push(cause));
    await world.drop();
    const resyncing = channel.resync();
    world.sent.length = 0;
    await world.clock.advance(5_000);
    expect(world.sent.map(({ op }) => op)).toEqual(['auth', 'unsubscribe', 'subscribe']);
    expect([await outcome(resyncing), gaps, channel.live]).toEqual([undefined, ['resync'], true]);
  });

  it.each([
    ['a', ['a']],
    ['two topics', ['a', 'b']],
  ])('is ended where the server refuses the frame that asks for %s anew [S3, HN35]', async (_name, topics) => {
    class Scripted extends ScriptedHandler {
      override extractSignal(message: Message) {
        return signalIn(message);
      }
    }
    const world = await scriptedWorld(new Scripted());
    const { ask, clock, client, say, sent, server } = world;
    const calls = topics.map((topic) => ask(topic).call);
    await clock.advance(5);
    await say(true, 0);
    const channels = await Promise.all(calls);
    await world.drop();
    await clock.until(new Promise<void>((done) => client.once('ready', () => done())));
    await clock.advance(3);
    server.connections.at(-1)?.sendJson({ signal: { type: 'resumed', topics } });
    await clock.advance(3);
    sent.length = 0;
    for (const channel of channels.slice(1)) void channel.unsubscribe();
    await say(false, 0, { error: 'already subscribed' });
    await clock.advance(10);
    const ended = sent.filter(({ op }) => op === 'unsubscribe').flatMap(({ args = [] }) => args);
    expect(ended.sort()).toEqual(topics);
    expect(sent.filter(({ op }) => op === 'subscribe')).toMatchObject([{ args: ['a'] }]);
    expect(sent.at(-1)?.op).toBe('subscribe');
  });

  it('does not pass for a subscription with other params [S3, HN35]', async () => {
    const world = await resumedAtLogin('book');
    const channel = await world.subscribe('book', { params: { depth: 1 } });
    await world.drop();
    void channel.unsubscribe();
    const again = world.client.subscribe('book');
    world.sent.length = 0;
    await world.clock.advance(5_000);
    await again;
    expect(world.sent.map(({ op }) => op)).toEqual(['auth', 'unsubscribe', 'subscribe']);
  });
});

describe('a resync between the first update and the confirmation', () => {
  class Numbered extends SignalHandler {
    override extractSequence(message: Message) {
      const { n } = message.json as { n?: { seq: number; isBad?: boolean } };
      return n && { current: n.seq, ...(n.isBad && { resync: true }) };
    }
  }

  it.each(['extractSequence', 'signal', 'resync()'])(
    'asked for by %s follows the confirmation [CH28, HN22, S5]',
    async (how) => {
      const world = await connectedWorld({ handler: new Numbered() });
      const { clock, server, sent } = world;
      const channel = await world.subscribe('a');
      const told: unknown[] = [];
      channel.on('message', (data, { gap }) => told.push([data, gap?.cause]));
      let confirm = () => {};
      server.onSend = ({ op }, send) => {
        if (op === 'subscribe') confirm = send;
        else send();
      };
      await world.drop();
      await clock.advance(2_000);
      sent.length = 0;
      world.peer.sendJson({ topic: 'a', data: 1, n: { seq: 1 } });
      await clock.advance(2);
      if (how === 'signal') world.peer.sendJson({ signal: { type: 'resync', topics: ['a'] } });
      const resyncing = how === 'resync()' ? channel.resync() : Promise.resolve();
      world.peer.sendJson({ topic: 'a', data: 3, n: { seq: 3, isBad: how === 'extractSequence' } });
      await clock.advance(2);
      server.onSend = (_frame, send) => send();
      confirm();
      await clock.advance(5_000);
      expect(await outcome(resyncing)).toBeUndefined();
      world.peer.sendJson({ topic: 'a', data: 4, n: { seq: 4 } });
      await clock.advance(5);
      expect(sent.map(({ op }) => op)).toEqual(['unsubscribe', 'subscribe']);
      expect(told).toEqual([
        [1, 'disconnect'],
        [3, 'resync'],
        [4, 'resync'],
      ]);
    },
  );
});
