import type { ConnectionState } from './connection-state.js';
import type { TransportError } from './errors.js';
import type { RequestId } from './identifiers.js';
import type { Message } from './protocol/message.js';

/** Why a client, or a channel, is closed. */
export interface CloseCause {
  /** The close code of RFC 6455 section 7.4; 1000 for an ordinary end. */
  readonly code: number;
  readonly reason: string;
  /** The error that ended it; missing where the application asked for the end. */
  readonly error?: TransportError;
}

/** Why a state was left. */
export interface TransitionCause {
  /** The event of the transition table. */
  readonly event: string;
  readonly reason: string;
  readonly error?: TransportError;
}

/** A request that the server asks, with the means to answer it. */
export interface ServerRequestEvent {
  readonly id: RequestId;
  readonly method: string;
  readonly params: unknown;
  /** Answers; of several answers only the first is sent, and only on the connection that asked. */
  respond(result: unknown): void;
  reject(error: { message: string; code?: string | number; data?: unknown }): void;
}

/** Something that an application should know and need not act upon. */
export interface Warning {
  /** A stable name, for example `deprecated-handler`. */
  readonly code: string;
  readonly message: string;
  readonly error?: TransportError;
}

/** The events of a client, each with its arguments. */
export interface ClientEvents {
  stateChange: [state: ConnectionState, previous: ConnectionState, cause: TransitionCause];
  connecting: [];
  connected: [];
  authenticated: [];
  ready: [epoch: number];
  reconnecting: [{ readonly attempt: number; readonly delay: number; readonly cause: TransportError }];
  reconnected: [epoch: number];
  disconnected: [{ readonly code: number; readonly reason: string; readonly cause: TransportError | undefined }];
  closed: [cause: CloseCause];
  message: [message: Message];
  request: [request: ServerRequestEvent];
  warning: [warning: Warning];
  error: [error: TransportError];
}
