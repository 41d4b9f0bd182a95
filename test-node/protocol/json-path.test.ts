import fc from 'fast-check';
import { Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';

const path = (text: string, at: string) => new Message(text).path(at);

describe('Message.path', () => {
  it.each<[text: string, path: string, value: string | number | boolean | null | undefined, why: string]>([
    ['{"arg":{"channel":"books","instId":"BTC-USDT"}}', 'arg.instId', 'BTC-USDT', 'a nested member'],
    ['{"topic":"a"}', 'topic', 'a', 'a top-level member'],
    ['{"data":[{"id":1},{"id":2}]}', 'data.1.id', 2, 'an element of an array'],
    ['{"params":[7]}', 'params.0', 7, 'an element that is a number'],
    ['[[1,"a"],[2,"b"]]', '1.1', 'b', 'an array of arrays'],
    ['{"a":{"0":"x"}}', 'a.0', 'x', 'a member with digits as its name'],
    ['{"a":true,"b":{"c":false}}', 'a', true, 'true'],
    ['{"a":true,"b":{"c":false}}', 'b.c', false, 'false'],
    ['{"a":[null]}', 'a.0', null, 'null'],
    ['{"a":{"id":9007199254740993}}', 'a.id', '9007199254740993', 'an integer beyond 2^53'],
    ['{"a":{"b":{"c":1}}}', 'a.b', undefined, 'an object'],
    ['{"a":[[]]}', 'a.0', undefined, 'an array'],
    ['{"a":[]}', 'a.0', undefined, 'an empty array'],
    ['{"a":[1,2]}', 'a.2', undefined, 'an index behind the end'],
    ['{"a":[1,2]}', 'a.-1', undefined, 'a negative index'],
    ['{"a":[1,2]}', 'a.01', undefined, 'an index with a leading zero'],
    ['{"a":[1,2]}', 'a.length', undefined, 'a name in an array'],
    ['{"a":"b"}', 'a.b', undefined, 'a member of a string'],
    ['{"a":{"x":1},"b":2}', 'a.b', undefined, 'a member of the outer object'],
    ['{"a":{"b":1},"a":{"c":2}}', 'a.c', undefined, 'the first of two members counts'],
    ['{"a":{"t":"}\\"","b":3}}', 'a.b', 3, 'brackets and quotes in a string'],
    [' { "a" : { "b" : [ 1 , "x" ] } } ', 'a.b.1', 'x', 'white space'],
    ['{"\\u0061":{"b":1}}', 'a.b', 1, 'an escaped name'],
    ['{"":{"":1}}', '.', 1, 'empty names'],
    ['true', '', undefined, 'a text that is no object'],
    ['pong', 'a.b', undefined, 'a text that is no JSON'],
    ['', 'a', undefined, 'an empty text'],
  ])('%s, %j → %j (%s) [MS8]', (text, at, value) => {
    expect(path(text, at)).toBe(value);
  });

  const names = fc.oneof(
    fc.constantFrom('a', 'id', '0', '', '"', '\\', 'é', '__proto__'),
    fc.string().filter((name) => !name.includes('.')),
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null), fc.constant('"}],')),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(names, tie('json'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));

  /** Every path in a value, with what is there. */
  function pathsOf(value: unknown, prefix: readonly string[] = []): [string, unknown][] {
    if (typeof value !== 'object' || value === null) return [[prefix.join('.'), value]];
    const own: [string, unknown][] = prefix.length > 0 ? [[prefix.join('.'), undefined]] : [];
    return own.concat(Object.entries(value).flatMap(([name, part]) => pathsOf(part, [...prefix, name])));
  }

  it('agrees with JSON.parse at every path of any value [MS8]', () => {
    fc.assert(
      fc.property(json, fc.constantFrom('', ' ', '\t', '\n'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        if (typeof value !== 'object' || value === null) return;
        for (const [at, expected] of pathsOf(JSON.parse(text))) expect(path(text, at)).toBe(expected);
        expect(path(text, 'not here.0')).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('never throws for any text and any path [MS8]', () => {
    const noise = fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'a', '1', ' ', 'null') });
    const paths = fc.oneof(fc.constantFrom('a', 'a.0', '0.a', '0', '.', '99999999999999999999'), fc.string());
    const broken = fc.tuple(json, fc.nat()).map(([value, length]) => {
      const text = JSON.stringify(value);
      return text.slice(0, length % (text.length + 1));
    });
    fc.assert(
      fc.property(fc.oneof(noise, fc.string({ unit: 'binary' }), broken), paths, (text, at) => {
        const found = path(text, at);
        expect(found === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof found)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});
