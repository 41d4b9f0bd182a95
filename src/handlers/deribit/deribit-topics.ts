export type Side = 'buy' | 'sell';
export type OrderState = 'open' | 'filled' | 'rejected' | 'cancelled' | 'untriggered';
export type OrderType =
  | 'limit'
  | 'market'
  | 'stop_limit'
  | 'stop_market'
  | 'take_limit'
  | 'take_market'
  | 'market_limit'
  | 'trailing_stop';
export type TimeInForce = 'good_til_cancelled' | 'good_til_day' | 'fill_or_kill' | 'immediate_or_cancel';

/** `raw` sends each change at once, and only to customers who are logged in. */
export type Interval = 'raw' | '100ms' | 'agg2';

export type BookChange = 'new' | 'change' | 'delete';
/** One level: what happened, the price, the amount. */
export type BookLevel = readonly [action: BookChange, price: number, amount: number];

/** A book, then its changes. */
export interface OrderBookUpdate {
  readonly type: 'snapshot' | 'change';
  /** Unix milliseconds. */
  readonly timestamp: number;
  readonly instrument_name: string;
  readonly change_id: number;
  /** The `change_id` of the update before; missing in a snapshot. */
  readonly prev_change_id?: number;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/** The best levels, whole each time: the data of `book.BTC-PERPETUAL.none.10.100ms`. No type can tell it from the other books. */
export interface GroupedBookUpdate {
  readonly timestamp: number;
  readonly instrument_name: string;
  readonly change_id: number;
  readonly bids: readonly (readonly [price: number, amount: number])[];
  readonly asks: readonly (readonly [price: number, amount: number])[];
}

export interface TickerUpdate {
  readonly timestamp: number;
  readonly state: 'open' | 'closed';
  readonly instrument_name: string;
  readonly last_price: number | null;
  readonly mark_price: number;
  readonly index_price: number;
  readonly best_bid_price: number;
  readonly best_bid_amount: number;
  readonly best_ask_price: number;
  readonly best_ask_amount: number;
  readonly open_interest?: number;
  /** Perpetuals only. */
  readonly current_funding?: number;
  readonly funding_8h?: number;
}

export interface TradeUpdate {
  readonly trade_id: string;
  /** Counts the trades of the instrument. */
  readonly trade_seq: number;
  readonly timestamp: number;
  readonly instrument_name: string;
  readonly direction: Side;
  readonly price: number;
  readonly amount: number;
  readonly mark_price?: number;
  readonly index_price?: number;
  /** 0 plus, 1 zero-plus, 2 minus, 3 zero-minus. */
  readonly tick_direction?: 0 | 1 | 2 | 3;
}

export interface QuoteUpdate {
  readonly timestamp: number;
  readonly instrument_name: string;
  readonly best_bid_price: number | null;
  readonly best_bid_amount: number;
  readonly best_ask_price: number | null;
  readonly best_ask_amount: number;
}

export interface PriceIndexUpdate {
  readonly timestamp: number;
  readonly price: number;
  readonly index_name: string;
}

export interface ChartUpdate {
  /** Unix milliseconds of the candle's start. */
  readonly tick: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly cost: number;
}

/** A notice of the venue: maintenance that is coming, or an index that is locked. */
export type PlatformState =
  | { readonly maintenance: boolean }
  | { readonly locked: boolean; readonly price_index: string; readonly reasons?: unknown };

export interface Order {
  readonly order_id: string;
  readonly order_state: OrderState;
  readonly instrument_name: string;
  readonly direction: Side;
  readonly amount: number;
  readonly filled_amount?: number;
  /** A market order has a word here. */
  readonly price: number | string;
  readonly average_price?: number;
  readonly order_type: OrderType;
  readonly label?: string;
  readonly time_in_force?: TimeInForce;
  readonly post_only?: boolean;
  readonly reduce_only?: boolean;
  readonly creation_timestamp?: number;
  readonly last_update_timestamp?: number;
}

export interface UserTrade extends TradeUpdate {
  readonly order_id: string;
  readonly label?: string;
  readonly fee?: number;
  readonly fee_currency?: string;
  readonly liquidity?: 'M' | 'T';
}

export interface PortfolioUpdate {
  readonly currency: string;
  readonly equity: number;
  readonly balance: number;
  readonly available_funds: number;
  readonly margin_balance?: number;
}

/** What changed for an instrument, in one update. */
export interface ChangesUpdate {
  readonly instrument_name: string;
  readonly orders: readonly Order[];
  readonly trades: readonly UserTrade[];
  readonly positions: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The channels of the venue.
 *
 * The venue sends one order on raw channels, and a list on the others. Its documentation is not clear for each channel, so
 * that `user.orders` has both types: read it with `[data].flat()`.
 */
export interface DeribitTopics {
  [book: `book.${string}.${Interval}`]: OrderBookUpdate;
  [ticker: `ticker.${string}.${Interval}`]: TickerUpdate;
  [trades: `trades.${string}.${Interval}`]: readonly TradeUpdate[];
  [quote: `quote.${string}`]: QuoteUpdate;
  [index: `deribit_price_index.${string}`]: PriceIndexUpdate;
  [chart: `chart.trades.${string}.${string}`]: ChartUpdate;
  [orders: `user.orders.${string}`]: Order | readonly Order[];
  [userTrades: `user.trades.${string}`]: readonly UserTrade[];
  [changes: `user.changes.${string}`]: ChangesUpdate;
  [portfolio: `user.portfolio.${string}`]: PortfolioUpdate;
  platform_state: PlatformState;
}
