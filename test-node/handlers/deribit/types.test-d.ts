import { type Channel, WebSocketClient } from 'hpx-transport-ws';
import {
  DeribitHandler,
  type Order,
  type OrderBookUpdate,
  type PlacedOrder,
  type PlatformState,
  type TickerUpdate,
  type TradeUpdate,
} from 'hpx-transport-ws/handlers/deribit';
import { describe, expectTypeOf, it } from 'vitest';

const client = new WebSocketClient({ url: 'ws://venue' }, new DeribitHandler());

describe('Deribit', () => {
  it('has typed topics [DE9]', () => {
    expectTypeOf(client.subscribe('book.BTC-PERPETUAL.100ms')).resolves.toEqualTypeOf<Channel<OrderBookUpdate>>();
    expectTypeOf(client.subscribe('ticker.ETH-PERPETUAL.raw')).resolves.toEqualTypeOf<Channel<TickerUpdate>>();
    expectTypeOf(client.subscribe('trades.BTC-PERPETUAL.agg2')).resolves.toEqualTypeOf<
      Channel<readonly TradeUpdate[]>
    >();
    expectTypeOf(client.subscribe('platform_state')).resolves.toEqualTypeOf<Channel<PlatformState>>();
    expectTypeOf(client.subscribe('user.orders.any.any.raw')).resolves.toEqualTypeOf<
      Channel<Order | readonly Order[]>
    >();
    // @ts-expect-error the venue has no such interval
    void client.subscribe('ticker.BTC-PERPETUAL.7s');
  });

  it('has typed methods [DE9]', () => {
    const params = { instrument_name: 'BTC-PERPETUAL', amount: 10, price: 91_000 };
    expectTypeOf(client.request({ method: 'private/buy', params })).resolves.toEqualTypeOf<PlacedOrder>();
    expectTypeOf(client.request({ method: 'public/get_time' })).resolves.toEqualTypeOf<number>();
    // @ts-expect-error an order needs an instrument
    void client.request({ method: 'private/sell', params: { amount: 10 } });
    // @ts-expect-error a cancel needs params
    void client.request({ method: 'private/cancel' });
  });
});
