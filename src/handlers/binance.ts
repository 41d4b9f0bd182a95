/** Binance spot: market streams and the WebSocket API. */
export type {
  Account,
  AccountTrade,
  BinanceApiMethods,
  CancelledOrder,
  Kline,
  NewOrder,
  OrderReference,
  OrderState,
  PlacedOrder,
  RateLimitUse,
  RecentTrade,
  ReplacedOrder,
  ReplacingOrder,
  SessionStatus,
} from './binance/api-methods.js';
export { BinanceApiHandler } from './binance/binance-api-handler.js';
export type { BinanceApiOptions } from './binance/binance-api-options.js';
export { binanceBook, binancePartialBook, type GetDepth } from './binance/binance-book.js';
export { type BinanceEndpoint, BinanceHandler, type BinanceHandlerOptions } from './binance/binance-handler.js';
export { BinanceStreamHandler, type BinanceStreamOptions } from './binance/binance-stream-handler.js';
export type {
  AggregateTradeUpdate,
  AveragePriceUpdate,
  BinanceStreamMethods,
  BinanceStreamTopics,
  BookTickerUpdate,
  KlineInterval,
  KlineUpdate,
  MiniTickerUpdate,
  OrderBookSnapshot,
  OrderBookUpdate,
  PriceLevel,
  TickerUpdate,
  TradeUpdate,
  WindowTickerUpdate,
} from './binance/stream-topics.js';
export { urls } from './binance/urls.js';
export type {
  AccountPosition,
  BalanceUpdate,
  BinanceApiTopics,
  ExecutionReport,
  ExternalLockUpdate,
  ListStatus,
  OrderId,
  OrderSide,
  OrderStatus,
  OrderType,
  TimeInForce,
  UserDataEvent,
} from './binance/user-data.js';
