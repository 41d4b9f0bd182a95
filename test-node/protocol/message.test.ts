import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Message } from '../../src/protocol/message.js';

afterEach(() => vi.restoreAllMocks());

describe('Message.json', () => {
  it('parses at most once, on first use, and counts the parse', () => {
    const parse = vi.spyOn(JSON, 'parse');
    const counters = { parsed: 0 };
    const message = new Message('{"topic":"trades.BTC","data":[1,2]}', undefined, { counters, parse: JSON.parse });

    expect(message.field('topic')).toBe('trades.BTC');
    expect(message.raw).toBe(message.text);
    expect(parse).not.toHaveBeenCalled();
    expect(counters.parsed).toBe(0);

    const first = message.json;
    expect(message.json).toBe(first);
    expect(message.json).toEqual({ topic: 'trades.BTC', data: [1, 2] });
    expect(parse).toHaveBeenCalledTimes(1);
    expect(counters.parsed).toBe(1);
  });

  it.each(['pong', '', '{"a":', '{"a":1}x', "{'a':1}"])('is undefined for text that is not JSON: %j', (text) => {
    const counters = { parsed: 0 };
    const message = new Message(text, undefined, { counters, parse: JSON.parse });
    expect(message.json).toBeUndefined();
    expect(message.json).toBeUndefined();
    expect(counters.parsed).toBe(1);
  });

  it('distinguishes a parsed null from an unparsed frame', () => {
    const counters = { parsed: 0 };
    const message = new Message('null', undefined, { counters, parse: JSON.parse });
    expect(message.json).toBeNull();
    expect(message.json).toBeNull();
    expect(counters.parsed).toBe(1);
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
    const counters = { parsed: 0 };
    const frame = new Message('[{"id":1,"a":"x"},{"id":"two"},3]', undefined, { counters, parse: JSON.parse });
    const parts = (frame.json as unknown[]).map((part) => frame.part(part));

    expect(parts.map((part) => part.field('id'))).toEqual([1, 'two', undefined]);
    expect(parts[0]?.json).toEqual({ id: 1, a: 'x' });
    expect(parts[2]?.json).toBe(3);
    expect(counters.parsed).toBe(1);
  });

  it('is an empty part for a value that is not JSON', () => {
    expect(new Message('x').part(undefined).text).toBe('');
  });
});

describe('Message.parts', () => {
  it('are slices of the received text, with every digit [MS7]', () => {
    const text = ' [ {"seq":8389766036995847940,"q":0.10} , {"seq":8389766036995847941,"q":1.50},[1, 2],"a,]b",3 ] ';
    const parts = new Message(text).parts() ?? [];
    expect(parts.map((part) => part.text)).toEqual([
      '{"seq":8389766036995847940,"q":0.10}',
      '{"seq":8389766036995847941,"q":1.50}',
      '[1, 2]',
      '"a,]b"',
      '3',
    ]);
    expect(parts[1]?.field('seq')).toBe('8389766036995847941');
    expect([parts[2]?.json, parts[3]?.json, parts[4]?.json]).toEqual([[1, 2], 'a,]b', 3]);
  });

  it('are those of JSON.parse for every array [MS7]', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.boolean(), (values, isParsed) => {
        const message = new Message(JSON.stringify(values));
        if (isParsed) void message.json;
        expect(message.parts()?.map((part) => JSON.parse(part.text))).toEqual(JSON.parse(message.text));
        expect(message.parts()?.map((part) => part.json)).toEqual(JSON.parse(message.text));
      }),
    );
  });

  it('are missing where the message is no array, and unreadable where its form is broken [MS7, DL22]', () => {
    for (const text of ['{"a":[1]}', 'pong', '']) expect(new Message(text).parts()).toBeUndefined();
    expect(new Message('[]').parts()).toEqual([]);
    for (const text of ['[1,]', '[1', '[1]]', '[1 ', '[,1]', '[1,,2]', '[{"a":1},']) {
      for (const part of new Message(text).parts() ?? []) expect(part.json, text).toBeUndefined();
    }
  });

  it('by start and end, or by a parsed element, keep the text [MS7]', () => {
    const frame = new Message('[{"q":0.10},{"q":0.20}]');
    expect(frame.part(12, 22).text).toBe('{"q":0.20}');
    const parts = (frame.json as unknown[]).map((value) => frame.part(value));
    expect(parts.map((part) => part.text)).toEqual(['{"q":0.10}', '{"q":0.20}']);
    expect(frame.part({ own: 1 }).text).toBe('{"own":1}');
  });
});

describe('a byte order mark', () => {
  it('before the text does no harm [MS1]', () => {
    const message = new Message('\ufeff{"topic":"a"}');
    expect([message.field('topic'), message.json]).toEqual(['a', { topic: 'a' }]);
    expect(message.raw).toBe('\ufeff{"topic":"a"}');
  });
});
