/** Bybit v5: market data, the account, and orders. */
export type {
  AccountUpdate,
  BybitPrivateTopics,
  Execution,
  Greeks,
  Order,
  OrderStatus,
  Position,
  Wallet,
} from './bybit/account-data.js';
export { bybitBook } from './bybit/bybit-book.js';
export { BybitHandler, type BybitTopics } from './bybit/bybit-handler.js';
export {
  type BybitPublicTopics,
  type Kline,
  type KlineInterval,
  type KlineUpdate,
  type LiquidationUpdate,
  mergeTicker,
  type OrderBookUpdate,
  type PriceLevel,
  type Side,
  type SystemStatusUpdate,
  type Ticker,
  type TickerUpdate,
  type Trade,
  type TradeUpdate,
} from './bybit/market-data.js';
export type { BybitEndpoint, BybitHandlerOptions } from './bybit/options.js';
export type {
  AmendedOrder,
  BatchResult,
  BybitMethods,
  Category,
  NewOrder,
  OrderBatch,
  OrderReference,
  OrderType,
  PlacedOrder,
  TimeInForce,
} from './bybit/order-methods.js';
export { urls } from './bybit/urls.js';
