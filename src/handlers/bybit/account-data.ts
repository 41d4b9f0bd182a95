import type { Side } from './market-data.js';
import type { Category, OrderType, TimeInForce } from './order-methods.js';

export type OrderStatus =
  | 'New'
  | 'PartiallyFilled'
  | 'Untriggered'
  | 'Rejected'
  | 'PartiallyFilledCanceled'
  | 'Filled'
  | 'Cancelled'
  | 'Triggered'
  | 'Deactivated';

/** What each update of the account has. */
export interface AccountUpdate<Topic extends string, Item> {
  /** An id of the update. It is no request id. */
  readonly id?: string;
  readonly topic: Topic | `${Topic}.${Category}`;
  /** Unix milliseconds. */
  readonly creationTime: number;
  readonly data: readonly Item[];
}

/** An order of the account. Numbers are decimal digits, times Unix milliseconds as digits; both are empty if unknown. */
export interface Order {
  readonly category: Category;
  readonly symbol: string;
  readonly orderId: string;
  /** Your own id of the order; empty without one. */
  readonly orderLinkId: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly price: string;
  readonly qty: string;
  readonly leavesQty: string;
  readonly orderStatus: OrderStatus;
  readonly cumExecQty: string;
  readonly cumExecValue?: string;
  readonly cumExecFee?: string;
  readonly avgPrice: string;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly?: boolean;
  readonly positionIdx?: number;
  readonly triggerPrice?: string;
  readonly cancelType?: string;
  /** `EC_NoError`, or why the venue rejected the order. */
  readonly rejectReason: string;
  readonly createdTime: string;
  readonly updatedTime: string;
}

/** A trade of the account. Numbers are decimal digits, times Unix milliseconds as digits. */
export interface Execution {
  readonly category: Category;
  readonly symbol: string;
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly side: Side;
  readonly execId: string;
  readonly execPrice: string;
  readonly execQty: string;
  readonly execTime: string;
  readonly isMaker: boolean;
  readonly seq?: number;
  /** Missing in `execution.fast`, like the members below. */
  readonly execFee?: string;
  readonly execType?: string;
  readonly execValue?: string;
  readonly feeRate?: string;
  readonly leavesQty?: string;
}

/** A position of the account. Numbers are decimal digits, times Unix milliseconds as digits. */
export interface Position {
  readonly category: Category;
  readonly symbol: string;
  readonly side: Side | '';
  readonly size: string;
  readonly positionIdx: number;
  readonly entryPrice: string;
  readonly positionValue: string;
  readonly leverage?: string;
  readonly markPrice?: string;
  readonly liqPrice?: string;
  readonly unrealisedPnl?: string;
  readonly curRealisedPnl?: string;
  readonly cumRealisedPnl?: string;
  readonly positionStatus?: string;
  readonly seq?: number;
  readonly createdTime: string;
  readonly updatedTime: string;
}

/** The balances of one account. Numbers are decimal digits. */
export interface Wallet {
  readonly accountType: string;
  readonly totalEquity: string;
  readonly totalWalletBalance: string;
  readonly totalMarginBalance?: string;
  readonly totalAvailableBalance?: string;
  readonly coin: readonly {
    readonly coin: string;
    readonly equity: string;
    readonly walletBalance: string;
    readonly locked: string;
    readonly usdValue?: string;
    readonly unrealisedPnl?: string;
  }[];
}

/** The greeks of all options of one coin. Numbers are decimal digits. */
export interface Greeks {
  readonly baseCoin: string;
  readonly totalDelta: string;
  readonly totalGamma: string;
  readonly totalVega: string;
  readonly totalTheta: string;
}

/** The streams of the account, each for all categories, and for one of them under `order.spot`, `order.linear` and so on. */
interface AccountStreams {
  order: Order;
  execution: Execution;
  'execution.fast': Execution;
  position: Position;
}

/** The topics of the private address. */
export type BybitPrivateTopics = {
  readonly [Topic in keyof AccountStreams]: AccountUpdate<Topic, AccountStreams[Topic]>;
} & {
  readonly [Topic in keyof AccountStreams as `${Topic}.${Category}`]: AccountUpdate<Topic, AccountStreams[Topic]>;
} & {
  readonly wallet: AccountUpdate<'wallet', Wallet>;
  readonly greeks: AccountUpdate<'greeks', Greeks>;
};
