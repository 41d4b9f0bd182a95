export { Channel, type ChannelEvents, type ChannelOptions, type ChannelSummary } from './channel/channel.js';
export type { Gap, Update } from './channel/update.js';
export type { OverflowPolicy } from './channel/update-buffer.js';
export { WebSocketClient } from './client.js';
export type { ConnectOptions, ReconnectOptions, SubscribeOptions } from './client-options.js';
export type { ClientStats, ClientSummary } from './client-stats.js';
export {
  type Endpoint,
  type UrlContext,
  type UrlSource,
  WebSocketConfig,
  type WebSocketConfigInput,
} from './config.js';
export type { CloseOptions } from './connection/closing.js';
export type { ConnectionState } from './connection-state.js';
export * from './errors.js';
export type {
  ClientEvents,
  CloseCause,
  DisconnectedEvent,
  ReconnectingEvent,
  ServerRequestEvent,
  TransitionCause,
  Warning,
  WarningCode,
} from './events.js';
export { type ExchangeHandler, fromExchangeHandler } from './handlers/exchange-handler.js';
export { GenericJsonHandler, type GenericJsonOptions } from './handlers/generic-json.js';
export {
  type JsonRpcBatchEntry,
  JsonRpcHandler,
  type JsonRpcOptions,
  type JsonRpcSubscription,
} from './handlers/json-rpc.js';
export type { RequestId, Topic } from './identifiers.js';
export type { Priority } from './outbound/outbound-call.js';
export type * from './protocol/handler-types.js';
export { Message } from './protocol/message.js';
export { MessageKind } from './protocol/message-kind.js';
export { ProtocolHandler } from './protocol/protocol-handler.js';
export type { ProtocolTraits } from './protocol/protocol-traits.js';
export type { CallOptions } from './requests/call-options.js';
export type { PendingCall, RetryPolicy } from './requests/pending-request.js';
export type { RawRequestOptions, RequestOptions } from './requests/requests.js';
export type * from './runtime.js';
export type { PartialSubscription } from './subscriptions/subscribe-many.js';
export type { TraceEntry, TraceSink } from './trace.js';
