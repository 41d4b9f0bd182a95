/** Deribit: options, futures and perpetuals over JSON-RPC. */
export { deribitBook } from './deribit/deribit-book.js';
export { DeribitHandler } from './deribit/deribit-handler.js';
export type {
  AccountSummary,
  CancelledOrder,
  DeribitMethods,
  EditedOrder,
  Instrument,
  NewOrder,
  PlacedOrder,
  Position,
  PublicStatus,
} from './deribit/deribit-methods.js';
export type { DeribitHandlerOptions } from './deribit/deribit-options.js';
export type {
  BookChange,
  BookLevel,
  ChangesUpdate,
  ChartUpdate,
  DeribitTopics,
  GroupedBookUpdate,
  Interval,
  Order,
  OrderBookUpdate,
  OrderState,
  OrderType,
  PlatformState,
  PortfolioUpdate,
  PriceIndexUpdate,
  QuoteUpdate,
  Side,
  TickerUpdate,
  TimeInForce,
  TradeUpdate,
  UserTrade,
} from './deribit/deribit-topics.js';
export { urls } from './deribit/urls.js';
