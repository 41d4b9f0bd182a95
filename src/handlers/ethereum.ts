/** Any node of an Ethereum chain: calls, batches and subscriptions. */

export { EthereumHandler, type EthereumHandlerOptions } from './ethereum/ethereum-handler.js';
export type {
  AccessListEntry,
  Block,
  BlockReference,
  BlockTag,
  CallRequest,
  EthereumMethods,
  FeeHistory,
  LogQuery,
  SyncProgress,
  TransactionReceipt,
} from './ethereum/ethereum-methods.js';
export type {
  BlockHeader,
  EthereumTopics,
  Hex,
  Log,
  LogFilter,
  SyncingUpdate,
  Transaction,
} from './ethereum/ethereum-topics.js';
export { urls } from './ethereum/urls.js';
