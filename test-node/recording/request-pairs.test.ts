import type { PlayerOptions } from 'hpx-transport-ws/recording';
import { describe, expect, it } from 'vitest';
import { CONNECTING, LOST, recording, replayed, text } from './recordings.js';

type Frame = object | string;

/** What the player says and the client gets if the recording has these frames and the client sends those. */
async function play(recorded: readonly Frame[], sent: readonly Frame[], answers: readonly Frame[], idField?: string) {
  const source = recording(
    [0, 1, 'connecting', CONNECTING],
    [1, 1, 'open'],
    ...recorded.map((frame) => [2, 1, 'out', text(frame)] as const),
    ...answers.map((frame) => [3, 1, 'in', text(frame)] as const),
  );
  const options: PlayerOptions = { patience: 0, ...(idField === undefined ? {} : { idField }) };
  const { client, player } = replayed(source, { ...options, config: { commandChannelCapacity: 2_000 } });
  const got: string[] = [];
  client.on('message', (message) => got.push(message.text));
  client.on('connected', () => {
    for (const frame of sent) void client.send(text(frame).text);
  });
  await client.connect();
  return { unsent: (await player.finished).unsent, got };
}

describe('a frame of the client and a recorded frame', () => {
  it.each<[string, Frame, Frame]>([
    ['their text is the same, also without JSON', 'subscribe:trades', 'subscribe:trades'],
    ['they differ in the id alone', { op: 'a', req_id: 1 }, { op: 'a', req_id: 'x' }],
    ['they differ in the order of members', { op: 'a', n: { b: 1, c: 2 } }, { n: { c: 2, b: 1 }, op: 'a' }],
    ['the recorded one is masked', { op: 'a', apiKey: '***' }, { op: 'a', apiKey: { id: 7 } }],
  ])('are a pair if %s [RP9]', async (_, recorded, sent) => {
    expect(await play([recorded], [sent], [])).toMatchObject({ unsent: 0 });
  });

  it.each<[string, Frame, Frame]>([
    ['they are other texts without JSON', 'subscribe:trades', 'subscribe:books'],
    ['another member differs', { op: 'order', price: 1, req_id: 1 }, { op: 'order', price: 2, req_id: 2 }],
    ['an id further in differs', { op: 'a', args: { id: 1 } }, { op: 'a', args: { id: 2 } }],
    ['an id in a list of a request differs', { op: 'a', args: [{ id: 1 }] }, { op: 'a', args: [{ id: 2 }] }],
    ['an id is an object', { op: 'a', id: { n: 1 } }, { op: 'a', id: { n: 2 } }],
    ['an id is an object in one of them', { op: 'a', id: 1 }, { op: 'a', id: { n: 2 } }],
    ['one of them has a further member', { op: 'a' }, { op: 'a', size: 1 }],
    ['their members have other names', { op: 'a', size: 1 }, { op: 'a', price: 1 }],
    ['one of them is a list', { op: 'a', args: { 0: 1 } }, { op: 'a', args: [1] }],
    ['one of them has null in the place of an object', { op: 'a', args: {} }, { op: 'a', args: null }],
    ['one of them has an object in the place of null', { op: 'a', args: null }, { op: 'a', args: {} }],
    ['one of them has a text in the place of a list', { op: 'a', args: [] }, { op: 'a', args: '' }],
    ['one of them has a list in the place of a text', { op: 'a', args: '' }, { op: 'a', args: [] }],
  ])('are no pair if %s [RP9]', async (_, recorded, sent) => {
    expect(await play([recorded], [sent], [])).toMatchObject({ unsent: 1 });
  });

  it('with another name of the id may differ in that member alone [RP9]', async () => {
    const recorded = { op: 'a', nr: 1, id: 'x' };
    expect(await play([recorded], [{ op: 'a', nr: 2, id: 'x' }], [], 'nr')).toMatchObject({ unsent: 0 });
    expect(await play([recorded], [{ op: 'a', nr: 2, id: 'y' }], [], 'nr')).toMatchObject({ unsent: 1 });
  });

  it('are no pair if the client sent it before it reconnected [RP9]', async () => {
    const order = { op: 'order', req_id: 'recorded' };
    const source = recording(
      [0, 1, 'connecting', CONNECTING],
      [1, 1, 'open'],
      [2, 1, 'close', LOST],
      [3, 2, 'connecting', CONNECTING],
      [4, 2, 'open'],
      [5, 2, 'out', text(order)],
    );
    const { client, player } = replayed(source, { patience: 0 });
    client.once('connected', () => void client.send(text({ op: 'order', req_id: 'mine' }).text));
    await client.connect();
    expect(await player.finished).toMatchObject({ unsent: 1 });
  });
});

describe('a recorded frame for the client', () => {
  const RECORDED = { op: 'a', req_id: 'old' };
  const SENT = { op: 'a', req_id: 'new' };

  it.each([
    [
      'behind other values',
      '{"data":[{"a":[]}],"more":{},"req_id":"old"}',
      '{"data":[{"a":[]}],"more":{},"req_id":"new"}',
    ],
    [
      'behind brackets in a text',
      String.raw`{"note":"] \" } [","req_id":"old"}`,
      String.raw`{"note":"] \" } [","req_id":"new"}`,
    ],
    ['with space around it', '{ "req_id" : "old" }', '{ "req_id" : "new" }'],
    ['in a list of answers', ' [{"data":[1],"req_id":"old"}]', ' [{"data":[1],"req_id":"new"}]'],
  ])('has the id of the client %s [RP9]', async (_, recorded, expected) => {
    expect(await play([RECORDED], [SENT], [recorded])).toEqual({ unsent: 0, got: [expected] });
  });

  it.each([
    ['further in', '{"data":{"req_id":"old"}}'],
    ['in a list', '{"data":[{"req_id":"old"}]}'],
    ['further in, in a list of answers', '[{"data":{"req_id":"old"}}]'],
    ['under another name', '{"id":"old"}'],
    ['of another kind', '{"req_id":1}'],
    ['in a text', String.raw`{"note":"\"req_id\":\"old\""}`],
  ])('keeps what looks like the id %s [RP9]', async (_, recorded) => {
    expect(await play([RECORDED], [SENT], [recorded])).toEqual({ unsent: 0, got: [recorded] });
  });

  it('has the id of the client under each name that was used, and as a number [RP9]', async () => {
    const recorded = [RECORDED, { op: 'b', id: 1 }];
    const { got } = await play(recorded, [SENT, { op: 'b', id: 22 }], ['{"id":1}', '{"req_id":"old"}', '{"id":12}']);
    expect(got).toEqual(['{"id":22}', '{"req_id":"new"}', '{"id":12}']);
  });
});

it('the last 1,024 frames of the client wait for their place in the recording [RP9]', async () => {
  const sent = Array.from({ length: 1_025 }, (_, n) => ({ op: 'a', n }));
  expect(await play([{ op: 'a', n: 0 }], sent, [])).toMatchObject({ unsent: 1 });
  expect(await play([{ op: 'a', n: 1 }], sent, [])).toMatchObject({ unsent: 0 });
});

it('the last 4,096 ids are known [RP9]', async () => {
  const batch = (side: string) => Array.from({ length: 4_097 }, (_, n) => ({ req_id: `${side} ${n}` }));
  const answers = [0, 1, 4_096].map((n) => ({ req_id: `old ${n}` }));
  const { unsent, got } = await play([batch('old')], [batch('new')], answers);
  expect(unsent).toBe(0);
  expect(got).toEqual(['{"req_id":"old 0"}', '{"req_id":"new 1"}', '{"req_id":"new 4096"}']);
});
