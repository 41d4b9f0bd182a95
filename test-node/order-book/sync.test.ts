import { ConfigError, ConnectionClosedError, SubscriptionFailedError } from 'hpx-transport-ws';
import { type BookAdapter, type BookChange, OrderBook } from 'hpx-transport-ws/order-book';
import { describe, expect, it } from 'vitest';
import { Message } from '../../src/protocol/message.js';
import { BookChannel, eventsOf, SNAPSHOT, type TestUpdate, testAdapter } from '../support/books.js';

function open(adapter: BookAdapter<TestUpdate> = testAdapter) {
  const source = new BookChannel();
  const book = new OrderBook(source.channel, adapter);
  return { source, book, events: eventsOf(book) };
}

/** A book that has its snapshot. */
function synced(adapter?: BookAdapter<TestUpdate>) {
  const opened = open(adapter);
  opened.source.deliver(SNAPSHOT);
  opened.events.length = 0;
  return opened;
}

describe('a book', () => {
  it('is synced with its snapshot, and tells each change once, with the levels that changed [OB4]', () => {
    const { source, book, events } = open();
    const changes: unknown[] = [];
    book.on('change', ({ bids, asks }) => void changes.push([bids, asks]));
    expect(book.isSynced).toBe(false);
    source.deliver(SNAPSHOT, { b: [['99', '3']], u: 2, previous: 1 });
    expect(events).toEqual(['synced', 'snapshot', 'change']);
    expect(changes.at(-1)).toEqual([[['99', '3']], []]);
    expect(book.isSynced).toBe(true);
  });

  it('tells no change for an update without levels, and for an update that the adapter passes over [OB4]', () => {
    const { source, events } = synced();
    source.deliver({ u: 1, previous: 1 }, { type: 'note' }, { b: [['99', '3']], u: 2, previous: 1 });
    expect(events).toEqual(['change']);
  });

  it.each<[string, TestUpdate]>([
    ['sequence', { b: [['100', '9']], u: 4, previous: 3 }],
    ['checksum', { b: [['100', '9']], u: 2, previous: 1, checksum: 13 }],
    ['reset', { type: 'reset' }],
  ])('is stale after a wrong %s, resyncs once, and is synced with the next snapshot [OB5, OB6]', (reason, update) => {
    const { source, book, events } = synced({ ...testAdapter, checksum: () => 12 });
    source.deliver(update, update, { b: [['100', '9']], u: 5, previous: 4 });
    expect(events).toEqual([`stale ${reason}`]);
    expect(book.isSynced).toBe(false);
    source.gap('resync');
    source.deliver({ b: [['100', '9']], u: 6, previous: 5 });
    source.deliver({ type: 'snapshot', b: [['98', '1']], u: 6 }, { b: [['97', '1']], u: 7, previous: 6 });
    expect(events).toEqual([`stale ${reason}`, 'synced', 'snapshot', 'change']);
    expect(book.bids()).toEqual([
      ['98', '1'],
      ['97', '1'],
    ]);
    expect(source.resyncs).toBe(1);
  });

  it('keeps its last state while it is stale [OB5]', () => {
    const { source, book } = synced();
    source.deliver({ b: [['100', '9']], u: 4, previous: 3 });
    expect(book.top(5)).toEqual({ bids: [['100', '1']], asks: [['101', '2']] });
  });

  it('accepts a right checksum [OB5]', () => {
    const { source, book } = synced({ ...testAdapter, checksum: (view) => view.top(1).bids.join() });
    source.deliver({ b: [['100.5', '3']], u: 2, checksum: '100.5,3' });
    expect(book.isSynced).toBe(true);
  });

  it('asks again if the new snapshot has a wrong checksum [OB6]', () => {
    const { source, book, events } = synced({ ...testAdapter, checksum: () => 12 });
    source.deliver({ ...SNAPSHOT, checksum: 13 }, { ...SNAPSHOT, checksum: 13 });
    expect(source.resyncs).toBe(2);
    source.deliver({ ...SNAPSHOT, checksum: 12 });
    expect([events, book.isSynced]).toEqual([['stale checksum', 'synced', 'snapshot'], true]);
  });

  it.each(['sequence', 'overflow'] as const)('resyncs once after a gap of its channel (%s) [OB5, OB6]', (cause) => {
    const { source, events } = synced();
    source.gap(cause);
    source.deliverAt(1, { b: [['99', '3']], u: 2, previous: 1 }, cause);
    source.deliver({ b: [['99', '3']], u: 3, previous: 2 });
    expect([events, source.resyncs]).toEqual([[`stale ${cause}`], 1]);
  });

  it.each(['disconnect', 'resync'] as const)(
    'waits for the snapshot after a gap that brings one (%s) [OB7]',
    (cause) => {
      const { source, events } = synced();
      source.gap(cause);
      source.deliverAt(1, { ...SNAPSHOT, u: 40 }, cause);
      source.deliver({ b: [['99', '3']], u: 41, previous: 40 });
      expect([events, source.resyncs]).toEqual([[`stale ${cause}`, 'synced', 'snapshot', 'change'], 0]);
    },
  );

  it('resyncs if the new connection begins without a snapshot [OB6, OB7]', () => {
    const { source, events } = synced();
    source.gap('disconnect');
    source.deliverAt(1, { b: [['99', '3']], u: 9, previous: 8 }, 'disconnect');
    source.deliver({ b: [['99', '3']], u: 10, previous: 9 });
    expect([events, source.resyncs]).toEqual([['stale disconnect'], 1]);
  });

  it('is stale while the connection is lost, and synced again where the session goes on without a gap [OB7]', () => {
    const { source, book, events } = synced();
    source.inlet.goLive();
    source.inlet.interrupted();
    expect([events, book.isSynced]).toEqual([['stale interrupted'], false]);
    source.inlet.resumed(2);
    expect(book.isSynced).toBe(true);
    source.deliver({ b: [['99', '3']], u: 2, previous: 1 });
    expect([events, source.resyncs]).toEqual([['stale interrupted', 'synced', 'change'], 0]);
  });

  it('resyncs once if it begins without a snapshot [OB9]', async () => {
    const { source, book } = open();
    source.deliver({ b: [['99', '3']], u: 9 }, { b: [['99', '4']], u: 10 });
    expect([source.resyncs, book.isSynced, book.bids()]).toEqual([1, false, []]);
    const wait = book.whenSynced();
    source.deliver(SNAPSHOT);
    await wait;
    await book.whenSynced();
  });

  it('reads what came before it was made [OB9]', async () => {
    const source = new BookChannel();
    source.deliver(SNAPSHOT, { b: [['99', '3']], u: 2, previous: 1 });
    const book = new OrderBook(source.channel, testAdapter);
    await book.whenSynced();
    await source.settled();
    expect(book.bids().length).toBe(2);
  });
});

describe('the sequence numbers of a book', () => {
  it.each<[string, TestUpdate, TestUpdate]>([
    ['of any type', { ...SNAPSHOT, u: '9007199254740993' }, { u: 9007199254740995n, previous: 9007199254740993n }],
    ['that jump', { ...SNAPSHOT, u: 5 }, { u: 99, previous: 5 }],
    ['that go back to begin anew', { ...SNAPSHOT, u: 500 }, { u: 3, previous: 500 }],
    ['of several updates in one', { ...SNAPSHOT, u: 500 }, { first: 501, u: 510 }],
    ['of several updates, the first of which the book has', { ...SNAPSHOT, u: '500' }, { first: '490', u: '510' }],
    ['that the venue does not send', { ...SNAPSHOT, u: undefined } as TestUpdate, { u: 7, previous: 6 }],
  ])('%s fit [OB5]', (_, snapshot, update) => {
    const { source, book, events } = open();
    source.deliver(snapshot, { ...update, b: [['99', '1']] });
    expect([events.at(-1), book.isSynced]).toEqual(['change', true]);
  });

  it('of an update that the book has already pass it over [OB5]', () => {
    const { source, book } = synced();
    source.deliver({ first: 0, u: 1, b: [['100', '9']] });
    expect(book.bestBid).toEqual(['100', '1']);
    source.deliver({ first: 0, u: 2, b: [['100', '5']] });
    expect(book.bestBid).toEqual(['100', '5']);
  });

  it('of several updates in one do not fit if one is missing between [OB5]', () => {
    const { source, events } = synced();
    source.deliver({ first: 3, u: 4, b: [['100', '9']] });
    expect(events).toEqual(['stale sequence']);
  });
});

describe('the readers of a book', () => {
  it('share the book of their channel: the second is full at once, and the last one ends the channel [OB10]', async () => {
    const { source, book, events } = synced();
    const second = new OrderBook(source.channel, testAdapter);
    const heard = eventsOf(second);
    expect([second.isSynced, second.top(1)]).toEqual([true, book.top(1)]);
    await book.close();
    expect([events, book.closed, source.hasLeft]).toEqual([['close'], true, false]);
    source.deliver({ b: [['99', '3']], u: 2, previous: 1 });
    expect([events, heard]).toEqual([['close'], ['change']]);
    await second.close();
    await second.close();
    expect([heard, source.hasLeft, source.resyncs]).toEqual([['change', 'close'], true, 0]);
  });

  it('on channels of their own resync once for the same update [OB11]', () => {
    const sources = [new BookChannel(), new BookChannel(), new BookChannel('another')];
    for (const { channel } of sources) new OrderBook(channel, testAdapter);
    const message = new Message('{}');
    for (const source of sources) source.deliver(SNAPSHOT);
    for (const source of sources) source.deliverAt(1, { u: 9, previous: 8 }, undefined, message);
    expect(sources.map(({ resyncs }) => resyncs)).toEqual([1, 0, 1]);
  });

  it('may close the book while it tells that it is stale: nothing is asked for then [OB12]', () => {
    const { source, book } = synced();
    book.on('stale', () => void book.close());
    source.deliver({ u: 9, previous: 8 });
    expect([source.resyncs, source.hasLeft]).toEqual([0, true]);
  });
});

describe('the end of a book', () => {
  it('comes with its channel: close tells why, and whenSynced() rejects [OB12]', async () => {
    const { source, book, events } = open();
    const waiting = book.whenSynced();
    const causes: unknown[] = [];
    book.on('close', (cause) => void causes.push(cause));
    const error = new SubscriptionFailedError('book', 'The server ended book.');
    book.on('error', () => {});
    source.inlet.fail(error);
    await expect(waiting).rejects.toThrow(ConnectionClosedError);
    await expect(book.whenSynced()).rejects.toThrow('The order book of book is closed.');
    expect([events, book.closed, book.isSynced]).toEqual([['close'], true, false]);
    expect(causes).toEqual([{ code: 1000, reason: error.message, error }]);
    expect(new OrderBook(source.channel, testAdapter).closed).toBe(true);
  });

  it('leaves the last state to be read, and prints short [OB12]', async () => {
    const { book } = synced();
    await book[Symbol.asyncDispose]();
    expect(book.bids()).toEqual([['100', '1']]);
    expect(JSON.parse(JSON.stringify(book))).toEqual({ topic: 'book', synced: false, closed: true, bids: 1, asks: 1 });
  });
});

describe('what goes wrong in a book', () => {
  it('is reported: an adapter that fails makes the book stale [OB8, OB13]', () => {
    const { source, events } = synced({
      read: (update) => {
        if (update.data.u === 2) throw new TypeError('no such member');
        return testAdapter.read(update);
      },
    });
    source.deliver({ u: 2 }, { u: 2 });
    const error = 'error The adapter could not read an update of book: no such member.';
    expect([events, source.resyncs]).toEqual([['stale unreadable', error, error], 1]);
  });

  it.each<[string, (u: number) => unknown, string]>([
    ['a change without lists', (u) => ({ snapshot: false, sequence: u }), 'A change needs the lists bids and asks.'],
    ['a promise', () => Promise.resolve(), 'A change needs the lists bids and asks.'],
    ['a number that is no integer', (u) => change({ sequence: 'x', first: u }), 'Cannot convert x to a BigInt.'],
    ['a negative size', (u) => change({ sequence: u, bids: [['1', '-1']] }), 'The size of a level is negative.'],
    ['a checksum() that throws', (u) => change({ sequence: u, bids: [['1', '1']], checksum: 1 }), 'my mistake.'],
  ])('is reported: %s makes the book stale [OB8, OB13]', (_, changeOf, words) => {
    const { source, book, events } = synced({
      read: (update) => (update.data.u === 2 ? (changeOf(2) as BookChange) : testAdapter.read(update)),
      checksum: () => {
        throw new Error('my mistake');
      },
    });
    source.deliver({ u: 2 });
    expect(book.isSynced).toBe(false);
    expect(events).toEqual(['stale unreadable', `error The adapter could not read an update of book: ${words}`]);
    expect(source.resyncs).toBe(1);
  });

  it('is reported: a resync that is refused [OB13]', async () => {
    const { source, events } = synced();
    source.refusal = new Error('not now');
    source.deliver({ u: 9, previous: 8 });
    await source.settled();
    expect(events).toEqual([
      'stale sequence',
      'error The order book of book is stale, and the resync failed: not now.',
    ]);
  });

  it('is reported by the client if the book has no error listener [OB13]', async () => {
    const source = new BookChannel();
    const book = new OrderBook(source.channel, testAdapter);
    book.on('change', () => {
      throw new Error('my mistake');
    });
    source.deliver(SNAPSHOT);
    expect(source.context.emitted.map(([name, error]) => [name, String(error)])).toEqual([
      ['error', expect.stringContaining("A listener of 'change' failed: my mistake.")],
    ]);
  });

  it('is refused at once: no channel, no adapter, a channel that conflates [OB14]', () => {
    const { channel } = new BookChannel();
    expect(() => new OrderBook(undefined as never, testAdapter)).toThrow(ConfigError);
    expect(() => new OrderBook(channel, {} as never)).toThrow(/adapter/);
    const latest = new BookChannel('book', { overflow: 'latest' });
    expect(() => new OrderBook(latest.channel, testAdapter)).toThrow(/channel\.overflow.*'latest'/);
  });
});

function change(some: Partial<BookChange>): BookChange {
  return { snapshot: false, bids: [], asks: [], ...some };
}
