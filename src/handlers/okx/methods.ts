import type { InstrumentType } from './market-topics.js';
import type { OrderKind, OrderSide, TradeMode } from './private-topics.js';

/**
 * The instrument of an order. The venue wants the code, `instIdCode` of its REST `/api/v5/public/instruments`; it took
 * `instId` until March 2026.
 */
type Instrument =
  | { readonly instIdCode: number; readonly instId?: string }
  | { readonly instId: string; readonly instIdCode?: number };

/** A new order. Prices and sizes are decimals in strings. */
export type NewOrder = Instrument & {
  readonly tdMode: TradeMode;
  readonly side: OrderSide;
  readonly ordType: OrderKind;
  readonly sz: string;
  readonly px?: string;
  /** Up to 32 letters and digits. */
  readonly clOrdId?: string;
  readonly ccy?: string;
  readonly tag?: string;
  readonly posSide?: 'long' | 'short' | 'net';
  readonly reduceOnly?: boolean;
  readonly tgtCcy?: 'base_ccy' | 'quote_ccy';
  readonly banAmend?: boolean;
  readonly stpMode?: 'cancel_maker' | 'cancel_taker' | 'cancel_both';
};

/** An order, by the id of the venue or by yours. */
export type OrderReference = Instrument & ({ readonly ordId: string } | { readonly clOrdId: string });

/** A change of an order. */
export type OrderChange = OrderReference & {
  readonly newSz?: string;
  readonly newPx?: string;
  readonly cxlOnFail?: boolean;
  readonly reqId?: string;
};

/** What became of one order of a request. A request with several orders may be carried out in part: look at each `sCode`. */
export interface OrderAnswer {
  readonly clOrdId: string;
  /** Empty if the order was refused. */
  readonly ordId: string;
  readonly tag?: string;
  readonly reqId?: string;
  /** Unix milliseconds. */
  readonly ts?: string;
  /** '0', or the code of the refusal. */
  readonly sCode: string;
  readonly sMsg: string;
}

interface Operation<Args> {
  readonly params: Args;
  readonly result: readonly OrderAnswer[];
  readonly beside: {
    /** Unix milliseconds, in a string: the venue refuses a request that arrives later. */
    readonly expTime?: string;
  };
}

/** The operations for `request({ op, args })`, at `urls.private`. They need credentials. */
export interface OkxMethods {
  order: Operation<readonly [NewOrder]>;
  /** At most 20 orders. */
  'batch-orders': Operation<readonly NewOrder[]>;
  'cancel-order': Operation<readonly [OrderReference]>;
  'batch-cancel-orders': Operation<readonly OrderReference[]>;
  'amend-order': Operation<readonly [OrderChange]>;
  'batch-amend-orders': Operation<readonly OrderChange[]>;
  /** For market makers: cancels all their orders of an instrument family. */
  'mass-cancel': {
    readonly params: readonly [{ readonly instType: InstrumentType; readonly instFamily: string }];
    readonly result: readonly { readonly result: boolean }[];
    readonly beside: { readonly expTime?: string };
  };
}
