import type { Channel, GenericJsonHandler, PendingCall, WebSocketClient } from 'hpx-transport-ws';
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

it('every port of a platform is one [WK22]', () => {
  expectTypeOf<Worker>().toExtend<WorkerPort>();
  expectTypeOf<MessagePort>().toExtend<WorkerPort>();
  expectTypeOf<typeof self>().toExtend<WorkerPort>();
  expectTypeOf<import('node:worker_threads').Worker>().toExtend<WorkerPort>();
  expectTypeOf<import('node:worker_threads').MessagePort>().toExtend<WorkerPort>();
});
