import { type BookAdapter, OrderBook } from 'hpx-transport-ws/order-book';
import { describe, expect, it } from 'vitest';
import { eventsOf, type TestUpdate, testAdapter } from '../support/books.js';
import { barrier, connectClient, serve, topicsOf } from '../support/live.js';

type Topics = Record<string, TestUpdate>;

/** A venue that sends its book to each subscriber first, on a real socket. */
async function venue() {
  const server = await serve();
  const book: TestUpdate = { type: 'snapshot', b: [['100.50', '1']], a: [['100.60', '2']], u: 10 };
  server.respondTo('"op":"subscribe"', (text) => [
    { op: 'subscribe', success: true, req_id: JSON.parse(text).req_id },
    { topic: 'book', data: book },
  ]);
  const client = await connectClient<Topics>(server);
  const publish = (data: TestUpdate) => server.broadcast({ topic: 'book', data });
  return { server, client, publish, subscribe: () => client.subscribe('book') };
}

/** Resolves with the next event of that name. */
function next(book: OrderBook<TestUpdate>, event: 'stale' | 'change'): Promise<unknown> {
  return new Promise((resolve) => book.once(event, (first: unknown) => resolve(first)));
}

describe('a book on a real socket', () => {
  it('finds a gap of the venue, resyncs itself once and is right again [OB5, OB6]', async () => {
    const { server, client, publish, subscribe } = await venue();
    const book = new OrderBook(await subscribe(), testAdapter);
    const events = eventsOf(book);
    await book.whenSynced();
    const stale = next(book, 'stale');
    publish({ b: [['100.40', '5']], u: 12, previous: 11 });
    publish({ b: [['100.30', '5']], u: 13, previous: 12 });
    expect(await stale).toBe('sequence');
    await book.whenSynced();
    await barrier(client as never);
    expect(topicsOf(server)).toEqual([['book'], ['book']]);
    expect(topicsOf(server, 'unsubscribe')).toEqual([['book']]);
    expect(book.top(5)).toEqual({ bids: [['100.50', '1']], asks: [['100.60', '2']] });
    expect(events).toEqual(['synced', 'snapshot', 'stale sequence', 'synced', 'snapshot']);
  });

  it('comes back after a drop without a resync [OB7]', async () => {
    const { server, client, subscribe } = await venue();
    const book = new OrderBook(await subscribe(), testAdapter);
    const events = eventsOf(book);
    await book.whenSynced();
    const stale = next(book, 'stale');
    server.dropAll();
    expect(await stale).toBe('interrupted');
    await book.whenSynced();
    await barrier(client as never);
    expect(topicsOf(server, 'unsubscribe')).toEqual([]);
    expect(events).toEqual(['synced', 'snapshot', 'stale interrupted', 'synced', 'snapshot']);
  });

  it('of a second channel, which saw no snapshot, is full after one resync, and both go on [OB9, OB11]', async () => {
    const { server, client, publish, subscribe } = await venue();
    const first = new OrderBook(await subscribe(), testAdapter);
    await first.whenSynced();
    const second = new OrderBook(await subscribe(), testAdapter);
    const stale = next(first, 'stale');
    publish({ b: [['100.40', '5']], u: 11, previous: 10 });
    expect(await stale).toBe('resync');
    await Promise.all([first.whenSynced(), second.whenSynced()]);
    const changes = [first, second].map((book) => next(book, 'change'));
    publish({ b: [['100.30', '7']], u: 11, previous: 10 });
    await Promise.all(changes);
    await barrier(client as never);
    expect(second.top(9)).toEqual(first.top(9));
    expect(second.bids()).toContainEqual(['100.30', '7']);
    expect(topicsOf(server)).toEqual([['book'], ['book']]);
  });

  it('reports a failing adapter through the client if nobody else listens, without an unhandled rejection [OB13]', async () => {
    const { client, subscribe } = await venue();
    const error = new Promise<Error>((resolve) => client.once('error', resolve));
    const adapter: BookAdapter<TestUpdate> = {
      read: () => {
        throw new Error('no such member');
      },
    };
    new OrderBook(await subscribe(), adapter);
    expect((await error).message).toContain('The adapter could not read an update of book: no such member.');
  });
});
