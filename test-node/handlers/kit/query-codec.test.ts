import fc from 'fast-check';
import { queryCodec } from 'hpx-transport-ws/handlers';
import { describe, expect, it } from 'vitest';
import { errorOf } from './errors.js';

describe('queryCodec', () => {
  const topics = queryCodec('channel');

  it('turns an object into a topic with sorted keys, and back [HK3]', () => {
    const parts = { instType: 'SPOT', channel: 'orders', instId: 'BTC-USDT' };
    expect(topics.format(parts)).toBe('orders?instId=BTC-USDT&instType=SPOT');
    expect(topics.parse('orders?instType=SPOT&instId=BTC-USDT')).toEqual(parts);
    expect(topics.format({ channel: 'account' })).toBe('account');
    expect(topics.parse('account')).toEqual({ channel: 'account' });
  });

  it('leaves out what is not among its keys [HK3]', () => {
    const known = queryCodec('channel', ['instType', 'instId']);
    const pushed: Record<string, string> = { channel: 'orders', uid: '77982378738415879', instType: 'SPOT' };
    expect(known.format(pushed as never)).toBe('orders?instType=SPOT');
    expect(known.format({ channel: 'orders', instType: 'SPOT', instId: undefined })).toBe('orders?instType=SPOT');
    expect(known.parse('orders?uid=1')).toBeUndefined();
    expect(known.parse('orders?instType=SPOT')).toEqual({ channel: 'orders', instType: 'SPOT' });
  });

  it.each(['', '?a=1', 'books?', 'books?a', 'books?=1', 'books?a=1&', 'books?a=1&a=2', 'books?channel=x'])(
    'does not match %j [HK3]',
    (topic) => {
      expect(topics.parse(topic)).toBeUndefined();
    },
  );

  it.each([
    [{ channel: 'a?b' }, 'channel'],
    [{ channel: '' }, 'channel'],
    [{}, 'channel'],
    [{ channel: 'a', k: 'x&y' }, 'k'],
    [{ channel: 'a', k: true }, 'k'],
    [{ channel: 'a', 'k=': 'x' }, 'k='],
    [{ channel: 'a', '': 'x' }, ''],
    [null, 'parts'],
  ])('refuses parts that would not come back: %j [HK3]', (parts, field) => {
    expect(errorOf(() => topics.format(parts as never))).toMatchObject({ name: 'ConfigError', field });
  });

  it('returns what it was given, or says which part cannot be [HK3]', () => {
    const word = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', '?', '=', '&', 'é'), maxLength: 4 }),
      fc.constant('__proto__'),
    );
    fc.assert(
      fc.property(word, fc.dictionary(word, word, { maxKeys: 4, noNullPrototype: true }), (channel, rest) => {
        const parts = { ...rest, channel };
        const error = errorOf(() => expect(topics.parse(topics.format(parts))).toEqual(parts));
        if (error !== undefined) expect(error).toMatchObject({ name: 'ConfigError' });
      }),
    );
  });

  it.each([
    ['', undefined, 'name'],
    [undefined, undefined, 'name'],
    ['channel', ['channel'], 'keys'],
    ['channel', ['a&b'], 'keys'],
    ['channel', 'instId', 'keys'],
  ])('refuses the name %j with the keys %j [HK3]', (name, keys, field) => {
    expect(errorOf(() => queryCodec(name as string, keys as never))).toMatchObject({ name: 'ConfigError', field });
  });
});
