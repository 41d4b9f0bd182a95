export type { BookStatus, OrderBookState } from './react/book-feed.js';
export type { ChannelLosses, ChannelState } from './react/channel-store.js';
export type { Connection, ConnectionSource } from './react/connection.js';
export type { LatestData, LatestState } from './react/latest-feed.js';
export type { HookClient } from './react/react-client.js';
export type {
  ClosedTopic,
  FailedTopic,
  IdleTopic,
  InterruptedTopic,
  LiveTopic,
  PendingTopic,
  StaleTopic,
  TopicStatus,
} from './react/topic-status.js';
export { type UseChannelOptions, useChannel } from './react/use-channel.js';
export { type UseConnectionOptions, useConnection } from './react/use-connection.js';
export { type UseLatestOptions, useLatest } from './react/use-latest.js';
export { type UseOrderBookOptions, useOrderBook } from './react/use-order-book.js';
