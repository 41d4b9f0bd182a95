import type { KlineInterval, OrderBookSnapshot } from './stream-topics.js';
import type { OrderId, OrderSide, OrderStatus, OrderType, TimeInForce } from './user-data.js';

/** What every signed method takes. The handler sets the time stamp; a value of yours wins. */
interface Signed {
  /** Unix milliseconds. */
  readonly timestamp?: number;
  /** Milliseconds after `timestamp` in which the venue accepts the request. */
  readonly recvWindow?: number;
}

interface SymbolOnly {
  readonly symbol: string;
}

/** An order, by the id of the venue or by yours. */
export type OrderReference = SymbolOnly &
  ({ readonly orderId: OrderId } | { readonly origClientOrderId: string }) & { readonly newClientOrderId?: string };

/** A new order. Prices and quantities are decimals in strings. */
export interface NewOrder extends Signed {
  readonly symbol: string;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly timeInForce?: TimeInForce;
  readonly price?: string;
  readonly quantity?: string;
  readonly quoteOrderQty?: string;
  readonly newClientOrderId?: string;
  readonly newOrderRespType?: 'ACK' | 'RESULT' | 'FULL';
  readonly stopPrice?: string;
  readonly trailingDelta?: number;
  readonly icebergQty?: string;
  readonly strategyId?: number;
  readonly strategyType?: number;
  readonly selfTradePreventionMode?: string;
}

/** What the venue says about an order that it took. `newOrderRespType: 'ACK'` leaves out what is optional here. */
export interface PlacedOrder {
  readonly symbol: string;
  readonly orderId: OrderId;
  /** -1 for none. */
  readonly orderListId: OrderId;
  readonly clientOrderId: string;
  /** Unix milliseconds. */
  readonly transactTime: number;
  readonly price?: string;
  readonly origQty?: string;
  readonly executedQty?: string;
  readonly origQuoteOrderQty?: string;
  readonly cummulativeQuoteQty?: string;
  readonly status?: OrderStatus;
  readonly timeInForce?: TimeInForce;
  readonly type?: OrderType;
  readonly side?: OrderSide;
  readonly workingTime?: number;
  readonly selfTradePreventionMode?: string;
  readonly fills?: readonly {
    readonly price: string;
    readonly qty: string;
    readonly commission: string;
    readonly commissionAsset: string;
    readonly tradeId: OrderId;
  }[];
}

/** An order that was cancelled. */
export interface CancelledOrder extends Omit<PlacedOrder, 'fills' | 'workingTime'> {
  readonly origClientOrderId: string;
}

/** An order as the venue knows it. */
export interface OrderState {
  readonly symbol: string;
  readonly orderId: OrderId;
  readonly orderListId: OrderId;
  readonly clientOrderId: string;
  readonly price: string;
  readonly origQty: string;
  readonly executedQty: string;
  readonly cummulativeQuoteQty: string;
  readonly status: OrderStatus;
  readonly timeInForce: TimeInForce;
  readonly type: OrderType;
  readonly side: OrderSide;
  readonly stopPrice?: string;
  readonly icebergQty?: string;
  /** Unix milliseconds. */
  readonly time: number;
  readonly updateTime: number;
  readonly isWorking: boolean;
  readonly workingTime: number;
  readonly origQuoteOrderQty: string;
  readonly selfTradePreventionMode: string;
}

/** Cancels an order and places another. */
export type ReplacingOrder = NewOrder & {
  readonly cancelReplaceMode: 'STOP_ON_FAILURE' | 'ALLOW_FAILURE';
  readonly cancelNewClientOrderId?: string;
} & ({ readonly cancelOrderId: OrderId } | { readonly cancelOrigClientOrderId: string });

/** Both succeeded. If one of them fails, the request is refused, and `data` of the error has these members. */
export interface ReplacedOrder {
  readonly cancelResult: 'SUCCESS' | 'FAILURE';
  readonly newOrderResult: 'SUCCESS' | 'FAILURE' | 'NOT_ATTEMPTED';
  readonly cancelResponse: CancelledOrder;
  readonly newOrderResponse: PlacedOrder;
}

/** A limit of the venue, and how much of it is used. */
export interface RateLimitUse {
  readonly rateLimitType: 'REQUEST_WEIGHT' | 'ORDERS' | 'RAW_REQUESTS' | 'CONNECTIONS';
  readonly interval: 'SECOND' | 'MINUTE' | 'HOUR' | 'DAY';
  readonly intervalNum: number;
  readonly limit: number;
  readonly count?: number;
}

export interface Account {
  readonly makerCommission: number;
  readonly takerCommission: number;
  readonly canTrade: boolean;
  readonly canWithdraw: boolean;
  readonly canDeposit: boolean;
  readonly updateTime: number;
  readonly accountType: string;
  readonly balances: readonly { readonly asset: string; readonly free: string; readonly locked: string }[];
  readonly permissions: readonly string[];
  readonly uid: OrderId;
}

/** A trade of the account. */
export interface AccountTrade {
  readonly symbol: string;
  readonly id: OrderId;
  readonly orderId: OrderId;
  readonly orderListId: OrderId;
  readonly price: string;
  readonly qty: string;
  readonly quoteQty: string;
  readonly commission: string;
  readonly commissionAsset: string;
  readonly time: number;
  readonly isBuyer: boolean;
  readonly isMaker: boolean;
  readonly isBestMatch: boolean;
}

/** A trade of the market. */
export interface RecentTrade {
  readonly id: OrderId;
  readonly price: string;
  readonly qty: string;
  readonly quoteQty: string;
  readonly time: number;
  readonly isBuyerMaker: boolean;
  readonly isBestMatch: boolean;
}

/** The state of a session. Before `session.logon` the first two are null. */
export interface SessionStatus {
  readonly apiKey: string | null;
  readonly authorizedSince: number | null;
  readonly connectedSince: number;
  readonly returnRateLimits: boolean;
  readonly serverTime: number;
  readonly userDataStream: boolean;
}

/** Open time, open, high, low, close, volume, close time, quote volume, trades, taker volumes, unused. */
export type Kline = readonly [
  openTime: number,
  open: string,
  high: string,
  low: string,
  close: string,
  volume: string,
  closeTime: number,
  quoteVolume: string,
  trades: number,
  takerVolume: string,
  takerQuoteVolume: string,
  unused: string,
];

type Range = { readonly startTime?: number; readonly endTime?: number; readonly limit?: number };

/** The methods of the WebSocket API. A method that is not listed: `client.request<Result>(payload)`. */
export interface BinanceApiMethods {
  ping: { params: undefined; result: Record<string, never> };
  time: { params: undefined; result: { readonly serverTime: number } };
  depth: { params: SymbolOnly & { readonly limit?: number }; result: OrderBookSnapshot };
  'trades.recent': { params: SymbolOnly & { readonly limit?: number }; result: readonly RecentTrade[] };
  klines: { params: SymbolOnly & Range & { readonly interval: KlineInterval }; result: readonly Kline[] };
  avgPrice: {
    params: SymbolOnly;
    result: { readonly mins: number; readonly price: string; readonly closeTime: number };
  };
  'ticker.price': { params: SymbolOnly; result: { readonly symbol: string; readonly price: string } };
  'ticker.book': {
    params: SymbolOnly;
    result: {
      readonly symbol: string;
      readonly bidPrice: string;
      readonly bidQty: string;
      readonly askPrice: string;
      readonly askQty: string;
    };
  };
  'session.status': { params: undefined; result: SessionStatus };
  'session.logout': { params: undefined; result: SessionStatus };
  'order.place': { params: NewOrder; result: PlacedOrder };
  'order.test': { params: NewOrder; result: object };
  'order.status': { params: OrderReference & Signed; result: OrderState };
  'order.cancel': { params: OrderReference & Signed; result: CancelledOrder };
  'order.cancelReplace': { params: ReplacingOrder; result: ReplacedOrder };
  'order.amend.keepPriority': {
    params: OrderReference & Signed & { readonly newQty: string };
    result: { readonly transactTime: number; readonly executionId: OrderId; readonly amendedOrder: OrderState };
  };
  'openOrders.status': { params: Signed & { readonly symbol?: string }; result: readonly OrderState[] };
  'openOrders.cancelAll': { params: SymbolOnly & Signed; result: readonly CancelledOrder[] };
  allOrders: { params: SymbolOnly & Range & Signed & { readonly orderId?: OrderId }; result: readonly OrderState[] };
  myTrades: {
    params: SymbolOnly & Range & Signed & { readonly orderId?: OrderId; readonly fromId?: OrderId };
    result: readonly AccountTrade[];
  };
  'account.status': { params: (Signed & { readonly omitZeroBalances?: boolean }) | undefined; result: Account };
  'account.rateLimits.orders': { params: Signed | undefined; result: readonly RateLimitUse[] };
}
