import type { BlockHeader, Hex, Log, LogFilter, Transaction } from './ethereum-topics.js';

export type BlockTag = 'latest' | 'earliest' | 'pending' | 'safe' | 'finalized';

/** A block by its number or by a word. */
export type BlockReference = Hex | BlockTag;

export interface AccessListEntry {
  readonly address: Hex;
  readonly storageKeys: readonly Hex[];
}

/** A transaction to try or to send from an account of the node. All quantities are hex. */
export interface CallRequest {
  readonly from?: Hex;
  readonly to?: Hex | null;
  readonly gas?: Hex;
  readonly gasPrice?: Hex;
  readonly maxFeePerGas?: Hex;
  readonly maxPriorityFeePerGas?: Hex;
  readonly value?: Hex;
  /** The newer name of `data`. */
  readonly input?: Hex;
  readonly data?: Hex;
  readonly nonce?: Hex;
  readonly accessList?: readonly AccessListEntry[];
}

/** A block with its transactions: hashes, or whole transactions if they were asked for. */
export interface Block extends BlockHeader {
  readonly transactions: readonly Hex[] | readonly Transaction[];
}

export interface TransactionReceipt {
  readonly transactionHash: Hex;
  readonly transactionIndex: Hex;
  readonly blockHash: Hex;
  readonly blockNumber: Hex;
  readonly from: Hex;
  readonly to: Hex | null;
  readonly gasUsed: Hex;
  readonly cumulativeGasUsed: Hex;
  readonly effectiveGasPrice?: Hex;
  readonly contractAddress: Hex | null;
  readonly logs: readonly Log[];
  /** `0x1`: done, `0x0`: reverted. */
  readonly status?: Hex;
}

/** Which logs to look up, for example those of a gap. */
export interface LogQuery extends LogFilter {
  readonly fromBlock?: BlockReference;
  readonly toBlock?: BlockReference;
  /** One block by its hash, instead of a range. */
  readonly blockHash?: Hex;
}

export interface FeeHistory {
  readonly oldestBlock: Hex;
  readonly baseFeePerGas?: readonly Hex[];
  readonly gasUsedRatio: readonly number[];
  readonly reward?: readonly (readonly Hex[])[];
}

/** How far a node has come. */
export interface SyncProgress {
  readonly startingBlock: Hex;
  readonly currentBlock: Hex;
  readonly highestBlock: Hex;
}

/** A method without params. */
interface Plain<Result> {
  readonly params: readonly [] | undefined;
  readonly result: Result;
}

/**
 * The calls that every node knows. `null` is a result, for example for a block that does not exist.
 *
 * A node has methods of its own: `new EthereumHandler<EthereumTopics, EthereumMethods & MyMethods>()` adds them.
 */
export interface EthereumMethods {
  web3_clientVersion: Plain<string>;
  net_version: Plain<string>;
  eth_chainId: Plain<Hex>;
  eth_blockNumber: Plain<Hex>;
  eth_gasPrice: Plain<Hex>;
  eth_maxPriorityFeePerGas: Plain<Hex>;
  eth_accounts: Plain<readonly Hex[]>;
  eth_syncing: Plain<false | SyncProgress>;
  eth_feeHistory: {
    readonly params: readonly [blocks: Hex, newest: BlockReference, percentiles: readonly number[]];
    readonly result: FeeHistory;
  };
  eth_getBalance: { readonly params: readonly [address: Hex, block: BlockReference]; readonly result: Hex };
  eth_getCode: { readonly params: readonly [address: Hex, block: BlockReference]; readonly result: Hex };
  eth_getStorageAt: {
    readonly params: readonly [address: Hex, slot: Hex, block: BlockReference];
    readonly result: Hex;
  };
  eth_getTransactionCount: { readonly params: readonly [address: Hex, block: BlockReference]; readonly result: Hex };
  eth_getBlockByNumber: {
    readonly params: readonly [block: BlockReference, withTransactions: boolean];
    readonly result: Block | null;
  };
  eth_getBlockByHash: {
    readonly params: readonly [hash: Hex, withTransactions: boolean];
    readonly result: Block | null;
  };
  eth_getTransactionByHash: { readonly params: readonly [hash: Hex]; readonly result: Transaction | null };
  eth_getTransactionReceipt: { readonly params: readonly [hash: Hex]; readonly result: TransactionReceipt | null };
  eth_getLogs: { readonly params: readonly [query: LogQuery]; readonly result: readonly Log[] };
  /** Rejects with code 3 and the revert data where the contract reverts. */
  eth_call: { readonly params: readonly [call: CallRequest, block?: BlockReference]; readonly result: Hex };
  eth_estimateGas: { readonly params: readonly [call: CallRequest, block?: BlockReference]; readonly result: Hex };
  /** The hash of the transaction. A signed transaction can be sent twice: it is carried out once. */
  eth_sendRawTransaction: { readonly params: readonly [signed: Hex]; readonly result: Hex };
  /** For accounts that the node holds. */
  eth_sendTransaction: { readonly params: readonly [transaction: CallRequest]; readonly result: Hex };
}
