import type { BookAdapter, VenueLevel } from 'hpx-transport-ws/order-book';

/** What `orderbook.{depth}.{symbol}` of Bybit V5 sends. */
export interface BybitBook {
  readonly type: 'snapshot' | 'delta';
  readonly data: { readonly b: readonly VenueLevel[]; readonly a: readonly VenueLevel[]; readonly u: number };
}

/** `u` counts up by 1. A snapshot replaces the book at any time; `u` is 1 after a restart of the service. */
export const bybitBook: BookAdapter<BybitBook> = {
  read: ({ data: { type, data } }) => {
    const { b, a, u } = data;
    return { snapshot: type === 'snapshot' || u === 1, bids: b, asks: a, sequence: u, previous: u - 1 };
  },
};

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

/** `prevSeqId` is the `seqId` before, also of a keep-alive and after a maintenance reset. `checksum` is always 0. */
export const okxBook: BookAdapter<OkxBook> = {
  read: ({ data: { action, data } }) => {
    const [book] = data;
    if (!book) return undefined;
    const { bids, asks, seqId, prevSeqId } = book;
    return { snapshot: action === 'snapshot', bids, asks, sequence: seqId, previous: prevSeqId };
  },
};

type DeribitLevel = readonly [action: 'new' | 'change' | 'delete', price: number, amount: number];

/** What `book.{instrument}.{interval}` of Deribit sends. */
export interface DeribitBook {
  readonly type: 'snapshot' | 'change';
  readonly change_id: number;
  readonly prev_change_id?: number;
  readonly bids: readonly DeribitLevel[];
  readonly asks: readonly DeribitLevel[];
}

const levelsOf = (side: readonly DeribitLevel[]) =>
  side.map(([action, price, amount]) => [price, action === 'delete' ? 0 : amount] as const);

export const deribitBook: BookAdapter<DeribitBook> = {
  read: ({ data: { type, change_id, prev_change_id, bids, asks } }) => ({
    snapshot: type === 'snapshot',
    bids: levelsOf(bids),
    asks: levelsOf(asks),
    sequence: change_id,
    previous: prev_change_id,
  }),
};

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

/** Updates from U to u; the snapshot comes by REST. */
export function binanceBook(
  depth: (topic: string, signal: AbortSignal) => Promise<BinancePartialDepth>,
): BookAdapter<BinanceDepth> {
  return {
    read: ({ data: { U, u, b, a } }) => ({ snapshot: false, bids: b, asks: a, first: U, sequence: u }),
    snapshot: async (topic, signal) => {
      const { lastUpdateId, bids, asks } = await depth(topic, signal);
      return { snapshot: true, bids, asks, sequence: lastUpdateId };
    },
  };
}

/** Each update is the whole book of few levels. */
export const binancePartialBook: BookAdapter<BinancePartialDepth> = {
  read: ({ data: { lastUpdateId, bids, asks } }) => ({ snapshot: true, bids, asks, sequence: lastUpdateId }),
};
