import { type Channel, WebSocketClient } from 'hpx-transport-ws';
import {
  type AccountUpdate,
  type BatchResult,
  BybitHandler,
  type BybitPublicTopics,
  type Execution,
  type KlineUpdate,
  type Order,
  type OrderBookUpdate,
  type PlacedOrder,
  type TickerUpdate,
  type TradeUpdate,
  type Wallet,
} from 'hpx-transport-ws/handlers/bybit';
import { expectTypeOf, it } from 'vitest';

const client = new WebSocketClient({ url: 'wss://stream.example.com' }, new BybitHandler());

it('types each topic by its name [BY8]', () => {
  expectTypeOf(client.subscribe('orderbook.50.BTCUSDT')).resolves.toEqualTypeOf<Channel<OrderBookUpdate>>();
  expectTypeOf(client.subscribe('publicTrade.BTCUSDT')).resolves.toEqualTypeOf<Channel<TradeUpdate>>();
  expectTypeOf(client.subscribe('tickers.BTC-25DEC26-100000-C')).resolves.toEqualTypeOf<Channel<TickerUpdate>>();
  expectTypeOf(client.subscribe('kline.D.BTCUSDT')).resolves.toEqualTypeOf<Channel<KlineUpdate>>();
  expectTypeOf(client.subscribe('order')).resolves.toEqualTypeOf<Channel<AccountUpdate<'order', Order>>>();
  expectTypeOf(client.subscribe('order.linear')).resolves.toEqualTypeOf<Channel<AccountUpdate<'order', Order>>>();
  expectTypeOf(client.subscribe('execution.fast')).resolves.toEqualTypeOf<
    Channel<AccountUpdate<'execution.fast', Execution>>
  >();
  expectTypeOf(client.subscribe('wallet')).resolves.toEqualTypeOf<Channel<AccountUpdate<'wallet', Wallet>>>();
  // @ts-expect-error there is no such topic
  void client.subscribe('trades.BTCUSDT');
  // @ts-expect-error there is no such interval
  void client.subscribe('kline.7.BTCUSDT');
});

it('types orders and what becomes of them [BY8]', () => {
  const order = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01' } as const;
  expectTypeOf(client.request({ op: 'order.create', args: [order] })).resolves.toEqualTypeOf<PlacedOrder>();
  const batch = { category: 'linear', request: [order] } as const;
  expectTypeOf(client.request({ op: 'order.create-batch', args: [batch] })).resolves.toEqualTypeOf<
    readonly BatchResult[]
  >();
  const own = { category: 'spot', symbol: 'BTCUSDT', orderLinkId: 'mm-1' } as const;
  void client.request({ op: 'order.cancel', args: [own], header: { Referer: 'bot' } });
  // @ts-expect-error an order is named by an id
  void client.request({ op: 'order.cancel', args: [{ category: 'spot', symbol: 'BTCUSDT' }] });
  // @ts-expect-error there is no such side
  void client.request({ op: 'order.create', args: [{ ...order, side: 'Short' }] });
  // @ts-expect-error there is no such operation
  void client.request({ op: 'order.buy', args: [order] });
});

it('takes topics of your own [BY8]', () => {
  type Own = BybitPublicTopics & { [topic: `insurance.${string}`]: { readonly data: readonly object[] } };
  const own = new WebSocketClient({ url: 'wss://stream.example.com' }, new BybitHandler<Own>());
  expectTypeOf(own.subscribe('insurance.USDT')).resolves.toEqualTypeOf<Channel<{ readonly data: readonly object[] }>>();
  expectTypeOf(own.subscribe('tickers.BTCUSDT')).resolves.toEqualTypeOf<Channel<TickerUpdate>>();
});
