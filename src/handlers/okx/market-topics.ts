/** What an update carries beside its data. `arg` repeats what was subscribed. */
export interface OkxPush<Data> {
  readonly arg: { readonly channel: string } & Readonly<Partial<Record<string, string>>>;
  readonly data: readonly Data[];
}

/** Price, size, a member that is always '0', number of orders. Prices and sizes are decimals in strings. */
export type OkxBookLevel = readonly [price: string, size: string, deprecated: string, orders: string];

/** `spot`, `margin`, perpetual and dated futures, options. */
export type InstrumentType = 'SPOT' | 'MARGIN' | 'SWAP' | 'FUTURES' | 'OPTION';

/** Intervals of candlesticks. With `utc` the day begins at 0:00 UTC, without at 0:00 in Hong Kong. */
export type CandleInterval =
  | '1s'
  | '1m'
  | '3m'
  | '5m'
  | '15m'
  | '30m'
  | '1H'
  | '2H'
  | '4H'
  | '6H'
  | '12H'
  | '1D'
  | '2D'
  | '3D'
  | '1W'
  | '1M'
  | '3M'
  | '6Hutc'
  | '12Hutc'
  | '1Dutc'
  | '2Dutc'
  | '3Dutc'
  | '1Wutc'
  | '1Mutc'
  | '3Mutc';

/** `tickers`: the state of an instrument. Times are Unix milliseconds in strings. */
export type TickerUpdate = OkxPush<{
  readonly instType: InstrumentType;
  readonly instId: string;
  readonly last: string;
  readonly lastSz: string;
  readonly askPx: string;
  readonly askSz: string;
  readonly bidPx: string;
  readonly bidSz: string;
  readonly open24h: string;
  readonly high24h: string;
  readonly low24h: string;
  readonly volCcy24h: string;
  readonly vol24h: string;
  readonly sodUtc0: string;
  readonly sodUtc8: string;
  readonly ts: string;
}>;

/** `trades` (trades of one taker order at one price in one entry) and `trades-all` (each trade). */
export type TradeUpdate = OkxPush<{
  readonly instId: string;
  readonly tradeId: string;
  readonly px: string;
  readonly sz: string;
  /** The side of the taker. */
  readonly side: 'buy' | 'sell';
  readonly ts: string;
  /** The number of trades in this entry; `trades` alone has it. */
  readonly count?: string;
  /** `trades` alone has it. */
  readonly seqId?: number;
}>;

/**
 * `books`, `books-l2-tbt`, `books50-l2-tbt`: first the whole book (`snapshot`), then the levels that changed; size '0'
 * removes a level. `books5`, `bbo-tbt`: each update is the whole of the best levels, and has no `action`.
 */
export interface OrderBookUpdate
  extends OkxPush<{
    readonly asks: readonly OkxBookLevel[];
    readonly bids: readonly OkxBookLevel[];
    readonly ts: string;
    /** Always 0 since June 2026: the venue keeps the book right by `seqId` alone. */
    readonly checksum?: number;
    readonly seqId: number;
    /** The `seqId` of the update before; -1 in a snapshot. */
    readonly prevSeqId?: number;
  }> {
  readonly action?: 'snapshot' | 'update';
}

/** `candle1m` and so on, at `urls.business`. The last member is '1' if the candlestick is closed. */
export type CandleUpdate = OkxPush<
  readonly [
    ts: string,
    open: string,
    high: string,
    low: string,
    close: string,
    volume: string,
    volumeCcy: string,
    volumeCcyQuote: string,
    confirm: '0' | '1',
  ]
>;

/** `mark-price`. */
export type MarkPriceUpdate = OkxPush<{
  readonly instType: InstrumentType;
  readonly instId: string;
  readonly markPx: string;
  readonly ts: string;
}>;

/** `index-tickers`. */
export type IndexTickerUpdate = OkxPush<{
  readonly instId: string;
  readonly idxPx: string;
  readonly high24h: string;
  readonly low24h: string;
  readonly open24h: string;
  readonly sodUtc0: string;
  readonly sodUtc8: string;
  readonly ts: string;
}>;

/** `funding-rate`. */
export type FundingRateUpdate = OkxPush<{
  readonly instType: 'SWAP';
  readonly instId: string;
  readonly fundingRate: string;
  readonly fundingTime: string;
  readonly nextFundingRate: string;
  readonly nextFundingTime: string;
  readonly ts: string;
}>;

/** `open-interest`. */
export type OpenInterestUpdate = OkxPush<{
  readonly instType: InstrumentType;
  readonly instId: string;
  readonly oi: string;
  readonly oiCcy: string;
  readonly ts: string;
}>;

/** The topics of market data. The members after `?` may be written in any order. */
export interface OkxMarketTopics {
  [topic: `tickers?instId=${string}`]: TickerUpdate;
  [topic: `trades?instId=${string}`]: TradeUpdate;
  [topic: `trades-all?instId=${string}`]: TradeUpdate;
  [topic: `books?instId=${string}`]: OrderBookUpdate;
  [topic: `books5?instId=${string}`]: OrderBookUpdate;
  [topic: `bbo-tbt?instId=${string}`]: OrderBookUpdate;
  [topic: `books-l2-tbt?instId=${string}`]: OrderBookUpdate;
  [topic: `books50-l2-tbt?instId=${string}`]: OrderBookUpdate;
  [topic: `candle${CandleInterval}?instId=${string}`]: CandleUpdate;
  [topic: `mark-price?instId=${string}`]: MarkPriceUpdate;
  [topic: `index-tickers?instId=${string}`]: IndexTickerUpdate;
  [topic: `funding-rate?instId=${string}`]: FundingRateUpdate;
  [topic: `open-interest?instId=${string}`]: OpenInterestUpdate;
}
