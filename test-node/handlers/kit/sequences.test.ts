import { type Channel, GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { connectionSequence, countedSequence, linkedSequence } from 'hpx-transport-ws/handlers';
import { describe, expect, it } from 'vitest';
import { barrier, channelEvent, connectClient, serve, topicsOf } from '../../support/live.js';

describe('sequences of a topic', () => {
  it('linkedSequence joins the number of an update with the number before it [HK8]', () => {
    expect(linkedSequence(15, 12)).toEqual({ current: 15, previous: 12 });
    expect(linkedSequence('9007199254740993', '9007199254740992')).toEqual({
      current: '9007199254740993',
      previous: '9007199254740992',
    });
    expect(linkedSequence(15, undefined)).toEqual({ current: 15 });
    expect(linkedSequence(15, -1, { snapshot: true })).toEqual({ current: 15, snapshot: true });
  });

  it('countedSequence expects the number before, exact in every form [HK8]', () => {
    expect(countedSequence(8)).toEqual({ current: 8, previous: 7 });
    expect(countedSequence(120, { first: 118 })).toEqual({ current: 120, previous: 117 });
    expect(countedSequence('9007199254740994')).toEqual({ current: '9007199254740994', previous: '9007199254740993' });
    expect(countedSequence(5n)).toEqual({ current: 5n, previous: 4n });
    expect(countedSequence(8, { snapshot: true })).toEqual({ current: 8, snapshot: true });
  });

  it.each([undefined, null, true, '', Number.NaN, {}])('there is no sequence without a number: %j [HK8]', (none) => {
    expect(linkedSequence(none, 1)).toBeUndefined();
    expect(countedSequence(none)).toBeUndefined();
  });

  it.each([1.5, 'abc', '1e3', 2 ** 53])('countedSequence takes integers only, not %j [HK8]', (value) => {
    expect(countedSequence(value)).toBeUndefined();
  });

  it('a skipped number is a gap, and a snapshot is none [HK8]', async () => {
    class CountedHandler extends GenericJsonHandler {
      override extractSequence(message: Message) {
        return countedSequence(message.path('data.u'), { snapshot: message.path('data.snap') === true });
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new CountedHandler() });
    const channel = await client.subscribe('book');
    const events: unknown[] = [];
    channel.on('message', (_data, { sequence, gap }) => events.push([sequence, gap?.cause]));
    for (const data of [{ u: 1 }, { u: 2 }, { u: 4 }, { u: 9, snap: true }, { u: 10 }]) server.publish('book', data);
    await barrier(client);
    expect(events).toEqual([
      [1, undefined],
      [2, undefined],
      [4, 'sequence'],
      [9, undefined],
      [10, undefined],
    ]);
  });
});

describe('the sequence of a connection', () => {
  const all = { type: 'resync' };

  it('a hole concerns all topics that are subscribed [HK9]', () => {
    const sequence = connectionSequence();
    expect([7, 8, undefined, 'x', 9].map((number) => sequence.follow(number))).toEqual(Array(5).fill(undefined));
    expect(sequence.follow(11)).toEqual(all);
    expect(sequence.follow(12)).toBeUndefined();
    expect(sequence.follow(12)).toEqual(all);
  });

  it('begins anew with each connection, and keeps every digit [HK9]', () => {
    const sequence = connectionSequence();
    sequence.follow('9007199254740992');
    expect(sequence.follow('9007199254740993')).toBeUndefined();
    expect(sequence.follow('9007199254740995')).toEqual(all);
    sequence.connected();
    expect(sequence.follow(0)).toBeUndefined();
    expect(sequence.follow(1)).toBeUndefined();
    expect(sequence.follow(3)).toEqual(all);
  });

  it('subscribes every topic anew after a hole, and sees none in a new connection [HK9]', async () => {
    class CountedHandler extends GenericJsonHandler {
      readonly #sequence = connectionSequence();

      override onConnect() {
        this.#sequence.connected();
        return super.onConnect();
      }
      override extractSignal(message: Message) {
        return this.#sequence.follow(message.field('sequence_num'));
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new CountedHandler() });
    const channels = await client.subscribeMany(['a', 'b']);
    const causes: string[] = [];
    for (const channel of channels) channel.on('gap', ({ cause }) => causes.push(cause));
    const resumed = () => Promise.all(channels.map((channel: Channel) => channelEvent(channel, 'resumed')));

    const first = resumed();
    for (const sequence_num of [0, 1, 3]) server.broadcast({ sequence_num });
    await first;
    expect(causes).toEqual(['resync', 'resync']);

    const second = resumed();
    server.dropAll();
    await second;
    for (const sequence_num of [0, 1]) server.broadcast({ sequence_num });
    await barrier(client);
    expect(causes.slice(2)).toEqual(['disconnect', 'disconnect']);
    expect(topicsOf(server).flat().sort()).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
  });
});
