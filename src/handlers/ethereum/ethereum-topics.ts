/** `0x` and hexadecimal digits. Quantities too: `BigInt('0x1348c9')` is the number. */
export type Hex = string;

/** The header of a block. Chains and nodes add members of their own. */
export interface BlockHeader {
  /** A quantity. */
  readonly number: Hex;
  readonly hash: Hex;
  /** If this is not the hash of the block before, the chain was reorganised. */
  readonly parentHash: Hex;
  /** Unix seconds, as a quantity. */
  readonly timestamp: Hex;
  readonly gasLimit: Hex;
  readonly gasUsed: Hex;
  /** In wei; missing before the London fork. */
  readonly baseFeePerGas?: Hex;
  readonly miner?: Hex;
  readonly stateRoot?: Hex;
  readonly transactionsRoot?: Hex;
  readonly receiptsRoot?: Hex;
  readonly logsBloom?: Hex;
  readonly extraData?: Hex;
}

/** One event of a contract. */
export interface Log {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  /** Null while the block is not mined. */
  readonly blockNumber: Hex | null;
  readonly blockHash?: Hex | null;
  readonly transactionHash: Hex | null;
  readonly transactionIndex?: Hex | null;
  readonly logIndex: Hex | null;
  /** True if the chain was reorganised and this log, which came before, is no longer part of it. */
  readonly removed?: boolean;
}

/** Which logs to send; the `params` of a subscription to `logs`. */
export interface LogFilter {
  /** The contract, or several. */
  readonly address?: Hex | readonly Hex[];
  /** What must stand at each place; null allows anything there, a list allows any of its members. */
  readonly topics?: readonly (Hex | null | readonly Hex[])[];
}

/** A transaction. Its type decides which of the fees it has. */
export interface Transaction {
  readonly hash: Hex;
  readonly nonce: Hex;
  readonly from: Hex;
  /** Null if the transaction creates a contract. */
  readonly to: Hex | null;
  /** In wei. */
  readonly value: Hex;
  readonly input: Hex;
  readonly gas: Hex;
  readonly gasPrice?: Hex;
  readonly maxFeePerGas?: Hex;
  readonly maxPriorityFeePerGas?: Hex;
  readonly type?: Hex;
  readonly chainId?: Hex;
  /** Null while the transaction is pending. */
  readonly blockHash?: Hex | null;
  readonly blockNumber?: Hex | null;
  readonly transactionIndex?: Hex | null;
}

/** Whether the node is behind the chain. Nodes say the end of it as `false` or as `{ syncing: false }`. */
export type SyncingUpdate =
  | boolean
  | { readonly syncing: boolean; readonly status?: Readonly<Record<string, unknown>> };

/**
 * What can be subscribed. `logs` takes a `LogFilter` as `params`; each filter is a subscription of its own.
 *
 * @example
 * ```ts
 * const filter: LogFilter = { address: '0x8320fe7702b96808f7bbc0d4a888ed1468216cfd' };
 * const options: SubscribeOptions = { params: filter };
 * ```
 */
export interface EthereumTopics {
  /** Each new head of the chain; after a reorganisation the heads of the new branch. */
  newHeads: BlockHeader;
  logs: Log;
  /** The hash of each transaction that the node has seen. */
  newPendingTransactions: Hex;
  /** The same with the whole transaction, on nodes that can do so (geth 1.11 and later). */
  'newPendingTransactions.full': Transaction;
  syncing: SyncingUpdate;
}
