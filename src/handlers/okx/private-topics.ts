import type { InstrumentType, OkxMarketTopics, OkxPush } from './market-topics.js';

export type OrderSide = 'buy' | 'sell';
export type OrderKind =
  | 'market'
  | 'limit'
  | 'post_only'
  | 'fok'
  | 'ioc'
  | 'optimal_limit_ioc'
  | 'mmp'
  | 'mmp_and_post_only';
export type OrderStatus = 'live' | 'partially_filled' | 'filled' | 'canceled' | 'mmp_canceled';
export type TradeMode = 'cash' | 'isolated' | 'cross' | 'spot_isolated';

/** `orders`: an order that was placed, changed, filled or cancelled. There is no snapshot. Ids are strings. */
export type OrderUpdate = OkxPush<{
  readonly instType: InstrumentType;
  readonly instId: string;
  readonly ordId: string;
  readonly clOrdId: string;
  readonly px: string;
  readonly sz: string;
  readonly side: OrderSide;
  readonly ordType: OrderKind;
  readonly state: OrderStatus;
  readonly accFillSz: string;
  readonly avgPx: string;
  /** '0' unless a change was refused; then `msg` says why. */
  readonly code: string;
  readonly msg: string;
  /** Unix milliseconds. */
  readonly uTime: string;
  readonly cTime?: string;
  readonly ccy?: string;
  readonly fillPx?: string;
  readonly fillSz?: string;
  readonly fillTime?: string;
  readonly tradeId?: string;
  readonly fee?: string;
  readonly feeCcy?: string;
  readonly tdMode?: TradeMode;
  readonly tag?: string;
}>;

/** An update whose state comes in pages: `lastPage` is true in the last page of a snapshot. */
interface PagedPush<Data> extends OkxPush<Data> {
  readonly eventType?: 'snapshot' | 'event_update';
  /** The page, from 1; only in a snapshot. */
  readonly curPage?: number;
  /** Only in a snapshot. */
  readonly lastPage?: boolean;
}

/** `account`: balances. A long snapshot comes in several pages. */
export type AccountUpdate = PagedPush<{
  readonly uTime: string;
  readonly totalEq: string;
  readonly details: readonly {
    readonly ccy: string;
    readonly cashBal: string;
    readonly availBal: string;
    readonly frozenBal?: string;
    readonly eq?: string;
    readonly uTime?: string;
  }[];
}>;

/** `positions`. A long snapshot comes in several pages. */
export type PositionUpdate = PagedPush<{
  readonly instType: InstrumentType;
  readonly instId: string;
  readonly posId: string;
  readonly posSide: 'long' | 'short' | 'net';
  readonly mgnMode: 'cross' | 'isolated';
  readonly pos: string;
  readonly avgPx: string;
  readonly upl: string;
  readonly uTime: string;
  readonly lever?: string;
  readonly liqPx?: string;
  readonly markPx?: string;
  readonly margin?: string;
}>;

/** `balance_and_position`: what an event changed. */
export type BalanceAndPositionUpdate = OkxPush<{
  readonly pTime: string;
  readonly eventType: string;
  readonly balData: readonly { readonly ccy: string; readonly cashBal: string; readonly uTime: string }[];
  readonly posData: readonly {
    readonly posId: string;
    readonly instId: string;
    readonly instType: InstrumentType;
    readonly posSide: 'long' | 'short' | 'net';
    readonly pos: string;
    readonly avgPx: string;
    readonly uTime: string;
  }[];
}>;

/** `fills`: trades of the account, for some fee tiers. */
export type FillUpdate = OkxPush<{
  readonly instId: string;
  readonly fillSz: string;
  readonly fillPx: string;
  readonly side: OrderSide;
  readonly ts: string;
  readonly ordId: string;
  readonly clOrdId: string;
  readonly tradeId: string;
  readonly execType: 'T' | 'M';
}>;

/** The topics of an account, at `urls.private`. They need credentials. */
export interface OkxPrivateTopics {
  account: AccountUpdate;
  [topic: `account?ccy=${string}`]: AccountUpdate;
  [topic: `positions?${string}`]: PositionUpdate;
  balance_and_position: BalanceAndPositionUpdate;
  [topic: `orders?${string}`]: OrderUpdate;
  fills: FillUpdate;
  [topic: `fills?instId=${string}`]: FillUpdate;
}

/** All topics that have types. For others give the handler your own: `new OkxHandler<OkxTopics & MyTopics>()`. */
export interface OkxTopics extends OkxMarketTopics, OkxPrivateTopics {}
