/** A level of a book: price and size in decimal digits. Size 0 removes the level. */
export type PriceLevel = readonly [price: string, size: string];

/** `Buy` or `Sell`. */
export type Side = 'Buy' | 'Sell';

/** The length of a candle: minutes, or a day, a week, a month. */
export type KlineInterval = '1' | '3' | '5' | '15' | '30' | '60' | '120' | '240' | '360' | '720' | 'D' | 'W' | 'M';

/**
 * `orderbook.{depth}.{symbol}`: first a snapshot, then changes. A snapshot may come at any time and replaces the book.
 * `orderbook.1` sends snapshots only.
 */
export interface OrderBookUpdate {
  readonly topic: string;
  readonly type: 'snapshot' | 'delta';
  /** When the venue sent it, in Unix milliseconds. */
  readonly ts: number;
  /** When the matching engine made it, in Unix milliseconds. */
  readonly cts?: number;
  readonly data: {
    /** The symbol. */
    readonly s: string;
    /** Bids. */
    readonly b: readonly PriceLevel[];
    /** Asks. */
    readonly a: readonly PriceLevel[];
    /** The number of the update: one more each time; 1 with a snapshot after a restart of the service. */
    readonly u: number;
    /** The number across all depths. It has gaps. */
    readonly seq: number;
  };
}

/** One trade of the market. Futures and options have more members than spot. */
export interface Trade {
  /** When it took place, in Unix milliseconds. */
  readonly T: number;
  /** The symbol. */
  readonly s: string;
  /** The side of the taker. */
  readonly S: Side;
  /** The size, in decimal digits. */
  readonly v: string;
  /** The price, in decimal digits. */
  readonly p: string;
  /** The direction of the price. */
  readonly L?: 'PlusTick' | 'ZeroPlusTick' | 'MinusTick' | 'ZeroMinusTick';
  /** The id of the trade. */
  readonly i: string;
  /** Whether it is a block trade. */
  readonly BT: boolean;
  /** Whether it is a trade of the retail price improvement. */
  readonly RPI?: boolean;
  readonly seq?: number;
}

/** `publicTrade.{symbol}`: the trades of a moment. `type` is always `snapshot`, although nothing is replaced. */
export interface TradeUpdate {
  readonly topic: string;
  readonly type: 'snapshot';
  /** When the venue sent it, in Unix milliseconds. */
  readonly ts: number;
  readonly data: readonly Trade[];
}

/** The state of one symbol, all in decimal digits. Which members it has depends on the product. */
export interface Ticker {
  readonly symbol: string;
  readonly lastPrice?: string;
  readonly tickDirection?: string;
  readonly price24hPcnt?: string;
  readonly prevPrice24h?: string;
  readonly highPrice24h?: string;
  readonly lowPrice24h?: string;
  readonly prevPrice1h?: string;
  readonly volume24h?: string;
  readonly turnover24h?: string;
  /** Futures. */
  readonly bid1Price?: string;
  readonly bid1Size?: string;
  readonly ask1Price?: string;
  readonly ask1Size?: string;
  readonly markPrice?: string;
  readonly indexPrice?: string;
  readonly openInterest?: string;
  readonly openInterestValue?: string;
  readonly fundingRate?: string;
  readonly nextFundingTime?: string;
  /** Spot. */
  readonly usdIndexPrice?: string;
  /** Options. */
  readonly bidPrice?: string;
  readonly bidSize?: string;
  readonly bidIv?: string;
  readonly askPrice?: string;
  readonly askSize?: string;
  readonly askIv?: string;
  readonly markPriceIv?: string;
  readonly underlyingPrice?: string;
  readonly delta?: string;
  readonly gamma?: string;
  readonly vega?: string;
  readonly theta?: string;
}

/**
 * `tickers.{symbol}`: a snapshot, and for futures then deltas. A delta has only the members that changed; a missing member
 * has not changed. See `mergeTicker`.
 */
export interface TickerUpdate {
  readonly topic: string;
  readonly type: 'snapshot' | 'delta';
  /** When the venue sent it, in Unix milliseconds. */
  readonly ts: number;
  /** The number across all topics. It has gaps. */
  readonly cs?: number;
  /** Options: an id of the update. */
  readonly id?: string;
  readonly data: Ticker;
}

/** A candle. */
export interface Kline {
  /** Unix milliseconds. */
  readonly start: number;
  /** Unix milliseconds. */
  readonly end: number;
  readonly interval: KlineInterval;
  readonly open: string;
  readonly close: string;
  readonly high: string;
  readonly low: string;
  readonly volume: string;
  readonly turnover: string;
  /** Whether the candle is complete. */
  readonly confirm: boolean;
  /** When the last trade took place, in Unix milliseconds. */
  readonly timestamp: number;
}

/** `kline.{interval}.{symbol}` */
export interface KlineUpdate {
  readonly topic: string;
  readonly type: 'snapshot';
  readonly ts: number;
  readonly data: readonly Kline[];
}

/** `allLiquidation.{symbol}` */
export interface LiquidationUpdate {
  readonly topic: string;
  readonly type: 'snapshot';
  readonly ts: number;
  readonly data: readonly {
    /** Unix milliseconds. */
    readonly T: number;
    readonly s: string;
    readonly S: Side;
    readonly v: string;
    readonly p: string;
  }[];
}

/** `system.status`, at an address of its own: maintenance that is planned or under way. */
export interface SystemStatusUpdate {
  readonly topic: 'system.status';
  readonly ts: number;
  readonly data: readonly {
    readonly id: string;
    readonly title: string;
    readonly state: 'scheduled' | 'ongoing' | 'completed' | 'canceled';
    /** Unix milliseconds, as digits. */
    readonly begin: string;
    /** Unix milliseconds, as digits. */
    readonly end: string;
    readonly href: string;
    readonly serviceTypes: readonly number[];
    readonly product: readonly number[];
    readonly uidSuffix: readonly number[];
    readonly maintainType: string;
    readonly env: string;
  }[];
}

/** The topics of the public addresses. */
export interface BybitPublicTopics {
  [topic: `orderbook.${number}.${string}`]: OrderBookUpdate;
  [topic: `publicTrade.${string}`]: TradeUpdate;
  [topic: `tickers.${string}`]: TickerUpdate;
  [topic: `kline.${KlineInterval}.${string}`]: KlineUpdate;
  [topic: `allLiquidation.${string}`]: LiquidationUpdate;
  'system.status': SystemStatusUpdate;
}

/**
 * The full state of a ticker after an update. Undefined if it is a delta and nothing is known yet.
 *
 * @param known - the state before the update
 *
 * @example
 * ```ts
 * const frame = { topic: 'tickers.BTCUSDT', ts: 1790000001300 };
 * const known = mergeTicker(undefined, { ...frame, type: 'snapshot', data: { symbol: 'BTCUSDT', lastPrice: '91234' } });
 * const next = mergeTicker(known, { ...frame, type: 'delta', data: { symbol: 'BTCUSDT', bid1Price: '91233' } });
 * next; // { symbol: 'BTCUSDT', lastPrice: '91234', bid1Price: '91233' }
 * ```
 */
export function mergeTicker(known: Ticker | undefined, update: TickerUpdate): Ticker | undefined {
  if (update.type === 'snapshot') return update.data;
  return known && { ...known, ...update.data };
}
