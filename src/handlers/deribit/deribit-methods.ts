import type { Order, Side, TickerUpdate, TimeInForce, TradeUpdate, UserTrade } from './deribit-topics.js';

/** An order. For perpetuals and inverse futures `amount` is US dollars, for options and linear futures it is coins. */
export interface NewOrder {
  readonly instrument_name: string;
  readonly amount?: number;
  /** Instead of `amount`. */
  readonly contracts?: number;
  readonly type?: Order['order_type'];
  /** Your own name for the order, at most 64 characters. With it an order can be found again whose outcome is unknown. */
  readonly label?: string;
  readonly price?: number;
  readonly time_in_force?: TimeInForce;
  readonly post_only?: boolean;
  readonly reject_post_only?: boolean;
  readonly reduce_only?: boolean;
  readonly max_show?: number;
  readonly trigger_price?: number;
  readonly trigger?: 'index_price' | 'mark_price' | 'last_price';
  readonly mmp?: boolean;
  /** Unix milliseconds after which the venue must not carry the order out. */
  readonly valid_until?: number;
}

export interface PlacedOrder {
  readonly order: Order;
  readonly trades: readonly UserTrade[];
}

export interface EditedOrder {
  readonly order_id: string;
  readonly amount?: number;
  readonly contracts?: number;
  readonly price?: number;
  readonly post_only?: boolean;
  readonly reduce_only?: boolean;
}

export type CancelledOrder = Order;

export interface Instrument {
  readonly instrument_name: string;
  readonly kind: 'future' | 'option' | 'spot' | 'future_combo' | 'option_combo';
  readonly tick_size: number;
  readonly min_trade_amount: number;
  readonly contract_size?: number;
  readonly is_active: boolean;
  readonly expiration_timestamp?: number;
}

export interface Position {
  readonly instrument_name: string;
  readonly direction: Side | 'zero';
  readonly size: number;
  readonly average_price: number;
  readonly mark_price: number;
  readonly floating_profit_loss: number;
}

export interface AccountSummary {
  readonly currency: string;
  readonly equity: number;
  readonly balance: number;
  readonly available_funds: number;
}

export interface PublicStatus {
  readonly locked: boolean | string;
  readonly locked_indices?: readonly string[];
}

interface Call<Params, Result> {
  readonly params: Params;
  readonly result: Result;
}
type Plain<Result> = Call<Readonly<Record<string, never>> | undefined, Result>;
type OfInstrument<Result> = Call<{ readonly instrument_name: string }, Result>;
type OfCurrency = { readonly currency: string; readonly kind?: Instrument['kind'] };

/**
 * The calls of the venue that a bot needs. Others can be made untyped: `request<Result>({ method, params })`.
 *
 * `private/…` needs an API key. The handler itself does `public/auth`, `public/set_heartbeat` and the subscriptions.
 */
export interface DeribitMethods {
  'public/test': Plain<{ readonly version: string }>;
  /** Unix milliseconds. */
  'public/get_time': Plain<number>;
  'public/status': Plain<PublicStatus>;
  'public/hello': Call<{ readonly client_name: string; readonly client_version: string }, { readonly version: string }>;
  'public/get_instruments': Call<OfCurrency & { readonly expired?: boolean }, readonly Instrument[]>;
  'public/ticker': OfInstrument<TickerUpdate>;
  'public/get_order_book': Call<
    { readonly instrument_name: string; readonly depth?: number },
    TickerUpdate & {
      readonly change_id: number;
      readonly bids: readonly (readonly [price: number, amount: number])[];
      readonly asks: readonly (readonly [price: number, amount: number])[];
    }
  >;
  'public/get_last_trades_by_instrument': Call<
    { readonly instrument_name: string; readonly count?: number; readonly start_seq?: number },
    { readonly trades: readonly TradeUpdate[]; readonly has_more: boolean }
  >;
  'private/buy': Call<NewOrder, PlacedOrder>;
  'private/sell': Call<NewOrder, PlacedOrder>;
  'private/edit': Call<EditedOrder, PlacedOrder>;
  'private/cancel': Call<{ readonly order_id: string }, CancelledOrder>;
  /** The number of cancelled orders. */
  'private/cancel_all': Plain<number>;
  'private/cancel_all_by_instrument': OfInstrument<number>;
  'private/cancel_by_label': Call<{ readonly label: string; readonly currency?: string }, number>;
  'private/close_position': Call<
    { readonly instrument_name: string; readonly type: 'limit' | 'market'; readonly price?: number },
    PlacedOrder
  >;
  'private/get_order_state': Call<{ readonly order_id: string }, Order>;
  'private/get_order_state_by_label': Call<{ readonly currency: string; readonly label: string }, readonly Order[]>;
  'private/get_open_orders': Call<{ readonly kind?: Instrument['kind'] } | undefined, readonly Order[]>;
  'private/get_open_orders_by_instrument': OfInstrument<readonly Order[]>;
  'private/get_position': OfInstrument<Position>;
  'private/get_positions': Call<Partial<OfCurrency> | undefined, readonly Position[]>;
  'private/get_account_summary': Call<{ readonly currency: string; readonly extended?: boolean }, AccountSummary>;
  'private/enable_cancel_on_disconnect': Call<{ readonly scope?: 'connection' | 'account' } | undefined, 'ok'>;
  'private/disable_cancel_on_disconnect': Call<{ readonly scope?: 'connection' | 'account' } | undefined, 'ok'>;
}
