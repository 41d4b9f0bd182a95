import fc from 'fast-check';
import { ConfigError } from 'hpx-transport-ws';
import { codec } from 'hpx-transport-ws/handlers';
import { describe, expect, it } from 'vitest';
import { errorOf } from './errors.js';

describe('codec', () => {
  const topics = codec('{channel}.{symbol}');

  it('turns parts into a topic and back [HK1]', () => {
    expect(topics.format({ channel: 'tickers', symbol: 'BTCUSDT' })).toBe('tickers.BTCUSDT');
    expect(topics.parse('tickers.BTCUSDT')).toEqual({ channel: 'tickers', symbol: 'BTCUSDT' });
  });

  it('knows text before, between and after the fields, and writes numbers as digits [HK1]', () => {
    const books = codec('book.{symbol}@{depth}ms');
    expect(books.format({ symbol: 'btcusdt', depth: 100 })).toBe('book.btcusdt@100ms');
    expect(books.parse('book.btcusdt@100ms')).toEqual({ symbol: 'btcusdt', depth: '100' });
  });

  it.each(['tickers', 'tickers.', '.BTCUSDT', '', '.'])('does not match %j [HK1]', (topic) => {
    expect(topics.parse(topic)).toBeUndefined();
  });

  it.each(['book.btcusdt@100', 'trade.btcusdt@100ms', 'book.@100ms', 'book.btcusdt@ms', 'book.btcusdtms'])(
    'matches the whole topic or nothing: %s [HK1]',
    (topic) => {
      expect(codec('book.{symbol}@{depth}ms').parse(topic)).toBeUndefined();
    },
  );

  it('gives the rest to the last field [HK2]', () => {
    expect(topics.parse('tickers.BTC.PERP')).toEqual({ channel: 'tickers', symbol: 'BTC.PERP' });
    expect(topics.format({ channel: 'tickers', symbol: 'BTC.PERP' })).toBe('tickers.BTC.PERP');
  });

  it.each([
    [{ channel: 'a.b', symbol: 'c' }, 'channel'],
    [{ channel: '', symbol: 'c' }, 'channel'],
    [{ channel: 'a', symbol: '' }, 'symbol'],
    [{ channel: 'a' }, 'symbol'],
    [{ channel: 'a', symbol: Number.NaN }, 'symbol'],
    [{ channel: 'a', symbol: null }, 'symbol'],
  ])('refuses parts that would not come back: %j [HK2]', (parts, field) => {
    const error = errorOf(() => topics.format(parts as never));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ field });
  });

  it('refuses a part that the text after it would cut short [HK2]', () => {
    expect(errorOf(() => codec('{a}--{b}').format({ a: 'x-', b: 'y' }))).toMatchObject({ field: 'a' });
  });

  it('returns what it was given, or says which part cannot be [HK2]', () => {
    const word = fc.string({ unit: fc.constantFrom('a', '.', '@', '-', 'é'), maxLength: 6 });
    const pattern = codec('{a}.{b}@{c}');
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        let topic: string;
        try {
          topic = pattern.format({ a, b, c });
        } catch (error) {
          expect((error as ConfigError).field).toMatch(/^[abc]$/);
          return;
        }
        expect(pattern.parse(topic)).toEqual({ a, b, c });
      }),
    );
  });

  it.each(['', 'tickers', '{a}{b}', '{a}.{a}', '{}', '{a b}', '{a', 'a}', '{a}.{b', '{__proto__}', undefined])(
    'refuses the pattern %j [HK1]',
    (pattern) => {
      expect(errorOf(() => codec(pattern as string))).toMatchObject({ name: 'ConfigError', field: 'pattern' });
    },
  );
});
