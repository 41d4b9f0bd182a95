import { ConfigError, SubscriptionFailedError, type WebSocketClient } from 'hpx-transport-ws';
import { type BookAdapter, OrderBook } from 'hpx-transport-ws/order-book';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type TestUpdate, testAdapter } from '../support/books.js';
import { barrier, connectClient, serve, topicsOf } from '../support/live.js';

type Topics = { readonly book: TestUpdate; readonly trades: number };

/** A venue that sends its book to each subscriber first. */
async function venue() {
  const server = await serve();
  server.respondTo('"op":"subscribe"', (text) => [
    { op: 'subscribe', success: true, req_id: JSON.parse(text).req_id },
    { topic: 'book', data: { type: 'snapshot', b: [['100.50', '1']], u: 10 } },
  ]);
  const client = (await connectClient(server)) as unknown as WebSocketClient<Topics>;
  return { server, client };
}

describe('OrderBook.subscribe()', () => {
  it('subscribes once for all books of a topic; a further book is full at once [OB19]', async () => {
    const { server, client } = await venue();
    const [first, second] = await Promise.all([
      OrderBook.subscribe(client, 'book', testAdapter),
      OrderBook.subscribe(client, 'book', testAdapter),
    ]);
    await Promise.all([first.whenSynced(), second.whenSynced()]);
    const third = await OrderBook.subscribe(client, 'book', testAdapter);
    expect([third.isSynced, third.bids()]).toEqual([true, [['100.50', '1']]]);
    await Promise.all([first.close(), second.close()]);
    expect(third.isSynced).toBe(true);
    await third.close();
    await barrier(client as never);
    expect([topicsOf(server), topicsOf(server, 'unsubscribe')]).toEqual([[['book']], [['book']]]);
  });

  it('subscribes anew after the last book has closed, also while another call waits [OB19]', async () => {
    const { client } = await venue();
    const last = await OrderBook.subscribe(client, 'book', testAdapter);
    const waiting = OrderBook.subscribe(client, 'book', testAdapter);
    await last.close();
    const book = await waiting;
    await book.whenSynced();
    expect(book.closed).toBe(false);
    await book.close();
    const again = await OrderBook.subscribe(client, 'book', testAdapter);
    await again.whenSynced();
  });

  it('rejects like client.subscribe(), and asks again at the next call [OB19]', async () => {
    const server = await serve();
    server.refuseTopic('book');
    const client = await connectClient<Record<string, TestUpdate>>(server);
    await expect(OrderBook.subscribe(client, 'book', testAdapter)).rejects.toThrow(SubscriptionFailedError);
    server.acceptTopic('book');
    expect((await OrderBook.subscribe(client, 'book', testAdapter)).topic).toBe('book');
  });

  it('a signal ends a call that waits; with the last such call the topic is given up [OB20]', async () => {
    const server = await serve();
    const refuse = server.respondTo('"op":"subscribe"', []);
    const client = (await connectClient(server)) as unknown as WebSocketClient<Topics>;
    const [one, two] = [new AbortController(), new AbortController()];
    const calls = [one, two].map(({ signal }) => OrderBook.subscribe(client, 'book', testAdapter, { signal }));
    await server.waitForMessage('"op":"subscribe"');
    one.abort(new Error('one'));
    await expect(calls[0]).rejects.toThrow('one');
    expect(client.stats().subscriptions).toBe(1);
    two.abort(new Error('two'));
    await expect(calls[1]).rejects.toThrow('two');
    expect(client.stats().subscriptions).toBe(0);
    refuse();
    const book = await OrderBook.subscribe(client, 'book', testAdapter);
    await expect(OrderBook.subscribe(client, 'book', testAdapter, { signal: one.signal })).rejects.toThrow('one');
    expect(book.closed).toBe(false);
    await book.close();
  });

  it('a signal closes its book, and no other one [OB20]', async () => {
    const { client } = await venue();
    const abort = new AbortController();
    const own = await OrderBook.subscribe(client, 'book', testAdapter, { signal: abort.signal });
    const other = await OrderBook.subscribe(client, 'book', testAdapter);
    abort.abort();
    expect([own.closed, other.closed]).toEqual([true, false]);
    await other.close();
  });

  it('refuses what is no client and no adapter [OB14]', async () => {
    const { client } = await venue();
    await expect(OrderBook.subscribe({} as typeof client, 'book', testAdapter)).rejects.toThrow(ConfigError);
    await expect(OrderBook.subscribe(client, 'book', {} as never)).rejects.toThrow(/adapter/);
    await expect(OrderBook.subscribe(client, 'book', testAdapter, { timeout: -1 })).rejects.toThrow(/timeout/);
    await expect(OrderBook.subscribe(client, 'book', testAdapter, { signal: 1 as never })).rejects.toThrow(/signal/);
  });

  it('takes the type of the updates from the client', () => {
    const call = (client: WebSocketClient<Topics>, adapter: BookAdapter<TestUpdate>) => {
      // @ts-expect-error: the trades are no book
      void OrderBook.subscribe(client, 'trades', adapter);
      // @ts-expect-error: there is no such topic
      void OrderBook.subscribe(client, 'boook', adapter);
      return OrderBook.subscribe(client, 'book', adapter);
    };
    expectTypeOf<Awaited<ReturnType<typeof call>>>().toEqualTypeOf<OrderBook<TestUpdate>>();
  });
});
