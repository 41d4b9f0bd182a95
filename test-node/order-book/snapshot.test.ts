import type { BookAdapter, BookChange } from 'hpx-transport-ws/order-book';
import { OrderBook } from 'hpx-transport-ws/order-book';
import { describe, expect, it } from 'vitest';
import { BookChannel, eventsOf, type TestUpdate, testAdapter } from '../support/books.js';
import { deferred } from '../support/live.js';

/** A book whose snapshots do not come on its channel: the test gives them. */
function open() {
  const source = new BookChannel();
  const calls: {
    topic: string;
    signal: AbortSignal;
    resolve(snapshot: BookChange): void;
    reject(error: unknown): void;
  }[] = [];
  const adapter: BookAdapter<TestUpdate> = {
    ...testAdapter,
    snapshot: (topic, signal) => {
      const call = deferred<BookChange>();
      calls.push({ topic, signal, ...call });
      return call.promise;
    },
  };
  const book = new OrderBook(source.channel, adapter);
  const changed: unknown[] = [];
  book.on('change', ({ bids }) => void changed.push(bids[0]?.[1]));
  /** Gives the snapshot that was asked for last. */
  const give = async (sequence: number, size: string) => {
    calls.at(-1)?.resolve({ snapshot: true, bids: [['100', size]], asks: [], sequence });
    await source.settled();
  };
  return { source, book, calls, give, changed, events: eventsOf(book) };
}

const change = (first: number, u: number): TestUpdate => ({ first, u, b: [['100', `${u}`]] });

describe('a snapshot that does not come on the channel', () => {
  it('is asked for with the first update; updates meanwhile are kept, and older ones are dropped [OB15]', async () => {
    const { source, book, calls, give, changed, events } = open();
    expect(calls).toEqual([]);
    source.deliver(change(1, 4), change(5, 6), change(7, 9));
    expect([calls.length, calls[0]?.topic, book.isSynced]).toEqual([1, 'book', false]);
    await give(5, '5');
    source.deliver(change(10, 11));
    expect([changed, events]).toEqual([
      ['5', '6', '9', '11'],
      ['synced', 'snapshot', 'change', 'change', 'change'],
    ]);
    expect([calls.length, calls[0]?.signal.aborted, source.resyncs]).toEqual([1, false, 0]);
  });

  it('may continue a chain of previous numbers [OB15]', async () => {
    const { source, book, give, changed } = open();
    for (const u of [4, 5, 6]) source.deliver({ previous: u - 1, u, b: [['100', `${u}`]] });
    await give(5, '5');
    expect([book.isSynced, changed]).toEqual([true, ['5', '6']]);
  });

  it('that is too old is asked for again, after 1 000 [OB16]', async () => {
    const { source, book, calls, give, events } = open();
    source.deliverAt(1_000, change(8, 9));
    await give(5, '5');
    source.deliverAt(1_999, change(10, 10));
    expect([calls.length, book.isSynced, events]).toEqual([1, false, []]);
    source.deliverAt(2_000, change(11, 11));
    await give(9, '9');
    expect([calls.length, book.isSynced, book.bestBid]).toEqual([2, true, ['100', '11']]);
  });

  it('that fails is reported and asked for again, after 1 000 doubling to 30 000 [OB16, OB13]', async () => {
    const { source, calls, events } = open();
    const asked: number[] = [];
    for (let now = 0, u = 1; now < 100_000; now += 500, u++) {
      const before = calls.length;
      source.deliverAt(now, change(u, u));
      if (calls.length > before) {
        asked.push(now);
        calls.at(-1)?.reject(new Error('HTTP 500'));
        await source.settled();
      }
    }
    expect(asked).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000]);
    expect(new Set(events)).toEqual(new Set(['error The snapshot of book could not be got: HTTP 500.']));
  });

  it('is asked for again after a gap, by the first update that follows [OB15, OB6]', async () => {
    const { source, book, calls, give, events } = open();
    source.deliver(change(1, 4));
    await give(4, '4');
    events.length = 0;
    source.deliverAt(1_000, change(6, 6));
    source.deliver(change(7, 7));
    expect([events, calls.length, source.resyncs]).toEqual([['stale sequence'], 2, 0]);
    await give(6, '6');
    expect([book.isSynced, book.bestBid]).toEqual([true, ['100', '7']]);
    for (const [cause, now] of [
      ['disconnect', 60_000],
      ['resync', 70_000],
    ] as const) {
      source.gap(cause);
      expect([book.isSynced, calls.at(-1)?.signal.aborted]).toEqual([false, false]);
      source.deliverAt(now, change(20, 21), cause);
      await give(20, '20');
      expect(book.isSynced).toBe(true);
    }
    expect(calls.length).toBe(4);
  });

  it('is not needed any more when the connection is lost or the book ends: its signal is aborted [OB17]', async () => {
    const { source, book, calls, give, events } = open();
    source.deliver(change(1, 4));
    source.gap('disconnect');
    expect(calls[0]?.signal.aborted).toBe(true);
    await give(9, '9');
    expect(book.isSynced).toBe(false);
    source.deliverAt(1_000, change(1, 4));
    await book.close();
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    calls[1]?.reject(new Error('aborted'));
    await source.settled();
    expect(events).toEqual(['close']);
  });

  it('is reported if it is no snapshot [OB13]', async () => {
    const { source, calls, events } = open();
    source.deliver(change(1, 4));
    calls[0]?.resolve(undefined as never);
    await source.settled();
    expect(events).toEqual([expect.stringContaining('error The snapshot of book could not be got: ')]);
  });
});
