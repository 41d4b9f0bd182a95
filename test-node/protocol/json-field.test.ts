import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Message } from '../../src/protocol/message.js';

const field = (text: string, name: string) => new Message(text).field(name);

describe('Message.field', () => {
  it.each<[text: string, name: string, value: string | number | undefined, why: string]>([
    ['{"topic":"a"}', 'topic', 'a', 'a string'],
    ['{"id":7}', 'id', 7, 'a number'],
    ['{"id":-0.5e2}', 'id', -50, 'a number in any notation'],
    [' \n\t{ \r"a" : 1 , "topic"\n:\t"x" } ', 'topic', 'x', 'white space'],
    ['{"topic": "x", "data": 1}', 'topic', 'x', 'white space as in the defaults of Python'],
    ['{"id" :7}', 'id', 7, 'white space before a colon alone'],
    ['{"data":{"topic":"inner"},"topic":"outer"}', 'topic', 'outer', 'a nested member of that name'],
    ['{"list":[{"topic":"inner"},["topic","x"]],"topic":"outer"}', 'topic', 'outer', 'lists'],
    ['{"text":"\\"topic\\":\\"fake\\"","topic":"real"}', 'topic', 'real', 'a string that looks like a member'],
    ['{"text":"}],{[","topic":"real"}', 'topic', 'real', 'brackets inside a string'],
    ['{"text":"\\\\","topic":"real"}', 'topic', 'real', 'an escaped backslash at the end of a string'],
    ['{"topic":"a\\"b\\u0041\\n"}', 'topic', 'a"bA\n', 'escapes in the value'],
    ['{"\\u0074opic":"x"}', 'topic', 'x', 'an escaped key'],
    ['{"topi":"x","topics":"y","xtopic":"z"}', 'topic', undefined, 'similar keys'],
    ['{"a":"topic","b":1}', 'topic', undefined, 'the name as a value'],
    ['{"id":1,"id":2}', 'id', 1, 'duplicates: the first counts'],
    ['{"id":null}', 'id', undefined, 'null'],
    ['{"id":true}', 'id', undefined, 'a boolean'],
    ['{"id":{"id":1}}', 'id', undefined, 'an object'],
    ['{"id":[1]}', 'id', undefined, 'a list'],
    ['{"id":""}', 'id', '', 'an empty string'],
    ['{"":1}', '', 1, 'an empty name'],
    ['{}', 'id', undefined, 'an empty object'],
    ['[{"id":1}]', 'id', undefined, 'a frame that is a list'],
    ['"id"', 'id', undefined, 'a frame that is a string'],
    ['{"id":9007199254740993}', 'id', '9007199254740993', 'an integer beyond 2^53'],
    ['{"id":12345678901234567890}', 'id', '12345678901234567890', 'a huge integer'],
    ['{"id":9007199254740991}', 'id', 9007199254740991, 'the largest exact integer'],
    ['{"sum":0.12345678901234567890}', 'sum', '0.12345678901234567890', 'more decimals than a double holds'],
    ['{"v":1e400}', 'v', '1e400', 'a number out of range'],
    ['{"v":1e-400}', 'v', '1e-400', 'a number that would become zero'],
  ])('%s, %j → %j (%s)', (text, name, value) => {
    expect(field(text, name)).toBe(value);
  });

  const keys = fc.oneof(
    fc.constantFrom('id', 'topic', 'data', 'op', '', 'a"b', 'a\\b', '\\', 'é', '\u2028', '__proto__'),
    fc.string(),
    fc.string({ unit: 'binary' }),
  );
  const scalars = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"', '\\', '\\"', '{"id":1}', '\u0000'),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const values = fc.oneof(scalars, fc.jsonValue({ maxDepth: 4 }));
  /** What is written at one place after the other, over and over: most of it nothing. */
  const spaces = fc.array(
    fc.oneof(fc.constant(''), fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 3 })),
    {
      maxLength: 12,
    },
  );
  const members = fc.array(fc.tuple(keys, values), { maxLength: 8 });

  /** As a sloppy server may write it: any white space, any escapes in keys, any order, duplicates. */
  function write(list: readonly (readonly [string, unknown])[], spaces: readonly string[], escapes: boolean): string {
    let written = 0;
    const space = () => spaces[written++ % spaces.length] ?? '';
    const key = (name: string) =>
      escapes
        ? `"${[...Array(name.length).keys()].map((at) => `\\u${name.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`
        : JSON.stringify(name);
    const body = list.map(
      ([name, value]) => `${space()}${key(name)}${space()}:${space()}${JSON.stringify(value, null, space())}${space()}`,
    );
    return `${space()}{${body.join()}${space()}}${space()}`;
  }

  it('agrees with JSON.parse for any object, except that the first of two equal members counts [MS3]', () => {
    fc.assert(
      fc.property(members, keys, spaces, fc.boolean(), (list, other, space, escapes) => {
        const text = write(list, space, escapes);
        JSON.parse(text);
        for (const name of [...list.map(([name]) => name), other]) {
          const written = list.find(([key]) => key === name)?.[1];
          const value = JSON.parse(JSON.stringify(written) ?? 'null');
          const expected = typeof value === 'string' || typeof value === 'number' ? value : undefined;
          const found = field(text, name);
          // Digits as text are as good as the number, where a double does not print as it was written.
          if (typeof expected === 'number' && typeof found === 'string') expect(Number(found)).toBe(expected);
          else expect(found).toBe(expected);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps every digit of any number [MS4]', () => {
    const digits = fc.stringMatching(/^-?(?:0|[1-9]\d{0,24})(?:\.\d{1,24})?(?:[eE][+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(digits, (text) => {
        const found = field(`{"a":0,"v":${text}}`, 'v');
        expect(exact(found as number | string)).toBe(exact(text));
        expect(found).toBe(typeof found === 'string' ? text : Number(text));
      }),
      { numRuns: 2_000 },
    );
  });

  /** The value as `±digits × 10^exponent` without trailing zeros; of a number, the shortest that names it. */
  function exact(value: number | string): string {
    const [, sign, whole = '', fraction = '', exponent = '0'] =
      /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(String(value)) ?? [];
    const digits = `${whole}${fraction}`.replace(/^0+/, '');
    const stripped = digits.replace(/0+$/, '');
    if (stripped === '') return '0';
    return `${sign}${stripped}e${Number(exponent) - fraction.length + digits.length - stripped.length}`;
  }

  it('never throws for any text [MS5]', () => {
    const noise = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        ':',
        ',',
        '\\',
        '\\u',
        'id',
        '"id"',
        '1',
        '-',
        '.',
        'e',
        'null',
        ' ',
        '\n',
        'x',
      ),
    );
    const truncated = fc.tuple(members, spaces, fc.nat()).map(([list, space, length]) => {
      const text = write(list, space, false);
      return text.slice(0, length % (text.length + 1));
    });
    const texts = fc.oneof(
      noise.map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
      truncated,
    );
    fc.assert(
      fc.property(texts, keys, (text, name) => {
        const found = field(text, name);
        expect(['string', 'number', 'undefined']).toContain(typeof found);
      }),
      { numRuns: 5_000 },
    );
  });
});
