import { type Channel, WebSocketClient } from 'hpx-transport-ws';
import {
  type AccountUpdate,
  type CandleUpdate,
  type NewOrder,
  OkxHandler,
  type OkxTopics,
  type OrderAnswer,
  type OrderBookUpdate,
  type OrderUpdate,
  okxBook,
  type TickerUpdate,
  type TradeUpdate,
} from 'hpx-transport-ws/handlers/okx';
import type { BookAdapter } from 'hpx-transport-ws/order-book';
import { expectTypeOf, it } from 'vitest';

const client = new WebSocketClient({ url: 'wss://stream.example.com' }, new OkxHandler());
const order: NewOrder = { instIdCode: 1, tdMode: 'cash', side: 'buy', ordType: 'limit', px: '91000', sz: '0.001' };

it('types each topic by its channel [OK15]', () => {
  expectTypeOf(client.subscribe('tickers?instId=BTC-USDT')).resolves.toEqualTypeOf<Channel<TickerUpdate>>();
  expectTypeOf(client.subscribe('trades?instId=BTC-USDT')).resolves.toEqualTypeOf<Channel<TradeUpdate>>();
  expectTypeOf(client.subscribe('books?instId=BTC-USDT')).resolves.toEqualTypeOf<Channel<OrderBookUpdate>>();
  expectTypeOf(client.subscribe('candle1m?instId=BTC-USDT')).resolves.toEqualTypeOf<Channel<CandleUpdate>>();
  expectTypeOf(client.subscribe('account')).resolves.toEqualTypeOf<Channel<AccountUpdate>>();
  expectTypeOf(client.subscribe('orders?instType=SPOT&instId=BTC-USDT')).resolves.toEqualTypeOf<Channel<OrderUpdate>>();
  expectTypeOf(okxBook).toEqualTypeOf<BookAdapter<OrderBookUpdate>>();
  // @ts-expect-error there is no such channel
  void client.subscribe('prices?instId=BTC-USDT');
  // @ts-expect-error there is no such interval
  void client.subscribe('candle7m?instId=BTC-USDT');
});

it('types the operations and their results [OK15]', () => {
  expectTypeOf(client.request({ op: 'order', args: [order] })).resolves.toEqualTypeOf<readonly OrderAnswer[]>();
  void client.request({ op: 'batch-orders', args: [order, order], expTime: '1790000003000' });
  void client.request({ op: 'cancel-order', args: [{ instIdCode: 1, ordId: '312269865356374017' }] });
  // @ts-expect-error an order is named by an id
  void client.request({ op: 'cancel-order', args: [{ instIdCode: 1 }] });
  // @ts-expect-error there is no such operation
  void client.request({ op: 'buy', args: [order] });
});

it('takes topics of your own beside its own [OK15]', () => {
  interface MyTopics {
    [topic: `price-limit?instId=${string}`]: { readonly data: readonly { readonly buyLmt: string }[] };
  }
  const mine = new WebSocketClient({ url: 'wss://stream.example.com' }, new OkxHandler<OkxTopics & MyTopics>());
  expectTypeOf(mine.subscribe('tickers?instId=BTC-USDT')).resolves.toEqualTypeOf<Channel<TickerUpdate>>();
  void mine.subscribe('price-limit?instId=BTC-USDT');
});
