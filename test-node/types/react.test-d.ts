import type { AnyTransportError, Channel, Gap, GenericJsonHandler, Update, WebSocketClient } from 'hpx-transport-ws';
import type { BookAdapter } from 'hpx-transport-ws/order-book';
import { type OrderBookState, useChannel, useConnection, useLatest, useOrderBook } from 'hpx-transport-ws/react';
import type { WorkerClient } from 'hpx-transport-ws/worker';
import { describe, expectTypeOf, it } from 'vitest';

interface Trade {
  readonly price: number;
}

interface Topics {
  [topic: `trades.${string}`]: Trade;
  status: 'up' | 'down';
}

interface Methods {
  time: { params: undefined; result: number };
}

declare const page: WebSocketClient<Topics, Methods>;
declare const worker: WorkerClient<Topics, Methods>;
declare const maybe: WebSocketClient<Topics, Methods> | undefined;
declare const plain: WebSocketClient;
declare const handler: GenericJsonHandler<Topics, Methods>;
declare const adapter: BookAdapter<Trade>;
declare const symbol: string;

describe('the hooks', () => {
  it('take the topics and their data from the client [RE19]', () => {
    expectTypeOf(useLatest(page, 'status').data).toEqualTypeOf<'up' | 'down' | undefined>();
    expectTypeOf(useLatest(worker, 'trades.BTC').data).toEqualTypeOf<Trade | undefined>();
    expectTypeOf(useLatest(maybe, `trades.${symbol}`).data).toEqualTypeOf<Trade | undefined>();
    expectTypeOf(useLatest(plain, 'whatever').data).toEqualTypeOf<unknown>();
    expectTypeOf(useChannel(page, 'trades.BTC').gaps).toEqualTypeOf<readonly Gap[]>();
    useChannel(worker, 'trades.BTC', { key: 'bySymbol', updates: 'full' }, (trade, update) => {
      expectTypeOf(trade).toEqualTypeOf<Trade>();
      expectTypeOf(update).toEqualTypeOf<Update<Trade>>();
    });
    expectTypeOf(useOrderBook(page, 'trades.BTC', adapter, { depth: 5 })).toEqualTypeOf<OrderBookState>();
    useChannel(page, symbol === '' ? null : 'status');
    useLatest(undefined, undefined);
  });

  it('refuse topics and options that there are not [RE19]', () => {
    // @ts-expect-error -- no such topic
    useLatest(page, 'book.BTC');
    // @ts-expect-error -- no such topic
    useChannel(worker, 'book.BTC');
    // @ts-expect-error -- an adapter of other data
    useOrderBook(page, 'status', adapter);
    // @ts-expect-error -- no such option
    useLatest(page, 'status', { overflow: 'fail' });
    // @ts-expect-error -- a promise of a client is no client
    useConnection(async () => page);
  });

  it('narrow what they return by status [RE19]', () => {
    const state = useChannel(page, 'trades.BTC');
    expectTypeOf(state.channel).toEqualTypeOf<Channel<Trade> | undefined>();
    if (state.status === 'live') expectTypeOf(state.channel).toEqualTypeOf<Channel<Trade>>();
    if (state.status === 'failed') expectTypeOf(state.error).toEqualTypeOf<AnyTransportError>();
    if (state.status === 'stale') expectTypeOf(state.since).toEqualTypeOf<number>();
    const latest = useLatest(page, 'status');
    if (latest.status === 'interrupted') expectTypeOf(latest.channel.topic).toEqualTypeOf<string>();
  });

  it('know the client that they make, and that it may not be there yet [RE19]', () => {
    expectTypeOf(useConnection(page).client).toEqualTypeOf<WebSocketClient<Topics, Methods>>();
    expectTypeOf(useConnection(worker).client).toEqualTypeOf<WorkerClient<Topics, Methods>>();
    expectTypeOf(useConnection(maybe).client).toEqualTypeOf<WebSocketClient<Topics, Methods> | undefined>();
    expectTypeOf(useConnection(() => page).client).toEqualTypeOf<WebSocketClient<Topics, Methods> | undefined>();
    expectTypeOf(handler).not.toBeAny();
  });
});
