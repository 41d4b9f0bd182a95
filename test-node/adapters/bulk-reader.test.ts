import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClient, deferred } from '../support/live.js';
import { frame } from './frames/frames.js';
import { MemoryLink } from './frames/memory-link.js';
import { ReceiverCounts } from './frames/receiver-counts.js';
import { openAdapter, openWs, waitFor } from './frames/recorded-client.js';
import { compareInMemory, compareMany, describeDifference } from './frames/run-stream.js';
import type { StreamPlan } from './frames/stream-plan.js';
import { StreamServer } from './frames/stream-server.js';

/** Streams of the suite; `npm run check:frames -- --seeds 100000` runs more. */
const SEEDS = 400;
/** Many pings in a turn in which the client has sent something: ws ended the connection while the pongs were held back. */
const REGRESSIONS = [11598, 12867, 15947, 16470, 16591];
/** Of the streams of the suite, as many also run over a real connection. */
const NETWORK_SEEDS = 50;
const [TEXT, BINARY, CLOSE, PING, CONTINUATION] = [1, 2, 8, 9, 0];

// The first connection of a process also tries what ws does.
beforeAll(() => compareInMemory(planOf([])));

let byWs: ReceiverCounts;
beforeEach(() => {
  byWs = new ReceiverCounts();
});
afterEach(() => byWs.stop());

const text = (words: string, header?: Parameters<typeof frame>[2]): Buffer => frame(TEXT, Buffer.from(words), header);
const texts = (count: number, words = 'update'): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => text(`${words} ${index}`)));

function planOf(reads: readonly Buffer[], more: Partial<StreamPlan> = {}): StreamPlan {
  return {
    seed: 0,
    options: {},
    maxMessageSize: 1_000_000,
    early: 0,
    reads: reads.map((bytes) => ({ bytes, wait: 'turn' })),
    deeds: new Map(),
    pause: 'turn',
    end: 'end',
    ...more,
  };
}

/** What both clients told. `readByWs`: how many text messages our adapter left to ws. */
async function told(reads: readonly Buffer[], more?: Partial<StreamPlan>) {
  const before = byWs.texts;
  const comparison = await compareInMemory(planOf(reads, more));
  if (comparison.differs) expect.fail(describeDifference(comparison));
  const count = comparison.actual.filter((line) => / text /.test(line)).length;
  const events = comparison.actual.filter((line) => !line.startsWith('written'));
  return { events: events.map((line) => line.replace(/^\d+: /, '')), readByWs: byWs.texts - before - count };
}

function memoryLink(): { readonly link: MemoryLink; readonly upgraded: Promise<void> } {
  const { promise, resolve } = deferred();
  return { link: new MemoryLink(Buffer.alloc(0), resolve), upgraded: promise };
}

describe('the Node adapter reads frames in bulk', () => {
  it('takes the text frames of a read, and ws reads none of them [NA1]', async () => {
    const { events, readByWs } = await told([texts(300), texts(1), texts(2_000)]);
    expect(events.filter((line) => line.startsWith('text'))).toHaveLength(2_301);
    expect(readByWs).toBe(0);
  });

  it('takes text that is not ASCII, of all sizes that a read can hold [NA1]', async () => {
    const words = ['', 'ž', '漢字😀', '\u0000\ufeff\ufffd\uffff', 'é'.repeat(62), 'é'.repeat(63), 'x'.repeat(65_535)];
    const { events, readByWs } = await told([Buffer.concat(words.map((word) => text(word)))]);
    expect(events.slice(1, -1)).toEqual(words.map((word) => `text ${JSON.stringify(word)}`));
    expect(readByWs).toBe(0);
  });

  it('takes text frames again after whatever ws has read [NA1]', async () => {
    const fragments = [frame(TEXT, Buffer.from('a'), { first: TEXT }), frame(CONTINUATION, Buffer.from('b'))];
    // Each with the number of texts that it holds.
    const others: [Buffer, number][] = [
      [frame(PING, Buffer.of(1)), 0],
      [frame(BINARY, Buffer.of(1)), 0],
      [text('x'.repeat(70_000)), 1],
      [Buffer.concat(fragments), 1],
    ];
    for (const [other, held] of others) {
      expect((await told([Buffer.concat([texts(2), other, texts(2)]), texts(3)])).readByWs).toBe(held);
    }
    const read = texts(9);
    expect((await told([read.subarray(0, 55), read.subarray(55)])).readByWs).toBe(1);
  });

  it('hands out what came together with the answer to the upgrade [NA1, NA2]', async () => {
    const { events, readByWs } = await told([texts(2), texts(1)], { early: 1 });
    expect(events).toEqual(['open', 'text "update 0"', 'text "update 1"', 'text "update 0"', "close 1006 '' false"]);
    expect(readByWs).toBe(0);
  });
});

describe('reading in bulk changes no event', () => {
  it(`${SEEDS} random streams bring the same events as with ws alone [NA2]`, async () => {
    const differing = await compareMany(1, SEEDS, compareInMemory);
    expect(differing.slice(0, 3).map(describeDifference).join('\n')).toBe('');
  }, 120_000);

  it.each(REGRESSIONS)('stream %i brings them again [NA2]', async (seed) => {
    const differing = await compareMany(seed, 1, compareInMemory);
    expect(differing.map(describeDifference).join('\n')).toBe('');
  });

  it.each(['ws', 'wss'] as const)(
    '%s: random streams over a real connection bring the same events [NA2]',
    async (scheme) => {
      const server = await StreamServer.start(scheme);
      const differing = await compareMany(1, NETWORK_SEEDS, server.compare);
      await server.stop();
      expect(differing.slice(0, 3).map(describeDifference).join('\n')).toBe('');
    },
    120_000,
  );

  it('a stream may be cut anywhere [NA2]', async () => {
    // What is in these frames looks like text frames to a reader that is in the wrong place.
    const bait = Buffer.from('Á\u0002ab'.repeat(4));
    const stream = Buffer.concat([
      text('žluť'),
      frame(BINARY, bait),
      text('x'.repeat(130)),
      frame(TEXT, bait, { wide: 8 }),
      frame(PING, bait),
      frame(TEXT, bait, { first: TEXT }),
      frame(PING, bait),
      frame(CONTINUATION, bait),
      frame(BINARY, bait, { wide: 2 }),
      texts(2),
      frame(CLOSE, Buffer.from([3, 232])),
    ]);
    for (let at = 0; at <= stream.length; at++) {
      const { events } = await told([stream.subarray(0, at), stream.subarray(at)].filter(({ length }) => length > 0));
      expect(events).toHaveLength(12);
    }
  });

  it('control frames and binary messages stay in their place [NA2]', async () => {
    const { events } = await told([
      Buffer.concat([texts(1), frame(PING, Buffer.of(7)), texts(1), frame(BINARY, Buffer.of(7)), texts(1)]),
    ]);
    expect(events.slice(1, -1).map((line) => line.split(' ')[0])).toEqual(['text', 'ping', 'text', 'binary', 'text']);
  });

  it('nothing follows a frame that ws refuses, however it is broken [NA3]', async () => {
    const broken = {
      WS_ERR_INVALID_UTF8: frame(TEXT, Buffer.from([0x61, 0xff])),
      WS_ERR_UNEXPECTED_RSV_1: text('x', { first: 0xc1 }),
      WS_ERR_UNEXPECTED_RSV_2_3: text('x', { first: 0xa1 }),
      WS_ERR_UNEXPECTED_MASK: text('x', { mask: true }),
      WS_ERR_INVALID_OPCODE: frame(CONTINUATION, Buffer.from('x')),
      WS_ERR_EXPECTED_FIN: frame(PING, Buffer.from('x'), { first: PING }),
      WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH: frame(PING, Buffer.alloc(126)),
      WS_ERR_INVALID_CLOSE_CODE: frame(CLOSE, Buffer.from([3, 237])),
      WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: text('x'.repeat(1_001)),
      WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: text('x', { wide: 8, announced: 2n ** 60n }),
    };
    for (const [code, bytes] of Object.entries(broken)) {
      const stream = Buffer.concat([texts(2), bytes, texts(2)]);
      for (const reads of [[stream], [stream, texts(2)], [...stream].map((byte) => Buffer.of(byte))]) {
        const { events } = await told(reads, { maxMessageSize: 1_000 });
        expect(events.slice(0, -1)).toEqual(['open', 'text "update 0"', 'text "update 1"', `error ${code}`]);
      }
    }
  });

  it('a character that one frame begins and the next frame ends is refused [NA3]', async () => {
    const { events } = await told([Buffer.concat([frame(TEXT, Buffer.of(0xc3)), frame(TEXT, Buffer.of(0xa9))])]);
    expect(events).toEqual(['open', 'error WS_ERR_INVALID_UTF8', "close 1007 '' false"]);
  });

  it('nothing follows a close frame [NA3]', async () => {
    const stream = Buffer.concat([texts(1), frame(CLOSE, Buffer.from([3, 232])), texts(2)]);
    const { events } = await told([stream, texts(2)]);
    expect(events).toEqual(['open', 'text "update 0"', "close 1000 '' true"]);
  });

  it('terminate() in a message ends the messages of that read, close() does not [NA4]', async () => {
    const stream = [texts(5)];
    const ended = await told(stream, { deeds: new Map([[2, 'terminate']]) });
    expect(ended.events).toEqual(['open', 'text "update 0"', 'text "update 1"', "close 1006 '' false"]);
    const closing = await told(stream, { deeds: new Map([[2, 'close']]) });
    expect(closing.events).toHaveLength(7);
  });

  it('pause() in a message holds the next read back, and resume() brings it [NA4]', async () => {
    const plan = planOf([texts(3), texts(2), texts(2)], { deeds: new Map([[2, 'pause']]), pause: 'turn' });
    const { actual, expected } = await compareInMemory(plan);
    expect(actual).toEqual(expected);
    expect(actual.filter((line) => / text /.test(line))).toHaveLength(7);
  });

  it('an error that the application throws is thrown as by ws alone, and nothing follows [NA2]', async () => {
    for (const openClient of [openWs, openAdapter]) {
      const { link, upgraded } = memoryLink();
      const log: string[] = [];
      openClient('ws://memory', planOf([]), { createConnection: () => link }, (line) => {
        log.push(line);
        if (line.includes('update 1')) throw new Error('of the application');
      });
      await upgraded;
      await waitFor('turn');
      expect(() => link.push(texts(3))).toThrow('of the application');
      link.push(texts(3));
      await waitFor('turn');
      expect(log).toEqual(['open', 'text "update 0"', 'text "update 1"']);
    }
  });

  it('the code behind an await runs before the next message of the same read [R7, DL10, NA2]', async () => {
    const { link } = memoryLink();
    const client = createClient({ url: 'ws://memory' }, { config: { nodeOptions: { createConnection: () => link } } });
    await client.connect();
    const order: string[] = [];
    client.on('message', (message) => order.push(message.text));
    const calls = [1, 2].map((n) => client.request({ op: 'ask', n }));
    const answered = calls.map((call) => call.then((answer) => order.push(`code behind ${answer}`)));
    await waitFor('turn');
    const before = byWs.texts;
    const [first, second] = calls.map(({ requestId }, index) =>
      text(`{"req_id":"${requestId}","data":"answer ${index}"}`),
    );
    link.push(Buffer.concat([texts(2, 'a'), first as Buffer, texts(2, 'b'), second as Buffer, texts(1, 'c')]));
    await Promise.all(answered);
    await waitFor('turn');
    expect(order).toEqual(['a 0', 'a 1', 'code behind answer 0', 'b 0', 'b 1', 'code behind answer 1', 'c 0']);
    expect(byWs.texts).toBe(before);
  });

  it('the memory of a read stays as it was [NA2]', async () => {
    const read = Buffer.concat([texts(3), text('x'.repeat(300)), text('ž'), frame(BINARY, Buffer.of(1)), texts(2)]);
    const copy = Buffer.from(read);
    await told([read]);
    expect(read.equals(copy)).toBe(true);
  });
});
