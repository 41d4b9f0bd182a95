/** An event with its time, Unix milliseconds. */
interface AccountEvent<Name extends string> {
  /** Event type. */
  readonly e: Name;
  /** Event time. */
  readonly E: number;
}

/** An id: a number; its digits as a string where a number would not be exact. */
export type OrderId = number | string;

export type OrderSide = 'BUY' | 'SELL';
export type OrderType =
  | 'LIMIT'
  | 'MARKET'
  | 'STOP_LOSS'
  | 'STOP_LOSS_LIMIT'
  | 'TAKE_PROFIT'
  | 'TAKE_PROFIT_LIMIT'
  | 'LIMIT_MAKER';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';
export type OrderStatus =
  | 'NEW'
  | 'PENDING_NEW'
  | 'PARTIALLY_FILLED'
  | 'FILLED'
  | 'CANCELED'
  | 'PENDING_CANCEL'
  | 'REJECTED'
  | 'EXPIRED'
  | 'EXPIRED_IN_MATCH';

/** Something happened to an order. */
export interface ExecutionReport extends AccountEvent<'executionReport'> {
  /** Symbol. */
  readonly s: string;
  /** Client order id. */
  readonly c: string;
  /** Side. */
  readonly S: OrderSide;
  /** Order type. */
  readonly o: OrderType;
  /** Time in force. */
  readonly f: TimeInForce;
  /** Quantity. */
  readonly q: string;
  /** Price. */
  readonly p: string;
  /** Stop price. */
  readonly P?: string;
  /** Iceberg quantity. */
  readonly F?: string;
  /** Order list id; -1 for none. */
  readonly g?: OrderId;
  /** Client order id of the order that was cancelled. */
  readonly C?: string;
  /** What happened. */
  readonly x: 'NEW' | 'CANCELED' | 'REPLACED' | 'REJECTED' | 'TRADE' | 'EXPIRED' | 'TRADE_PREVENTION';
  /** Order status now. */
  readonly X: OrderStatus;
  /** Reason of a refusal; `NONE` otherwise. */
  readonly r?: string;
  /** Order id. */
  readonly i: OrderId;
  /** Quantity of the last trade. */
  readonly l: string;
  /** Quantity traded so far. */
  readonly z: string;
  /** Price of the last trade. */
  readonly L: string;
  /** Commission. */
  readonly n: string;
  /** Asset of the commission. */
  readonly N: string | null;
  /** Transaction time. */
  readonly T: number;
  /** Trade id; -1 for none. */
  readonly t: OrderId;
  /** Execution id. */
  readonly I?: OrderId;
  /** Whether the order is in the book. */
  readonly w: boolean;
  /** Whether this trade was on the maker's side. */
  readonly m: boolean;
  /** Order creation time. */
  readonly O?: number;
  /** Quote quantity traded so far. */
  readonly Z?: string;
  /** Quote quantity of the last trade. */
  readonly Y?: string;
  /** Quote order quantity. */
  readonly Q?: string;
  /** Working time. */
  readonly W?: number;
  /** Self-trade prevention mode. */
  readonly V?: string;
}

/** Balances that may have changed. */
export interface AccountPosition extends AccountEvent<'outboundAccountPosition'> {
  /** Time of the last account update. */
  readonly u: number;
  readonly B: readonly {
    /** Asset. */
    readonly a: string;
    /** Free amount. */
    readonly f: string;
    /** Locked amount. */
    readonly l: string;
  }[];
}

/** A deposit, a withdrawal or a transfer. */
export interface BalanceUpdate extends AccountEvent<'balanceUpdate'> {
  /** Asset. */
  readonly a: string;
  /** Change. */
  readonly d: string;
  /** Clear time. */
  readonly T: number;
}

/** Something happened to an order list. */
export interface ListStatus extends AccountEvent<'listStatus'> {
  /** Symbol. */
  readonly s: string;
  /** Order list id. */
  readonly g: OrderId;
  /** Contingency type. */
  readonly c: string;
  /** List status type. */
  readonly l: string;
  /** List order status. */
  readonly L: string;
  /** Reason of a refusal. */
  readonly r: string;
  /** Client id of the list. */
  readonly C: string;
  /** Transaction time. */
  readonly T: number;
  readonly O: readonly {
    /** Symbol. */
    readonly s: string;
    /** Order id. */
    readonly i: OrderId;
    /** Client order id. */
    readonly c: string;
  }[];
}

/** A part of the balance was locked or unlocked outside of spot trading. */
export interface ExternalLockUpdate extends AccountEvent<'externalLockUpdate'> {
  /** Asset. */
  readonly a: string;
  /** Change of the locked amount. */
  readonly d: string;
  /** Transaction time. */
  readonly T: number;
}

/** An event of the account; `e` tells which. */
export type UserDataEvent = ExecutionReport | AccountPosition | BalanceUpdate | ListStatus | ExternalLockUpdate;

/** The topics of the WebSocket API. */
export interface BinanceApiTopics {
  /** The events of the account. */
  userData: UserDataEvent;
}
