import type { Side } from './market-data.js';

export type Category = 'spot' | 'linear' | 'inverse' | 'option';
export type OrderType = 'Market' | 'Limit';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'PostOnly' | 'RPI';

/** A new order. Prices and sizes are decimal digits. */
export interface NewOrder {
  readonly category: Category;
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly qty: string;
  readonly price?: string;
  readonly timeInForce?: TimeInForce;
  /** Your own id of the order, at most 36 letters, digits, `-` and `_`. With it an order is found again. */
  readonly orderLinkId?: string;
  readonly reduceOnly?: boolean;
  readonly closeOnTrigger?: boolean;
  /** 0: one-way mode; 1: the buy side, 2: the sell side of the hedge mode. */
  readonly positionIdx?: 0 | 1 | 2;
  readonly isLeverage?: 0 | 1;
  readonly marketUnit?: 'baseCoin' | 'quoteCoin';
  readonly triggerPrice?: string;
  readonly triggerDirection?: 1 | 2;
  readonly triggerBy?: 'LastPrice' | 'IndexPrice' | 'MarkPrice';
  readonly orderFilter?: 'Order' | 'tpslOrder' | 'StopOrder';
  readonly orderIv?: string;
  readonly takeProfit?: string;
  readonly stopLoss?: string;
  readonly mmp?: boolean;
}

/** An order, by the venue's id or by your own. */
export type OrderReference = { readonly category: Category; readonly symbol: string } & (
  | { readonly orderId: string; readonly orderLinkId?: string }
  | { readonly orderId?: undefined; readonly orderLinkId: string }
);

/** What to change of an order. What is missing stays as it is. */
export type AmendedOrder = OrderReference & {
  readonly qty?: string;
  readonly price?: string;
  readonly triggerPrice?: string;
  readonly orderIv?: string;
  readonly takeProfit?: string;
  readonly stopLoss?: string;
};

/** Several orders of one category, at most 20; 10 for spot. */
export interface OrderBatch<Item> {
  readonly category: Category;
  readonly request: readonly Omit<Item, 'category'>[];
}

/** The venue took the order. It is not executed yet: the topic `order` tells what becomes of it. */
export interface PlacedOrder {
  readonly orderId: string;
  /** Empty without one. */
  readonly orderLinkId: string;
}

/** What became of one order of a batch. */
export interface BatchResult extends PlacedOrder {
  readonly category: Category;
  readonly symbol: string;
  /** Unix milliseconds, as digits; empty if the order was refused. */
  readonly createAt?: string;
  /** 0, or why the venue refused this order. */
  readonly code: number;
  readonly msg: string;
}

/** What a request may have beside `op` and `args`. */
interface Beside {
  readonly beside: {
    readonly header?: {
      /** Milliseconds, as digits. Instead of the option `recvWindow`. */
      readonly 'X-BAPI-RECV-WINDOW'?: string;
      /** Your code as a broker. */
      readonly Referer?: string;
    };
  };
}

interface Method<Args, Result> extends Beside {
  readonly params: readonly [Args];
  readonly result: Result;
}

/** The requests of the trade address: `{ op, args: [order] }`. */
export interface BybitMethods {
  'order.create': Method<NewOrder, PlacedOrder>;
  'order.amend': Method<AmendedOrder, PlacedOrder>;
  'order.cancel': Method<OrderReference, PlacedOrder>;
  'order.create-batch': Method<OrderBatch<NewOrder>, readonly BatchResult[]>;
  'order.amend-batch': Method<OrderBatch<AmendedOrder>, readonly BatchResult[]>;
  'order.cancel-batch': Method<OrderBatch<OrderReference>, readonly BatchResult[]>;
}
