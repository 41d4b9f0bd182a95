import fc from 'fast-check';
import { type Level, OrderBook } from 'hpx-transport-ws/order-book';
import { describe, expect, it } from 'vitest';
import { BookChannel, eventsOf, SNAPSHOT, type TestUpdate, testAdapter } from '../support/books.js';

function bookOf(...updates: readonly TestUpdate[]) {
  const source = new BookChannel();
  const book = new OrderBook(source.channel, testAdapter);
  const errors: string[] = [];
  book.on('error', ({ message }) => void errors.push(message));
  source.deliver(...updates);
  return { source, book, errors };
}

/** A side as a plain Map: prices as integers of the smallest step, each with the level as it was written last. */
type Model = Map<bigint, Level>;

const DIGITS = 30;

/** A price in few steps near 100, or of many digits, in one of several writings. */
const price = fc
  .record({
    whole: fc.oneof(fc.bigInt(95n, 105n), fc.bigInt(9007199254740990n, 9007199254740996n), fc.bigInt(-2n, 2n)),
    fraction: fc.oneof(
      fc.constantFrom('', '5', '25', '000000000000000001', '00000000000000000000000000001'),
      fc.nat(9).map(String),
    ),
    zeros: fc.nat(3),
  })
  .map(({ whole, fraction, zeros }) => {
    const digits = fraction + '0'.repeat(zeros);
    const text = digits === '' ? String(whole) : `${whole}.${digits}`;
    const steps = BigInt(String(whole) + fraction.padEnd(DIGITS, '0'));
    return { text, steps };
  });

const size = fc.constantFrom('0', '0.000', '1', '2.50', '0.001', '123456789012345678901234567890.1');
const levels = fc.array(fc.tuple(price, size), { maxLength: 12 });
const step = fc.record({ isSnapshot: fc.boolean(), bids: levels, asks: levels });

function write(model: Model, changes: readonly (readonly [{ text: string; steps: bigint }, string])[]): void {
  for (const [{ text, steps }, amount] of changes) {
    if (/[1-9]/.test(amount)) model.set(steps, [text, amount]);
    else model.delete(steps);
  }
}

/** One level of each price, so that the order within a snapshot says nothing. */
function once<T extends readonly [{ steps: bigint }, string]>(changes: readonly T[]): T[] {
  return [...new Map(changes.map((change) => [change[0].steps, change])).values()];
}

function sorted(model: Model, sign: 1 | -1): Level[] {
  return [...model].sort(([a], [b]) => (a < b ? -sign : sign)).map(([, level]) => level);
}

describe('the levels of a book', () => {
  it('are those of a plain map, sorted exactly, after any snapshots and changes [OB1, OB2]', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.nat(5), (steps, count) => {
        const { source, book, errors } = bookOf({ type: 'snapshot' });
        const bids: Model = new Map();
        const asks: Model = new Map();
        book.on('change', () => {
          expect(book.bids()).toEqual(sorted(bids, -1));
          expect(book.asks()).toEqual(sorted(asks, 1));
        });
        for (const { isSnapshot, ...changes } of steps) {
          const [b, a] = [once(changes.bids), once(changes.asks)];
          if (isSnapshot) for (const side of [bids, asks]) side.clear();
          write(bids, b);
          write(asks, a);
          const texts = (side: typeof b) => side.map(([{ text }, amount]) => [text, amount] as const);
          source.deliver({ type: isSnapshot ? 'snapshot' : 'delta', b: texts(b), a: texts(a) });
          expect(book.top(count)).toEqual({
            bids: sorted(bids, -1).slice(0, count),
            asks: sorted(asks, 1).slice(0, count),
          });
          expect([book.bestBid, book.bestAsk]).toEqual([sorted(bids, -1)[0], sorted(asks, 1)[0]]);
        }
        expect(errors).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('are sorted in a book of thousands of levels, whatever the order of the snapshot [OB1]', () => {
    const prices = Array.from({ length: 5_000 }, (_, n) => String(((n * 7_919) % 5_000) + 1));
    const { source, book } = bookOf({ type: 'snapshot', b: prices.map((text) => [text, '1'] as const) });
    for (const text of prices.slice(0, 2_500)) source.deliver({ b: [[text, '0']] });
    for (const text of prices.slice(0, 1_000)) source.deliver({ b: [[text, '2']] });
    const left = new Map<string, string>();
    for (const text of prices.slice(2_500)) left.set(text, '1');
    for (const text of prices.slice(0, 1_000)) left.set(text, '2');
    expect(book.bids()).toEqual([...left].sort(([a], [b]) => Number(b) - Number(a)));
  });

  it('keep the digits of the venue, and one price is one level however it is written [OB2]', () => {
    const { source, book } = bookOf({ type: 'snapshot', b: [['91234.50', '1.250']] });
    source.deliver({ b: [['91234.5', '2.0']] });
    expect(book.bids()).toEqual([['91234.5', '2.0']]);
    source.deliver({ b: [['091234.500', '0.000']] });
    expect(book.bids()).toEqual([]);
  });

  it('tell prices apart that are one number for JavaScript [OB2]', () => {
    const { book } = bookOf({
      type: 'snapshot',
      a: [
        ['9007199254740993', '1'],
        ['9007199254740992', '2'],
        ['0.1000000000000000055511151231257827', '3'],
        ['0.1', '4'],
      ],
    });
    expect(book.asks().map(([, amount]) => amount)).toEqual(['4', '3', '2', '1']);
  });

  it('may come as numbers, and are texts without an exponent [OB3]', () => {
    const { book } = bookOf({
      type: 'snapshot',
      b: [
        [91234.5, 10],
        [0.00000012, 1e-7],
        [1e-9, 2.5e21],
      ],
    });
    expect(book.bids()).toEqual([
      ['91234.5', '10'],
      ['0.00000012', '0.0000001'],
      ['0.000000001', '2500000000000000000000'],
    ]);
  });

  it('may have further members, which the book leaves out [OB1]', () => {
    const { book } = bookOf({ type: 'snapshot', a: [['91234.6', '0.604', '0', '3']] });
    expect(book.top(1)).toEqual({ bids: [], asks: [['91234.6', '0.604']] });
  });

  it('of an earlier top() stay as they were [OB1]', () => {
    const { source, book } = bookOf(SNAPSHOT);
    const before = book.top(1);
    source.deliver({ b: [['100', '7']] });
    expect(before.bids).toEqual([['100', '1']]);
  });

  it.each(['', '.', '1.2.3', '0x10', 'abc', '1e', Number.NaN, Infinity])(
    'that are no decimals (%s) make the book stale [OB8, OB13]',
    (wrong) => {
      for (const level of [
        [wrong, '1'],
        ['0.5', wrong],
      ] as const) {
        const { source, book, errors } = bookOf(SNAPSHOT);
        const events = eventsOf(book);
        source.deliver({ b: [level] });
        expect(events[0]).toBe('stale unreadable');
        expect(errors).toEqual([
          expect.stringMatching(/^The adapter could not read an update of book: The (price|size)/),
        ]);
        expect(source.resyncs).toBe(1);
      }
    },
  );
});
