import type { ConnectionState } from './connection-state.js';
import type { AnyTransportError } from './errors.js';
import type { RequestId } from './identifiers.js';
import type { Message } from './protocol/message.js';
import type { MessageKind } from './protocol/message-kind.js';

/** Why a client, or a channel, is closed. */
export interface CloseCause {
  /** The close code of RFC 6455 section 7.4; 1000 for an ordinary end. */
  readonly code: number;
  readonly reason: string;
  /** The error that caused the end; missing where the application asked for the end. */
  readonly error?: AnyTransportError;
}

/** Why the connection left a state. */
export interface TransitionCause {
  /** The event of the transition table. */
  readonly event: string;
  readonly reason: string;
  readonly error?: AnyTransportError;
}

/** The next attempt to connect. */
export interface ReconnectingEvent {
  /** The number of the attempt, counted from 1 since the connection was last stable. */
  readonly attempt: number;
  /** Milliseconds until the attempt. */
  readonly delay: number;
  /** Why the last connection, or the last attempt, failed. */
  readonly cause: AnyTransportError;
}

/** The end of a connection. */
export interface DisconnectedEvent {
  /** The close code of RFC 6455 section 7.4; 1006 for an end without a close frame. */
  readonly code: number;
  readonly reason: string;
  /** Missing where the application closed the client. */
  readonly cause: AnyTransportError | undefined;
}

/** A request from the server, with the means to answer it. */
export interface ServerRequestEvent {
  readonly id: RequestId;
  readonly method: string;
  readonly params: unknown;
  /** Sends a result. Only the first answer is sent, and only on the connection that brought the request. */
  respond(result: unknown): void;
  /** Sends an error. Only the first answer is sent, and only on the connection that brought the request. */
  reject(error: { message: string; code?: string | number; data?: unknown }): void;
}

/** The stable names of the warnings. docs/connection.md says what each means. */
export type WarningCode =
  | 'channel-made-room'
  | 'connection-forbidden'
  | 'deprecated-handler'
  | 'link-unprobed'
  | 'never-connected'
  | 'server-delay-cut'
  | 'subscription-retried'
  | 'subscription-unconfirmed';

/** News for the application that needs no action. */
export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
  readonly error?: AnyTransportError;
}

/** The events of a client, each with the arguments of its listeners. */
export interface ClientEvents {
  /** The connection changed its state. */
  stateChange: [state: ConnectionState, previous: ConnectionState, cause: TransitionCause];
  /** A socket is being opened. */
  connecting: [];
  /** The socket is open; greeting and authentication follow. */
  connected: [];
  /** The server accepted the credentials. */
  authenticated: [];
  /** Requests and subscriptions leave from now on. */
  ready: [epoch: number];
  /** The connection is lost, or an attempt failed; the next attempt follows after `delay` milliseconds. */
  reconnecting: [event: ReconnectingEvent];
  /** The connection is ready again after a loss. */
  reconnected: [epoch: number];
  /** An open connection has ended. */
  disconnected: [event: DisconnectedEvent];
  /** The client has ended for good. */
  closed: [cause: CloseCause];
  /** A message that no request, subscription or other part took. */
  message: [message: Message, kind: MessageKind];
  /** The server asks something. */
  request: [request: ServerRequestEvent];
  /** News that needs no action. */
  warning: [warning: Warning];
  /** An error that no promise and no channel reports. */
  error: [error: AnyTransportError];
}
