import type { Channel, GenericJsonHandler, PendingCall, WebSocketClient } from 'hpx-transport-ws';
import { type BookAdapter, OrderBook } from 'hpx-transport-ws/order-book';
import { connectWorker, type WorkerClient, type WorkerPort } from 'hpx-transport-ws/worker';
import { expectTypeOf, it } from 'vitest';

interface Topics {
  [topic: `trades.${string}`]: { readonly price: number };
  status: 'up' | 'down';
}

interface Methods {
  time: { params: undefined; result: number };
}

declare const port: WorkerPort;

it('topics and methods are typed, also from the type of the handler [WK25]', () => {
  for (const page of [connectWorker<Topics, Methods>(port), connectWorker<GenericJsonHandler<Topics, Methods>>(port)]) {
    expectTypeOf(page).toEqualTypeOf<WorkerClient<Topics, Methods>>();
    expectTypeOf(page.subscribe('trades.BTC')).resolves.toEqualTypeOf<Channel<{ readonly price: number }>>();
    expectTypeOf(page.subscribe('status', { overflow: 'latest', key: 'byName' })).resolves.toEqualTypeOf<
      Channel<'up' | 'down'>
    >();
    expectTypeOf(page.request({ method: 'time' })).toEqualTypeOf<PendingCall<number>>();
    // @ts-expect-error: no such topic
    void page.subscribe('books.BTC');
    // @ts-expect-error: a function does not cross
    void page.subscribe('status', { key: () => 'a' });
  }
  expectTypeOf(connectWorker(port)).toEqualTypeOf<WorkerClient>();
});

it('a page has every member of a client [WK1]', () => {
  type Missing = Exclude<keyof WebSocketClient, keyof WorkerClient>;
  expectTypeOf<Missing>().toBeNever();
});

it('an order book takes a client and the client of a page [WK25]', () => {
  const adapter: BookAdapter<{ readonly price: number }> = { read: () => undefined };
  const page = connectWorker<Topics, Methods>(port);
  type Book = OrderBook<{ readonly price: number }>;
  expectTypeOf(OrderBook.subscribe(page, 'trades.BTC', adapter)).resolves.toEqualTypeOf<Book>();
  const client = {} as WebSocketClient<Topics, Methods>;
  expectTypeOf(OrderBook.subscribe(client, 'trades.BTC', adapter)).resolves.toEqualTypeOf<Book>();
  // @ts-expect-error: no such topic
  void OrderBook.subscribe(page, 'books.BTC', adapter);
});

it('every port of a platform is one [WK22]', () => {
  expectTypeOf<Worker>().toExtend<WorkerPort>();
  expectTypeOf<MessagePort>().toExtend<WorkerPort>();
  expectTypeOf<typeof self>().toExtend<WorkerPort>();
  expectTypeOf<import('node:worker_threads').Worker>().toExtend<WorkerPort>();
  expectTypeOf<import('node:worker_threads').MessagePort>().toExtend<WorkerPort>();
});
