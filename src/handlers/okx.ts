/** OKX v5: market data, accounts and orders. */
export type {
  CandleInterval,
  CandleUpdate,
  FundingRateUpdate,
  IndexTickerUpdate,
  InstrumentType,
  MarkPriceUpdate,
  OkxBookLevel,
  OkxMarketTopics,
  OkxPush,
  OpenInterestUpdate,
  OrderBookUpdate,
  TickerUpdate,
  TradeUpdate,
} from './okx/market-topics.js';
export type { NewOrder, OkxMethods, OrderAnswer, OrderChange, OrderReference } from './okx/methods.js';
export { okxBook } from './okx/okx-book.js';
export { OkxHandler } from './okx/okx-handler.js';
export type { OkxHandlerOptions } from './okx/options.js';
export type {
  AccountUpdate,
  BalanceAndPositionUpdate,
  FillUpdate,
  OkxPrivateTopics,
  OkxTopics,
  OrderKind,
  OrderSide,
  OrderStatus,
  OrderUpdate,
  PositionUpdate,
  TradeMode,
} from './okx/private-topics.js';
export { urls } from './okx/urls.js';
