import { beforeEach, describe, expect, it } from 'vitest';
import { GenericJsonHandler } from '../../src/handlers/generic-json.js';
import { DeliveryGate } from '../../src/inbound/delivery-gate.js';
import { Inbox } from '../../src/inbound/inbox.js';
import type { Message } from '../../src/protocol/message.js';
import { testContext } from '../support/test-context.js';

class DecodingHandler extends GenericJsonHandler {
  readonly open: ((text: string) => void)[] = [];
  override decodeBinary(data: Uint8Array): string | Promise<string> {
    if (data.length === 0) throw new Error('empty');
    if (data[0] === 0) return new TextDecoder().decode(data.subarray(1));
    return new Promise((resolve) => this.open.push(resolve));
  }
}

class SplittingHandler extends GenericJsonHandler {
  override split(message: Message): Message[] | undefined {
    return Array.isArray(message.json) ? message.json.map((part) => message.part(part)) : undefined;
  }
}

let heard: string[];
let broken: unknown[];

function newInbox(handler = new GenericJsonHandler(), onMessage: (text: string) => void = () => {}) {
  const context = testContext({ handler, config: { maxMessageSize: 1_000 } });
  const gate = new DeliveryGate();
  const router = {
    route: (message: Message) => {
      heard.push(message.text);
      onMessage(message.text);
    },
  };
  const inbox = new Inbox(context, gate, router, { onBroken: (error) => broken.push(error) });
  return { inbox, gate, context, clock: context.clock };
}

beforeEach(() => {
  heard = [];
  broken = [];
});

describe('Inbox', () => {
  it('delivers a frame synchronously', () => {
    const { inbox } = newInbox();
    inbox.receive('a');
    inbox.receive('b');
    expect(heard).toEqual(['a', 'b']);
  });

  it('keeps frames while it is paused, even when paused inside a message, and delivers them in order [CL23]', () => {
    const { inbox } = newInbox(undefined, (text) => {
      if (text === 'a') inbox.pause();
    });
    for (const text of ['a', 'b', 'c']) inbox.receive(text);
    expect(heard).toEqual(['a']);
    inbox.resume();
    inbox.receive('d');
    expect(heard).toEqual(['a', 'b', 'c', 'd']);
  });

  it('delivers frames that were read before the end, even while it is paused [CL23]', () => {
    const { inbox } = newInbox();
    inbox.pause();
    inbox.receive('a');
    inbox.finish(() => heard.push('end'));
    expect(heard).toEqual(['a', 'end']);
  });

  it('holds the next frame until the code after a settled promise ran [R7]', async () => {
    const order: string[] = [];
    let resolve: () => void = () => {};
    const answer = new Promise<void>((done) => {
      resolve = done;
    });
    const { inbox, gate, clock } = newInbox(undefined, (text) => {
      order.push(text);
      if (text !== 'answer') return;
      resolve();
      gate.hold();
    });
    void (async () => {
      await answer;
      order.push('code after await');
    })();
    inbox.receive('answer');
    inbox.receive('update');
    await clock.settle();
    expect(order).toEqual(['answer', 'code after await', 'update']);
  });

  it('keeps the order of frames around asynchronous decoding [HN8]', async () => {
    const handler = new DecodingHandler();
    const { inbox, clock } = newInbox(handler);
    inbox.receive(Uint8Array.of(1));
    inbox.receive('text');
    inbox.receive(Uint8Array.of(0, 65));
    inbox.receive(Uint8Array.of(2));
    expect(heard).toEqual([]);
    handler.open[0]?.('first');
    await clock.settle();
    expect(heard).toEqual(['first', 'text', 'A']);
    handler.open[1]?.('last');
    await clock.settle();
    expect(heard).toEqual(['first', 'text', 'A', 'last']);
  });

  it('bounds the number of frames that wait for a decode [C9, HN8]', () => {
    const { inbox } = newInbox(new DecodingHandler());
    for (let n = 0; n < 1_025; n++) inbox.receive(Uint8Array.of(1));
    expect(broken).toEqual([]);
    inbox.receive(Uint8Array.of(1));
    expect(broken).toEqual([expect.objectContaining({ code: 'CAPACITY_EXCEEDED' })]);
  });

  it('reports and skips a frame that cannot be decoded [HN30]', () => {
    const { inbox, context } = newInbox(new DecodingHandler());
    inbox.receive(new Uint8Array());
    inbox.receive('next');
    expect(heard).toEqual(['next']);
    expect(context.emitted).toEqual([['error', expect.objectContaining({ code: 'PROTOCOL_ERROR' })]]);
  });

  it('delivers the parts of a frame in order, before later frames [HN7]', () => {
    const { inbox } = newInbox(new SplittingHandler());
    inbox.receive('[1,2,3]');
    inbox.receive('4');
    expect(heard).toEqual(['1', '2', '3', '4']);
  });

  it('holds between the parts of a frame [R7]', async () => {
    const { inbox, gate, clock } = newInbox(new SplittingHandler(), (text) => {
      if (text === '1') gate.hold();
    });
    inbox.receive('[1,2]');
    inbox.receive('3');
    expect(heard).toEqual(['1']);
    await clock.settle();
    expect(heard).toEqual(['1', '2', '3']);
  });

  it('delivers a frame of very many parts [HN7]', () => {
    const parts = 200_000;
    const handler = new SplittingHandler();
    const context = testContext({ handler });
    let count = 0;
    const inbox = new Inbox(context, new DeliveryGate(), { route: () => void count++ }, { onBroken: () => {} });
    inbox.receive(`[${'1,'.repeat(parts - 1)}1]`);
    expect(count).toBe(parts);
  });

  it('refuses a frame above maxMessageSize, counted in UTF-8 bytes [CF13]', () => {
    const { inbox } = newInbox();
    inbox.receive('ž'.repeat(500));
    expect(broken).toEqual([]);
    inbox.receive('ž'.repeat(501));
    expect(broken).toEqual([expect.objectContaining({ code: 'MESSAGE_TOO_LARGE', limit: 1_000 })]);
    inbox.receive('after');
    expect(heard).toHaveLength(1);
  });

  it('refuses a binary frame above maxMessageSize [CF13]', () => {
    const { inbox } = newInbox();
    inbox.receive(new Uint8Array(1_000).fill(97));
    expect([heard.length, broken]).toEqual([1, []]);
    inbox.receive(new Uint8Array(1_001).fill(97));
    expect(heard).toHaveLength(1);
    expect(broken).toEqual([expect.objectContaining({ code: 'MESSAGE_TOO_LARGE', limit: 1_000 })]);
  });

  it.each([
    ['at once if that is quick', 0.01, [200]],
    ['in slices if they take long', 0.2, [64, 200]],
  ])('delivers many frames that waited %s [CL23]', async (_, duration, counts) => {
    let busy = 0;
    const { inbox, clock } = newInbox(undefined, () => {
      busy += duration;
    });
    const now = clock.now.bind(clock);
    clock.now = () => now() + busy;
    inbox.pause();
    const frames = Array.from({ length: 200 }, (_, index) => String(index));
    for (const frame of frames) inbox.receive(frame);
    inbox.resume();
    const seen = [heard.length];
    for (let turn = 0; turn < 10 && heard.length < 200; turn++) {
      await clock.advance(0);
      seen.push(heard.length);
    }
    expect(seen).toEqual(counts);
    expect(heard).toEqual(frames);
  });

  it.each([0, 1])('refuses a frame that is larger than maxMessageSize when decoded (kind %i) [CF13]', async (kind) => {
    class Unpacking extends GenericJsonHandler {
      override decodeBinary(data: Uint8Array): string | Promise<string> {
        const text = 'x'.repeat(data.length * 100);
        return kind === 0 ? text : Promise.resolve(text);
      }
    }
    const { inbox, clock } = newInbox(new Unpacking());
    inbox.receive(new Uint8Array(10));
    await clock.settle();
    expect([heard.length, broken]).toEqual([1, []]);
    inbox.receive(new Uint8Array(11));
    await clock.settle();
    expect(heard).toHaveLength(1);
    expect(broken).toEqual([expect.objectContaining({ code: 'MESSAGE_TOO_LARGE', limit: 1_000 })]);
  });

  it('ignores a decoder that resolves to no text [HN30]', async () => {
    class Wrong extends GenericJsonHandler {
      override decodeBinary(): Promise<string> {
        return Promise.resolve(undefined as never);
      }
    }
    const { inbox, clock } = newInbox(new Wrong());
    inbox.receive(new TextEncoder().encode('a'));
    inbox.receive('b');
    await clock.settle();
    expect(heard).toEqual(['a', 'b']);
  });

  it('finish() calls back at once, or after the waiting frames', async () => {
    const handler = new DecodingHandler();
    const { inbox, clock } = newInbox(handler);
    const done: string[] = [];
    inbox.finish(() => done.push('idle'));
    expect(done).toEqual(['idle']);
    inbox.receive(Uint8Array.of(1));
    inbox.finish(() => done.push(`after ${heard.length}`));
    handler.open[0]?.('late');
    await clock.settle();
    expect(done).toEqual(['idle', 'after 1']);
  });

  it('finish() gives up on a decode that hangs', async () => {
    const { inbox, clock } = newInbox(new DecodingHandler());
    let calls = 0;
    inbox.receive(Uint8Array.of(1));
    inbox.finish(() => {
      calls++;
      inbox.stop();
    });
    await clock.advance(10_000);
    expect(calls).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('delivers nothing after stop() [C1]', async () => {
    const handler = new DecodingHandler();
    const { inbox, clock } = newInbox(handler);
    inbox.receive(Uint8Array.of(1));
    inbox.receive('queued');
    inbox.stop();
    handler.open[0]?.('late');
    inbox.receive('later');
    await clock.settle();
    expect(heard).toEqual([]);
  });
});
