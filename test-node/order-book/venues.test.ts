import { type BookAdapter, type BookChange, OrderBook } from 'hpx-transport-ws/order-book';
import { describe, expect, it } from 'vitest';
import { BookChannel, eventsOf } from '../support/books.js';
import {
  type BinanceDepth,
  type BinancePartialDepth,
  type BybitBook,
  binanceBook,
  binancePartialBook,
  bybitBook,
  type DeribitBook,
  deribitBook,
  type OkxBook,
  okxBook,
} from './venue-books.js';

function open<T>(adapter: BookAdapter<T>, topic?: string) {
  const source = new BookChannel<T>(topic);
  const book = new OrderBook(source.channel, adapter);
  return { source, book, events: eventsOf(book as OrderBook<never>) };
}

describe('the book of Bybit', () => {
  const snapshot: BybitBook = {
    type: 'snapshot',
    data: {
      b: [
        ['91234.50', '1.250'],
        ['91234.40', '0.010'],
      ],
      a: [
        ['91234.60', '0.731'],
        ['91235.00', '2.004'],
      ],
      u: 88120001,
    },
  };
  const delta: BybitBook = { type: 'delta', data: { b: [['91234.50', '0']], a: [['91234.70', '3.100']], u: 88120002 } };

  it('follows its recorded frames, a restart of the service included [OB18]', () => {
    const { source, book, events } = open(bybitBook);
    source.deliver(snapshot, delta);
    expect(book.top(2)).toEqual({
      bids: [['91234.40', '0.010']],
      asks: [
        ['91234.60', '0.731'],
        ['91234.70', '3.100'],
      ],
    });
    source.deliver({ type: 'snapshot', data: { b: [['91230.00', '1.000']], a: [['91230.10', '1.000']], u: 1 } });
    source.deliver({ type: 'delta', data: { b: [], a: [['91230.10', '2.000']], u: 2 } });
    expect(book.top(2)).toEqual({ bids: [['91230.00', '1.000']], asks: [['91230.10', '2.000']] });
    expect(events).toEqual(['synced', 'snapshot', 'change', 'snapshot', 'change']);
  });

  it('misses an update if u jumps [OB18]', () => {
    const { source, events } = open(bybitBook);
    source.deliver(snapshot, { ...delta, data: { ...delta.data, u: 88120003 } });
    expect([events.at(-1), source.resyncs]).toEqual(['stale sequence', 1]);
  });
});

describe('the book of OKX', () => {
  const snapshot: OkxBook = {
    action: 'snapshot',
    data: [
      { asks: [['91234.6', '0.604', '0', '3']], bids: [['91234.5', '1.2', '0', '5']], seqId: 450001, prevSeqId: -1 },
    ],
  };
  const delta: OkxBook = {
    action: 'update',
    data: [{ asks: [['91234.6', '0', '0', '0']], bids: [], seqId: 450004, prevSeqId: 450001 }],
  };
  const next = (seqId: number, prevSeqId: number, bids: [string, string, string, string][] = []): OkxBook => ({
    action: 'update',
    data: [{ asks: [], bids, seqId, prevSeqId }],
  });

  it('follows its recorded frames, keep-alives and a maintenance reset included [OB18]', () => {
    const { source, book, events } = open(okxBook);
    source.deliver(snapshot, delta);
    expect(book.top(5)).toEqual({ bids: [['91234.5', '1.2']], asks: [] });
    source.deliver(
      next(450004, 450004),
      next(7, 450004, [['91234.5', '2', '0', '1']]),
      next(9, 7, [['91234.4', '1', '0', '1']]),
    );
    expect(events).toEqual(['synced', 'snapshot', 'change', 'change', 'change']);
    expect(book.bids()).toEqual([
      ['91234.5', '2'],
      ['91234.4', '1'],
    ]);
  });

  it('misses an update if prevSeqId is another [OB18]', () => {
    const { source, events } = open(okxBook);
    source.deliver(snapshot, next(450009, 450004));
    expect([events.at(-1), source.resyncs]).toEqual(['stale sequence', 1]);
  });
});

describe('the book of Deribit', () => {
  const snapshot: DeribitBook = {
    type: 'snapshot',
    change_id: 193809616666,
    bids: [
      ['new', 91234.5, 270],
      ['new', 91234, 7414],
    ],
    asks: [['new', 91235, 53]],
  };
  const change: DeribitBook = {
    type: 'change',
    change_id: 193809650259,
    prev_change_id: 193809616666,
    bids: [['delete', 91234, 0]],
    asks: [['change', 91235, 91]],
  };

  it('follows its recorded frames [OB18]', () => {
    const { source, book } = open(deribitBook);
    source.deliver(snapshot, change);
    expect(book.top(5)).toEqual({ bids: [['91234.5', '270']], asks: [['91235', '91']] });
  });

  it('misses an update if prev_change_id is another [OB18]', () => {
    const { source, events } = open(deribitBook);
    source.deliver(snapshot, { ...change, prev_change_id: 193809616667 });
    expect([events.at(-1), source.resyncs]).toEqual(['stale sequence', 1]);
  });
});

describe('the book of Binance', () => {
  const depth = (U: number, u: number, size: string): BinanceDepth => ({
    U,
    u,
    b: [['91234.50000000', size]],
    a: [['91234.60000000', '1.20000000']],
  });

  it('follows its recorded frames from the snapshot of the application [OB18]', async () => {
    const asked: string[] = [];
    const snapshot = async (topic: string) => {
      asked.push(topic);
      return { lastUpdateId: 70100157, bids: [['91234.50000000', '9.0']], asks: [] } as BinancePartialDepth;
    };
    const { source, book, events } = open(binanceBook(snapshot), 'btcusdt@depth');
    source.deliver(depth(70100150, 70100156, '1.0'), depth(70100157, 70100160, '0.00000000'));
    await source.settled();
    expect(book.top(5)).toEqual({ bids: [], asks: [['91234.60000000', '1.20000000']] });
    source.deliver(depth(70100161, 70100161, '2.0'), depth(70100163, 70100164, '3.0'));
    expect(asked).toEqual(['BTCUSDT']);
    expect(events).toEqual(['synced', 'snapshot', 'change', 'change', 'stale sequence']);
  });

  it('of a partial depth is each update as it comes [OB18]', () => {
    const { source, book, events } = open(binancePartialBook);
    source.deliver(
      { lastUpdateId: 70100170, bids: [['91234.50000000', '1.00000000']], asks: [['91234.60000000', '2.00000000']] },
      { lastUpdateId: 70100190, bids: [['91234.40000000', '1.00000000']], asks: [] },
    );
    expect(book.top(5)).toEqual({ bids: [['91234.40000000', '1.00000000']], asks: [] });
    expect(events).toEqual(['synced', 'snapshot', 'snapshot']);
  });
});

it('an adapter may be written in one line', () => {
  const adapter: BookAdapter<BookChange> = { read: ({ data }) => data };
  const { source, book } = open(adapter);
  source.deliver({ snapshot: true, bids: [], asks: [['1', '1']] });
  expect(book.bestAsk).toEqual(['1', '1']);
});
