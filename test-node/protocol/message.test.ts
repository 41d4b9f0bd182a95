import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Message } from '../../src/protocol/message.js';

afterEach(() => vi.restoreAllMocks());

describe('Message.json', () => {
  it('parses at most once, on first use, and counts the parse', () => {
    const parse = vi.spyOn(JSON, 'parse');
    const counter = { parsed: 0 };
    const message = new Message('{"topic":"trades.BTC","data":[1,2]}', undefined, counter);

    expect(message.field('topic')).toBe('trades.BTC');
    expect(message.raw).toBe(message.text);
    expect(parse).not.toHaveBeenCalled();
    expect(counter.parsed).toBe(0);

    const first = message.json;
    expect(message.json).toBe(first);
    expect(message.json).toEqual({ topic: 'trades.BTC', data: [1, 2] });
    expect(parse).toHaveBeenCalledTimes(1);
    expect(counter.parsed).toBe(1);
  });

  it.each(['pong', '', '{"a":', '{"a":1}x', "{'a':1}", '\ufeff{}'])(
    'is undefined for text that is not JSON: %j',
    (text) => {
      const counter = { parsed: 0 };
      const message = new Message(text, undefined, counter);
      expect(message.json).toBeUndefined();
      expect(message.json).toBeUndefined();
      expect(counter.parsed).toBe(1);
    },
  );

  it('distinguishes a parsed null from an unparsed frame', () => {
    const counter = { parsed: 0 };
    const message = new Message('null', undefined, counter);
    expect(message.json).toBeNull();
    expect(message.json).toBeNull();
    expect(counter.parsed).toBe(1);
  });
});

describe('Message.text', () => {
  it('reads bytes as UTF-8 and keeps the raw frame', () => {
    const bytes = new TextEncoder().encode('{"topic":"пары"}');
    const message = new Message(bytes);
    expect(message.raw).toBe(bytes);
    expect(message.text).toBe('{"topic":"пары"}');
    expect(message.field('topic')).toBe('пары');
  });

  it('prefers the decoded text', () => {
    const message = new Message(new Uint8Array([1, 2, 3]), '{"id":7}');
    expect(message.text).toBe('{"id":7}');
    expect(message.field('id')).toBe(7);
    expect(message.json).toEqual({ id: 7 });
  });

  it('never throws on bytes that are not UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const message = new Message(bytes);
        message.field('id');
        void message.json;
        expect(typeof message.text).toBe('string');
      }),
    );
  });
});

describe('Message.part', () => {
  it('counts as parsed and is scanned like a frame', () => {
    const counter = { parsed: 0 };
    const frame = new Message('[{"id":1,"a":"x"},{"id":"two"},3]', undefined, counter);
    const parts = (frame.json as unknown[]).map((part) => frame.part(part));

    expect(parts.map((part) => part.field('id'))).toEqual([1, 'two', undefined]);
    expect(parts[0]?.json).toEqual({ id: 1, a: 'x' });
    expect(parts[2]?.json).toBe(3);
    expect(counter.parsed).toBe(1);
  });

  it('is an empty part for a value that is not JSON', () => {
    expect(new Message('x').part(undefined).text).toBe('');
  });
});
