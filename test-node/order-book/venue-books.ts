// The books of the venues, typed by those members of an update that they read: recorded frames are shortened to these.

import { binanceBook as binance, binancePartialBook as binancePartial } from 'hpx-transport-ws/handlers/binance';
import { bybitBook as bybit } from 'hpx-transport-ws/handlers/bybit';
import { deribitBook as deribit } from 'hpx-transport-ws/handlers/deribit';
import { okxBook as okx } from 'hpx-transport-ws/handlers/okx';
import type { BookAdapter, VenueLevel } from 'hpx-transport-ws/order-book';

/** What `orderbook.{depth}.{symbol}` of Bybit V5 sends. */
export interface BybitBook {
  readonly type: 'snapshot' | 'delta';
  readonly data: { readonly b: readonly VenueLevel[]; readonly a: readonly VenueLevel[]; readonly u: number };
}

export const bybitBook = bybit as unknown as BookAdapter<BybitBook>;

/** What `books` of OKX V5 sends: price, size, a deprecated member, number of orders. */
export interface OkxBook {
  readonly action: 'snapshot' | 'update';
  readonly data: readonly {
    readonly bids: readonly VenueLevel[];
    readonly asks: readonly VenueLevel[];
    readonly seqId: number;
    readonly prevSeqId: number;
  }[];
}

export const okxBook = okx as unknown as BookAdapter<OkxBook>;

type DeribitLevel = readonly [action: 'new' | 'change' | 'delete', price: number, amount: number];

/** What `book.{instrument}.{interval}` of Deribit sends. */
export interface DeribitBook {
  readonly type: 'snapshot' | 'change';
  readonly change_id: number;
  readonly prev_change_id?: number;
  readonly bids: readonly DeribitLevel[];
  readonly asks: readonly DeribitLevel[];
}

export const deribitBook = deribit as unknown as BookAdapter<DeribitBook>;

/** What `{symbol}@depth` of Binance sends. */
export interface BinanceDepth {
  readonly U: number;
  readonly u: number;
  readonly b: readonly VenueLevel[];
  readonly a: readonly VenueLevel[];
}

/** What `{symbol}@depth{levels}` of Binance sends, and what its REST `/api/v3/depth` answers. */
export interface BinancePartialDepth {
  readonly lastUpdateId: number;
  readonly bids: readonly VenueLevel[];
  readonly asks: readonly VenueLevel[];
}

type GetDepth = (symbol: string, signal: AbortSignal) => Promise<BinancePartialDepth>;
export const binanceBook = binance as unknown as (depth: GetDepth) => BookAdapter<BinanceDepth>;

export const binancePartialBook = binancePartial as unknown as BookAdapter<BinancePartialDepth>;
