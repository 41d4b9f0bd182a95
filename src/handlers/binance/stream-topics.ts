/** Price and quantity, as decimals in strings. */
export type PriceLevel = readonly [price: string, quantity: string];

/** Candlestick intervals. `1s` is a second, `1M` a month. */
export type KlineInterval =
  | '1s'
  | '1m'
  | '3m'
  | '5m'
  | '15m'
  | '30m'
  | '1h'
  | '2h'
  | '4h'
  | '6h'
  | '8h'
  | '12h'
  | '1d'
  | '3d'
  | '1w'
  | '1M';

/** An update with its event time. Times are Unix milliseconds, or microseconds with `timeUnit=MICROSECOND` in the URL. */
interface StreamEvent<Name extends string> {
  /** Event type. */
  readonly e: Name;
  /** Event time. */
  readonly E: number;
  /** Symbol, in upper case. */
  readonly s: string;
}

/** Trades of one taker order at one price: `btcusdt@aggTrade`. */
export interface AggregateTradeUpdate extends StreamEvent<'aggTrade'> {
  /** Aggregate trade id. */
  readonly a: number;
  /** Price. */
  readonly p: string;
  /** Quantity. */
  readonly q: string;
  /** First trade id. */
  readonly f: number;
  /** Last trade id. */
  readonly l: number;
  /** Trade time. */
  readonly T: number;
  /** Whether the buyer was the maker. */
  readonly m: boolean;
  /** To be ignored. */
  readonly M: boolean;
}

/** One trade: `btcusdt@trade`. */
export interface TradeUpdate extends StreamEvent<'trade'> {
  /** Trade id. */
  readonly t: number;
  /** Price. */
  readonly p: string;
  /** Quantity. */
  readonly q: string;
  /** Trade time. */
  readonly T: number;
  /** Whether the buyer was the maker. */
  readonly m: boolean;
  /** To be ignored. */
  readonly M: boolean;
}

/** A candlestick that is still open, or just closed: `btcusdt@kline_1m`. */
export interface KlineUpdate extends StreamEvent<'kline'> {
  readonly k: {
    /** Start time. */
    readonly t: number;
    /** Close time. */
    readonly T: number;
    /** Symbol. */
    readonly s: string;
    /** Interval. */
    readonly i: KlineInterval;
    /** First trade id. */
    readonly f: number;
    /** Last trade id. */
    readonly L: number;
    /** Open price. */
    readonly o: string;
    /** Close price. */
    readonly c: string;
    /** High price. */
    readonly h: string;
    /** Low price. */
    readonly l: string;
    /** Volume of the base asset. */
    readonly v: string;
    /** Number of trades. */
    readonly n: number;
    /** Whether the candlestick is closed. */
    readonly x: boolean;
    /** Volume of the quote asset. */
    readonly q: string;
    /** Taker volume of the base asset. */
    readonly V: string;
    /** Taker volume of the quote asset. */
    readonly Q: string;
    /** To be ignored. */
    readonly B: string;
  };
}

/** The last 24 hours in short: `btcusdt@miniTicker`, and a list of all that changed in `!miniTicker@arr`. */
export interface MiniTickerUpdate extends StreamEvent<'24hrMiniTicker'> {
  /** Close price. */
  readonly c: string;
  /** Open price. */
  readonly o: string;
  /** High price. */
  readonly h: string;
  /** Low price. */
  readonly l: string;
  /** Volume of the base asset. */
  readonly v: string;
  /** Volume of the quote asset. */
  readonly q: string;
}

/** A window of time, which ends now: `btcusdt@ticker_1h`, `_4h` or `_1d`, and lists in `!ticker_1h@arr`. */
export interface WindowTickerUpdate extends StreamEvent<'1hTicker' | '4hTicker' | '1dTicker'>, TickerFields {}

/** The last 24 hours: `btcusdt@ticker`. */
export interface TickerUpdate extends StreamEvent<'24hrTicker'>, TickerFields {
  /** First trade before the window. */
  readonly x: string;
  /** Last quantity. */
  readonly Q: string;
  /** Best bid price. */
  readonly b: string;
  /** Best bid quantity. */
  readonly B: string;
  /** Best ask price. */
  readonly a: string;
  /** Best ask quantity. */
  readonly A: string;
}

interface TickerFields {
  /** Price change. */
  readonly p: string;
  /** Price change in percent. */
  readonly P: string;
  /** Weighted average price. */
  readonly w: string;
  /** Last price. */
  readonly c: string;
  /** Open price. */
  readonly o: string;
  /** High price. */
  readonly h: string;
  /** Low price. */
  readonly l: string;
  /** Volume of the base asset. */
  readonly v: string;
  /** Volume of the quote asset. */
  readonly q: string;
  /** Open time. */
  readonly O: number;
  /** Close time. */
  readonly C: number;
  /** First trade id. */
  readonly F: number;
  /** Last trade id. */
  readonly L: number;
  /** Number of trades. */
  readonly n: number;
}

/** Best bid and ask: `btcusdt@bookTicker`. It has no event type and no time. */
export interface BookTickerUpdate {
  /** Update id of the book. */
  readonly u: number;
  /** Symbol, in upper case. */
  readonly s: string;
  /** Best bid price. */
  readonly b: string;
  /** Best bid quantity. */
  readonly B: string;
  /** Best ask price. */
  readonly a: string;
  /** Best ask quantity. */
  readonly A: string;
}

/** Average price of some minutes: `btcusdt@avgPrice`. */
export interface AveragePriceUpdate extends StreamEvent<'avgPrice'> {
  /** Interval, such as `5m`. */
  readonly i: string;
  /** Average price. */
  readonly w: string;
  /** Time of the last trade. */
  readonly T: number;
}

/**
 * What changed in the order book: `btcusdt@depth` (each second) and `btcusdt@depth@100ms`. A book begins with a snapshot by
 * REST; see `binanceBook`.
 */
export interface OrderBookUpdate extends StreamEvent<'depthUpdate'> {
  /** First update id of this event: one more than `u` of the event before. */
  readonly U: number;
  /** Last update id of this event. */
  readonly u: number;
  /** Bids to set; quantity 0 removes the level. */
  readonly b: readonly PriceLevel[];
  /** Asks to set; quantity 0 removes the level. */
  readonly a: readonly PriceLevel[];
}

/** The best 5, 10 or 20 levels: `btcusdt@depth5`, `btcusdt@depth20@100ms`. It names no symbol. */
export interface OrderBookSnapshot {
  readonly lastUpdateId: number;
  /** Bids, best first. */
  readonly bids: readonly PriceLevel[];
  /** Asks, best first. */
  readonly asks: readonly PriceLevel[];
}

/** The streams of the venue, and their data. The symbol may be written in any case. */
export interface BinanceStreamTopics {
  [topic: `${string}@aggTrade`]: AggregateTradeUpdate;
  [topic: `${string}@trade`]: TradeUpdate;
  [topic: `${string}@kline_${KlineInterval}`]: KlineUpdate;
  [topic: `${string}@kline_${KlineInterval}@+08:00`]: KlineUpdate;
  [topic: `${string}@miniTicker`]: MiniTickerUpdate;
  [topic: `${string}@ticker`]: TickerUpdate;
  [topic: `${string}@ticker_${'1h' | '4h' | '1d'}`]: WindowTickerUpdate;
  [topic: `${string}@bookTicker`]: BookTickerUpdate;
  [topic: `${string}@avgPrice`]: AveragePriceUpdate;
  [topic: `${string}@depth`]: OrderBookUpdate;
  [topic: `${string}@depth@100ms`]: OrderBookUpdate;
  [topic: `${string}@depth${5 | 10 | 20}`]: OrderBookSnapshot;
  [topic: `${string}@depth${5 | 10 | 20}@100ms`]: OrderBookSnapshot;
  '!miniTicker@arr': readonly MiniTickerUpdate[];
  '!ticker@arr': readonly TickerUpdate[];
  '!ticker_1h@arr': readonly WindowTickerUpdate[];
  '!ticker_4h@arr': readonly WindowTickerUpdate[];
  '!ticker_1d@arr': readonly WindowTickerUpdate[];
}

/** What can be asked of the server of the streams. */
export interface BinanceStreamMethods {
  LIST_SUBSCRIPTIONS: { params: undefined; result: readonly string[] };
  GET_PROPERTY: { params: readonly ['combined']; result: boolean };
  SET_PROPERTY: { params: readonly ['combined', boolean]; result: null };
}
