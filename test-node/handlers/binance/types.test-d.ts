import { type Channel, WebSocketClient } from 'hpx-transport-ws';
import {
  type AggregateTradeUpdate,
  BinanceApiHandler,
  BinanceHandler,
  BinanceStreamHandler,
  type BinanceStreamTopics,
  type KlineUpdate,
  type MiniTickerUpdate,
  type OrderBookSnapshot,
  type OrderBookUpdate,
  type OrderId,
  type PlacedOrder,
  type TickerUpdate,
  type TradeUpdate,
  type UserDataEvent,
  type WindowTickerUpdate,
} from 'hpx-transport-ws/handlers/binance';
import { expectTypeOf, it } from 'vitest';

const config = { url: 'wss://stream.example.com' };
const streams = new WebSocketClient(config, new BinanceStreamHandler());
const api = new WebSocketClient(config, new BinanceApiHandler());

it('types each stream by its name [BI15]', () => {
  expectTypeOf(streams.subscribe('btcusdt@trade')).resolves.toEqualTypeOf<Channel<TradeUpdate>>();
  expectTypeOf(streams.subscribe('BTCUSDT@aggTrade')).resolves.toEqualTypeOf<Channel<AggregateTradeUpdate>>();
  expectTypeOf(streams.subscribe('btcusdt@kline_1m')).resolves.toEqualTypeOf<Channel<KlineUpdate>>();
  expectTypeOf(streams.subscribe('btcusdt@ticker')).resolves.toEqualTypeOf<Channel<TickerUpdate>>();
  expectTypeOf(streams.subscribe('btcusdt@ticker_4h')).resolves.toEqualTypeOf<Channel<WindowTickerUpdate>>();
  expectTypeOf(streams.subscribe('btcusdt@depth@100ms')).resolves.toEqualTypeOf<Channel<OrderBookUpdate>>();
  expectTypeOf(streams.subscribe('btcusdt@depth20@100ms')).resolves.toEqualTypeOf<Channel<OrderBookSnapshot>>();
  expectTypeOf(streams.subscribe('!miniTicker@arr')).resolves.toEqualTypeOf<Channel<readonly MiniTickerUpdate[]>>();
  // @ts-expect-error there is no such stream
  void streams.subscribe('btcusdt@depth7');
  // @ts-expect-error there is no such interval
  void streams.subscribe('btcusdt@kline_7m');
});

it('takes further streams of yours [BI15]', () => {
  interface MyTopics {
    [topic: `${string}@newStream`]: { price: string };
  }
  const client = new WebSocketClient(config, new BinanceStreamHandler<BinanceStreamTopics & MyTopics>());
  expectTypeOf(client.subscribe('btcusdt@newStream')).resolves.toEqualTypeOf<Channel<{ price: string }>>();
  expectTypeOf(client.subscribe('btcusdt@trade')).resolves.toEqualTypeOf<Channel<TradeUpdate>>();
});

it('types the methods and the events of the account [BI15]', () => {
  expectTypeOf(api.subscribe('userData')).resolves.toEqualTypeOf<Channel<UserDataEvent>>();
  const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '1' } as const;
  expectTypeOf(api.request({ method: 'order.place', params: order })).resolves.toEqualTypeOf<PlacedOrder>();
  expectTypeOf<PlacedOrder['orderId']>().toEqualTypeOf<OrderId>();
  void api.request({ method: 'order.cancel', params: { symbol: 'BTCUSDT', orderId: '9007199254740993' } });
  void api.request({ method: 'order.cancel', params: { symbol: 'BTCUSDT', origClientOrderId: 'mm-1' } });
  void api.request({ method: 'ping' });
  // @ts-expect-error an order is named by an id
  void api.request({ method: 'order.cancel', params: { symbol: 'BTCUSDT' } });
  // @ts-expect-error there is no such side
  void api.request({ method: 'order.place', params: { ...order, side: 'SHORT' } });
  // @ts-expect-error there is no such method
  void api.request({ method: 'order.buy', params: order });
  // What the list lacks.
  expectTypeOf(api.request<number[]>({ method: 'sor.order.test', params: order })).resolves.toEqualTypeOf<number[]>();
});

it('types BinanceHandler by its endpoint [BI15]', () => {
  const market = new WebSocketClient(config, new BinanceHandler());
  expectTypeOf(market.subscribe('btcusdt@trade')).resolves.toEqualTypeOf<Channel<TradeUpdate>>();
  const raw = new WebSocketClient(config, new BinanceHandler({ endpoint: 'raw' }));
  expectTypeOf(raw.subscribe('btcusdt@trade')).resolves.toEqualTypeOf<Channel<TradeUpdate>>();
  const account = new WebSocketClient(config, new BinanceHandler({ endpoint: 'api' }));
  expectTypeOf(account.subscribe('userData')).resolves.toEqualTypeOf<Channel<UserDataEvent>>();
  // @ts-expect-error market data comes from the streams
  void account.subscribe('btcusdt@trade');
});
