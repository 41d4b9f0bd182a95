export { Channel, type ChannelEvents, type ChannelOptions } from './channel.js';
export {
  type ClientStats,
  type ConnectOptions,
  type SubscribeOptions,
  WebSocketClient,
} from './client.js';
export type { RawRequestOptions, RequestOptions } from './core/calls.js';
export { type Endpoint, type UrlSource, WebSocketConfig, type WebSocketConfigInput } from './core/config.js';
export type { CloseOptions } from './core/connection.js';
export type { ConnectionState } from './core/connection-states.js';
export * from './core/errors.js';
export type { ClientEvents, CloseCause, ServerRequestEvent, TransitionCause, Warning } from './core/events.js';
export type * from './core/handler-types.js';
export type { RequestId, Topic } from './core/identifiers.js';
export { Message } from './core/message.js';
export { isApplicationKind, isMessageKind, MessageKind } from './core/message-kind.js';
export type { PendingCall, RetryPolicy } from './core/pending-request-store.js';
export { ProtocolHandler, type ProtocolTraits } from './core/protocol-handler.js';
export type * from './core/runtime.js';
export type { TraceEntry, TraceSink } from './core/trace.js';
export type { Gap, Update } from './core/update.js';
export { type ExchangeHandler, fromExchangeHandler } from './handlers/exchange-handler.js';
export { GenericJsonHandler, type GenericJsonOptions } from './handlers/generic-json.js';
export {
  type JsonRpcBatchEntry,
  JsonRpcHandler,
  type JsonRpcOptions,
  type JsonRpcSubscription,
} from './handlers/json-rpc.js';
export type { PartialSubscription } from './subscribe-many.js';
export type { OverflowPolicy } from './update-buffer.js';
